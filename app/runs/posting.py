"""The paid request of a run that is claimed: sent once, and what came back written down."""

import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.runcomfy.answers import Submitted
from app.runcomfy.paid import PaidRequest
from app.runcomfy.trouble import Doubtful, NothingSent, Refused
from app.runs import queries
from app.runs import sending_queries as line
from app.runs.claiming import Claim
from app.runs.pauses import pause_after
from app.runs.queries import Run
from app.runs.services import Services, until_it_works
from app.runs.states import State

_log = logging.getLogger(__name__)


async def post(services: Services, claim: Claim, paid: PaidRequest) -> Run | None:
    """Send the paid request of a claimed run; gives the run as its answer leaves it."""
    run = claim.run
    try:
        answer = await services.runcomfy.submit(paid)
    except (NothingSent, Refused) as error:
        refusal = error
        return await until_it_works(lambda: _refused(services, claim, refusal))
    except Doubtful as error:
        _log.warning("run %s: the answer leaves it open whether RunComfy has it", run.id)
        doubt = {"words": str(error), "http_status": error.http_status, "excerpt": error.excerpt}
        return await until_it_works(
            lambda: services.move(run.id, State.UNKNOWN, words_from="playground", **doubt)
        )
    return await until_it_works(lambda: _accepted(services, claim, answer))


async def failed(services: Services, run: Run, words: str, words_from: str) -> Run | None:
    """End a run that could not be sent."""
    return await until_it_works(
        lambda: services.move(
            run.id, State.FAILED, words=words, words_from=words_from, ended_at=utc_now()
        )
    )


async def _accepted(services: Services, claim: Claim, answer: Submitted) -> Run | None:
    async with services.database.begin() as tx:
        queued = await queries.move(
            tx, claim.run.id, State.QUEUED, request_id=answer.request_id, answered_at=utc_now()
        )
        if claim.pause is not None:
            await line.forget_pause(tx, claim.pause)
    return services.published(queued)


async def _refused(services: Services, claim: Claim, error: NothingSent | Refused) -> Run | None:
    """End the run, and keep those behind it from the same end."""
    values: dict[str, Any] = {"words_from": "connection"}
    if isinstance(error, Refused):
        values = {
            "words_from": "runcomfy",
            "http_status": error.http_status,
            "retry_after_seconds": error.retry_after_seconds,
        }
    now = utc_now()
    async with services.database.begin() as tx:
        await line.lock(tx)
        ended = await queries.move(
            tx, claim.run.id, State.FAILED, words=str(error), ended_at=now, **values
        )
        if ended is not None:
            await _pause(tx, claim, error)
    return services.published(ended)


async def _pause(tx: AsyncConnection, claim: Claim, error: NothingSent | Refused) -> None:
    before, now = await line.find_pause(tx), utc_now()
    pause = pause_after(error, claim.run.sent_at or now, before, now)
    if pause is not None:
        await line.put_pause(tx, pause)
        _log.warning("sending pauses: %s", pause.cause)
    elif claim.pause is not None:
        # RunComfy answers again, though it did not want this one.
        await line.forget_pause(tx, claim.pause)
