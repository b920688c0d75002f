"""Cancelling: here while a run is saved, at RunComfy while it is queued there."""

from app.db.columns import utc_now
from app.errors import Conflict
from app.runcomfy.trouble import Failed, Gone, Passing
from app.runs.durable import Engine
from app.runs.poller import Ending
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State


async def cancel(services: Services, engine: Engine, run: Run) -> Run:
    """Cancel a `saved` run here, a `queued` one at RunComfy, whose answer decides."""
    if run.state == State.SAVED:
        cancelled = await services.move(run.id, State.CANCELLED, ended_at=utc_now())
        if cancelled is not None:
            return cancelled
        run = await services.read(run.id)
    if run.state != State.QUEUED or run.request_id is None:
        raise Conflict(_too_late(run))
    try:
        answer = await services.runcomfy.cancel(run.request_id)
    except (Failed, Gone, Passing):
        # Not known whether it worked: the run goes on to its true end.
        return await _refused(services, run)
    if not answer.cancelled:
        return await _refused(services, run)
    cancelled = await services.move(run.id, State.CANCELLED, ended_at=utc_now())
    engine.poller.end(run.id, Ending(State.CANCELLED))
    return cancelled or await services.read(run.id)


async def _refused(services: Services, run: Run) -> Run:
    noted = await services.note(run.id, run.state, cancel_refused=True)
    return noted or await services.read(run.id)


def _too_late(run: Run) -> str:
    if run.state == State.RUNNING:
        return "RunComfy had already started it, so it will finish and be charged."
    if run.state == State.SENDING:
        return "It is being sent at this moment. Cancel it once it is queued."
    if run.state == State.UNKNOWN:
        return "Nobody knows whether RunComfy has this run, so it cannot be cancelled there."
    return "The run has ended; there is nothing left to cancel."
