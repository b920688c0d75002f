"""A run's way once RunComfy has it: ask after it, keep what came. Survives a crash at any point.

The row's state is the only record of how far a run has come. The engine sees to it that
somebody goes on with every run; each stage looks at the row and does what is left to do, so
that any number of workflows for one run are harmless.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS

from app.db.columns import utc_now
from app.runs import queries
from app.runs.collect import collect
from app.runs.missing import fetch_missing
from app.runs.poller import Ending, Poller
from app.runs.queries import Run
from app.runs.services import Services, until_it_works
from app.runs.states import State

_parts: dict[str, tuple[Services, Poller]] = {}
_following: set[asyncio.Task[Any]] = set()
# Whose way is over, while the engine has yet to write that down.
_finishing: set[asyncio.Task[Any]] = set()
_FINISH_SECONDS = 3.0


def use(services: Services, poller: Poller) -> None:
    """Name the parts that this process's workflows work with."""
    _parts["now"] = (services, poller)


# Unlimited recoveries: a server that is restarted often must not strand a paid run.
@DBOS.workflow(name="follow", max_recovery_attempts=None)
async def follow(run_id: str) -> None:
    """Take a run that RunComfy has from wherever it is to its end."""
    with _under_way():
        services, poller = _parts["now"]
        run = await services.read_at_last(run_id)
        run = await watch(services, poller, run)
        run = await collect(services, run)
        await fetch_missing(services, run)


@contextmanager
def _under_way() -> Iterator[None]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  # a coroutine that runs is some task's
    if not _parts:
        # The engine still took it up while this process left off.
        raise asyncio.CancelledError
    _following.add(task)
    try:
        yield
    finally:
        _following.discard(task)
        _finishing.add(task)
        task.add_done_callback(_finishing.discard)


def under_way() -> int:
    """How many runs are followed here."""
    return len(_following)


async def leave_off() -> None:
    """Break off every workflow of this process; the engine resumes each at its next start."""
    _parts.clear()
    left = list(_following)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    if _finishing:
        await asyncio.wait(list(_finishing), timeout=_FINISH_SECONDS)


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
