"""Runs that no living process goes on with find one that does."""

import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

from dbos import DBOS

from app.runs import queries, replica_queries
from app.runs.queries import Run
from app.runs.replica_queries import READY
from app.runs.sending import doubt_interrupted
from app.runs.services import Services

# So young a run may be given its workflow at this moment, by the process that has sent it.
_YOUNG = timedelta(seconds=15)

Follow = Callable[[Run, str], Awaitable[None]]
_log = logging.getLogger(__name__)


async def take_over(services: Services, follow: Follow) -> None:
    """Leave no run to nobody. follow: starts a workflow. Raises Unavailable."""
    if services.database.on_sqlite:
        await doubt_interrupted(services)
        await _follow_all(follow, await _followed(services))
        return
    async with services.database.begin() as tx:
        if not await replica_queries.has_turn(tx):
            return
        others = await replica_queries.not_taken_over(tx)
        await doubt_interrupted(services)
        taken = await _resume_what_was_followed(services)
        await _follow_all(follow, await _left_alone(services))
        for one in others:
            if one.has_left_something:
                await replica_queries.note_taken_over(tx, one, taken[one.id])
        await replica_queries.forget_old(tx)


async def _resume_what_was_followed(services: Services) -> Counter[str]:
    """Put workflows back in line for whoever is free; how many of each process that is gone."""
    pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
    # After that question, so that whoever has begun one of them is known.
    async with services.database.read() as tx:
        living = await replica_queries.living(tx, READY)
    left = [one for one in pending if one.executor_id not in living]
    if left:
        await DBOS.resume_workflows_async([one.workflow_id for one in left])
        _log.info("%d runs that others have left are gone on with", len(left))
    return Counter(one.executor_id or "" for one in left)


async def _followed(services: Services) -> list[Run]:
    async with services.database.read() as tx:
        return await queries.followed(tx) + await queries.waiting_for_files(tx)


async def _left_alone(services: Services) -> list[Run]:
    """The runs to be followed, but for those that their sender is just beginning to follow."""
    async with services.database.read() as tx:
        now = await replica_queries.now(tx)
        living = await replica_queries.living(tx, READY)
    return [
        run
        for run in await _followed(services)
        if run.sent_by not in living or now - run.updated_at > _YOUNG
    ]


async def _follow_all(follow: Follow, runs: list[Run]) -> None:
    """Give a workflow to each run that has none which is alive."""
    if not runs:
        return
    alive = await DBOS.list_workflows_async(
        status=["PENDING", "ENQUEUED", "DELAYED"], load_input=False, load_output=False
    )
    followed = {status.workflow_id.partition("-")[0] for status in alive}
    for run in runs:
        if run.id not in followed:
            await follow(run, f"-{int(time.time())}")
