"""What a person may hurry: a result that waits for room, a file that could not be had."""

import asyncio
import logging
from contextlib import suppress

from app.errors import Conflict, Unavailable
from app.runs.missing import ask_for_missing
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State

# So long somebody who presses the button looks at it; what takes longer goes on without them.
_PATIENCE_SECONDS = 5.0

_asking: dict[str, asyncio.Task[Run]] = {}
_log = logging.getLogger(__name__)


async def collect_now(services: Services, run: Run) -> Run:
    """Try to keep a result before all others, whichever process it waits in."""
    if run.state != State.RUNNING or run.phase is None:
        raise Conflict("There is nothing to try: its result is not waiting to be kept.")
    if not services.keeping.waits(run.id) and run.held_up is None:
        return run
    services.keeping.try_now(run.id)
    with suppress(Unavailable):
        # Without a time for the next try, the process that has it tries within seconds.
        return await services.note(run.id, State.RUNNING, next_try_at=None) or run
    return run


async def ask_for_missing_now(services: Services, run: Run) -> Run:
    """Ask at once for every file of a run that is missing; twice pressed it is asked once."""
    if not run.ended or not run.missing:
        raise Conflict("There is nothing to ask for: none of its files is missing.")
    task = _asking.get(run.id)
    if task is None:
        task = asyncio.create_task(ask_for_missing(services, run, all_of_them=True))
        _asking[run.id] = task
        task.add_done_callback(lambda done: _asked(run.id, done))
    done, _ = await asyncio.wait([task], timeout=_PATIENCE_SECONDS)
    return task.result() if done else await services.read(run.id)


def _asked(run_id: str, done: asyncio.Task[Run]) -> None:
    _asking.pop(run_id, None)
    if not done.cancelled() and done.exception() is not None:
        _log.error("asking for what run %s lacks broke", run_id, exc_info=done.exception())
