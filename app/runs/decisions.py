"""What a person decides about a run: cancel it, look again, give it up, send it again."""

from dataclasses import replace

from app.db.columns import new_id, utc_now
from app.errors import Conflict, PlaygroundError
from app.media.use_queries import use_again
from app.runcomfy.answers import is_request_id
from app.runcomfy.trouble import Failed, Gone, Passing
from app.runs import queries
from app.runs.durable import Engine
from app.runs.poller import Ending
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State


class NotARequestId(PlaygroundError):
    """What was typed cannot be a request id of RunComfy's."""

    status = 422
    code = "not_a_request_id"


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


async def look_again(services: Services, engine: Engine, run: Run) -> Run:
    """Ask RunComfy once more about a failed or unknown run whose request id is known."""
    if run.request_id is None:
        raise Conflict(
            "RunComfy never answered with a request id for this run, so it cannot be asked about"
            " it. Its own Generations page shows whether it is there."
        )
    if run.state not in (State.FAILED, State.UNKNOWN):
        raise Conflict("There is nothing to look for: RunComfy is being asked, or the run is done.")
    return await _go_on(services, engine, run, run.request_id)


async def attach(services: Services, engine: Engine, run: Run, request_id: str) -> Run:
    """Go on with the request that a person found at RunComfy for an `unknown` run."""
    if not is_request_id(request_id):
        raise NotARequestId(
            "A request id is one word of at most 200 characters. Copy it whole"
            " from RunComfy's Generations page."
        )
    if run.state != State.UNKNOWN:
        raise Conflict("Only a run in doubt can be given a request id.")
    return await _go_on(services, engine, run, request_id)


async def write_off(services: Services, run: Run) -> Run:
    """Give an `unknown` run up: `failed`, and never asked after again."""
    written = None
    if run.state == State.UNKNOWN:
        written = await services.move(run.id, State.FAILED, ended_at=utc_now())
    if written is None:
        raise Conflict("Only a run in doubt can be written off. This one has moved on.")
    return written


async def send_again(services: Services, run: Run) -> Run:
    """Write an `unknown` run off and make a new one with the same inputs: a person's choice.

    Pressed twice it answers with the run that the first press made.
    """
    if run.sent_again_as is not None:
        return await services.read(run.sent_again_as)
    again = _again(services, run)
    async with services.database.begin() as tx:
        written = None
        if run.state == State.UNKNOWN:
            written = await queries.move(
                tx, run.id, State.FAILED, ended_at=utc_now(), sent_again_as=again.id
            )
        if written is not None:
            await queries.save(tx, again)
            await use_again(tx, run.id, by=again.id)
    if written is None:
        current = await services.read(run.id)
        if current.sent_again_as is not None:
            return await services.read(current.sent_again_as)
        raise Conflict("Only a run in doubt can be sent again. This one has moved on.")
    services.published(written)
    services.published(again)
    return again


async def _go_on(services: Services, engine: Engine, run: Run, request_id: str) -> Run:
    reopened = await services.move(
        run.id,
        State.RUNNING if run.state == State.FAILED else State.QUEUED,
        request_id=request_id,
        phase=None,
        words=None,
        words_from=None,
        http_status=None,
        missing=None,
        ended_at=None,
        answered_at=run.answered_at or utc_now(),
    )
    if reopened is None:
        raise Conflict("The run has moved on meanwhile.")
    await engine.follow(reopened)
    return reopened


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


def _again(services: Services, run: Run) -> Run:
    return replace(
        run,
        id=new_id(),
        form_key=f"again-{run.id}",
        state=State.SAVED,
        version=1,
        simulated=services.settings.simulated,
        request_id=None,
        words=None,
        words_from=None,
        http_status=None,
        retry_after_seconds=None,
        created_at=utc_now(),
        sent_by=None,
        body_sha256=None,
        balance_before_usd=None,
        balance_after_usd=None,
        sent_at=None,
        answered_at=None,
        updated_at=utc_now(),
    )
