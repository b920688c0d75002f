"""A run's way: send once, ask after it, keep what came. Survives a crash at any point.

The row's state is the only record of how far a run has come. The engine sees to it that
somebody goes on with every run; each stage looks at the row and does what is left to do, so
that any number of workflows for one run are harmless.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS

from app.db.columns import utc_now
from app.runcomfy.answers import Submitted
from app.runcomfy.trouble import Doubtful, NothingSent, Refused
from app.runs import queries
from app.runs.collect import collect, fetch_missing
from app.runs.files import NotHandedOver, handed_over
from app.runs.poller import Ending, Poller
from app.runs.queries import Run
from app.runs.services import Services, until_it_works
from app.runs.states import State

_log = logging.getLogger(__name__)

_parts: dict[str, tuple[Services, Poller]] = {}
_following: set[asyncio.Task[Any]] = set()


def use(services: Services, poller: Poller) -> None:
    """Name the parts that this process's workflows work with."""
    _parts["now"] = (services, poller)


# Unlimited recoveries: a server that is restarted often must not strand a paid run.
@DBOS.workflow(name="follow", max_recovery_attempts=None)
async def follow(run_id: str) -> None:
    """Take a run from wherever it is to its end."""
    services, poller = _parts["now"]
    with _under_way():
        run = await services.read_at_last(run_id)
        run = await send(services, run)
        run = await watch(services, poller, run)
        run = await collect(services, run)
        await fetch_missing(services, run)


@contextmanager
def _under_way() -> Iterator[None]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  # a coroutine that runs is some task's
    _following.add(task)
    try:
        yield
    finally:
        _following.discard(task)


async def leave_off() -> None:
    """Break off every workflow of this process; the engine resumes each at its next start."""
    left = list(_following)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def send(services: Services, run: Run) -> Run:
    """Send a `saved` run, once. One found in `sending` was interrupted and becomes `unknown`."""
    if services.is_sending(run.id):
        # Another workflow of this process is at it, and goes on with it.
        return run
    if run.state == State.SENDING:
        return await until_it_works(lambda: _interrupted(services, run)) or run
    if run.state != State.SAVED:
        return run
    sent = await until_it_works(lambda: _send_saved(services, run))
    return sent or await services.read_at_last(run.id)


async def _send_saved(services: Services, run: Run) -> Run | None:
    """Hand the files over, claim the run, send it; a file that cannot be had ends it unsent.

    Raises Unavailable while the storage or the database does not give a file, before the claim.
    """
    async with services.sends:
        if services.stopping.is_set():
            # Left as it is: whoever starts next sends it.
            await asyncio.Event().wait()
        try:
            async with handed_over(services, run) as inputs:
                with services.sending_now(run.id):
                    claimed = await until_it_works(lambda: _claim(services, run.id))
                    if claimed is None:
                        return None
                    return await _send_claimed(services, claimed, inputs)
        except NotHandedOver as error:
            return await _failed(services, run, str(error), "files", None, None)


async def _claim(services: Services, run_id: str) -> Run | None:
    async with services.database.begin() as tx:
        claimed = await queries.claim_for_sending(tx, run_id)
    return services.published(claimed)


async def _send_claimed(services: Services, run: Run, inputs: dict[str, Any]) -> Run | None:
    try:
        answer = await services.runcomfy.submit(run.model_id, inputs)
    except NothingSent as error:
        return await _failed(services, run, str(error), "connection", None, None)
    except Refused as error:
        return await _failed(
            services, run, str(error), "runcomfy", error.http_status, error.retry_after_seconds
        )
    except Doubtful as error:
        _log.warning("run %s: the answer leaves it open whether RunComfy has it", run.id)
        doubt, status = str(error), error.http_status
        return await until_it_works(
            lambda: services.move(
                run.id, State.UNKNOWN, words=doubt, words_from="playground", http_status=status
            )
        )
    return await until_it_works(lambda: _accepted(services, run, answer))


async def _accepted(services: Services, run: Run, answer: Submitted) -> Run | None:
    return await services.move(
        run.id, State.QUEUED, request_id=answer.request_id, answered_at=utc_now()
    )


async def _failed(
    services: Services,
    run: Run,
    words: str,
    words_from: str,
    http_status: int | None,
    retry_after_seconds: float | None,
) -> Run | None:
    return await until_it_works(
        lambda: services.move(
            run.id,
            State.FAILED,
            words=words,
            words_from=words_from,
            http_status=http_status,
            retry_after_seconds=retry_after_seconds,
            ended_at=utc_now(),
        )
    )


async def _interrupted(services: Services, run: Run) -> Run | None:
    return await services.move(
        run.id,
        State.UNKNOWN,
        words="The playground stopped while the request was on its way, before an answer came.",
        words_from="playground",
    )


async def watch(services: Services, poller: Poller, run: Run) -> Run:
    """Wait until RunComfy says that a `queued` or `running` run has ended, and write it down."""
    if run.state not in (State.QUEUED, State.RUNNING) or run.phase is not None:
        return run
    ending = await until_it_works(lambda: poller.ending(run))
    ended = await until_it_works(lambda: _ended(services, run.id, ending))
    return ended or await services.read_at_last(run.id)


async def _ended(services: Services, run_id: str, ending: Ending) -> Run | None:
    now = utc_now()
    if ending.state == State.COMPLETED:
        return await services.move(
            run_id,
            State.RUNNING,
            phase="collecting",
            queue_position=None,
            running_at=queries.BEGAN,
            ended_there_at=now,
        )
    if ending.state == State.CANCELLED:
        return await services.move(run_id, State.CANCELLED, ended_at=now, ended_there_at=now)
    if ending.http_status is not None:
        return await services.move(
            run_id,
            State.FAILED,
            words=ending.words,
            words_from="runcomfy",
            http_status=ending.http_status,
            ended_at=now,
        )
    run = await services.read(run_id)
    if run.ended:
        return run
    # What went wrong, and what it cost, is told with the result.
    return await services.move(
        run_id,
        State.RUNNING,
        phase="failing",
        words=ending.words,
        words_from="runcomfy",
        ended_there_at=now,
    )
