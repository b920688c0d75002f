"""What a person decides about a run in doubt: attach, look again, write off, send again."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import new_id, utc_now
from app.errors import Conflict, PlaygroundError
from app.media.use_queries import use_again
from app.runcomfy.answers import is_request_id
from app.runs import desk_queries, queries
from app.runs.advice import wrong_request
from app.runs.durable import Engine
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import Decision, State

# What another sending of the same inputs does not take over.
_OF_ONE_SENDING = (
    "phase",
    "request_id",
    "words",
    "words_from",
    "http_status",
    "retry_after_seconds",
    "sent_by",
    "body_sha256",
    "body_bytes",
    "balance_before_usd",
    "balance_before_at",
    "balance_after_usd",
    "balance_after_at",
    "others_between",
    "doubted_at",
    "excerpt",
    "decision",
    "decided_at",
    "sent_at",
    "answered_at",
    "held_up",
    "next_try_at",
)


class WrongRequestId(PlaygroundError):
    """What was typed cannot be this run's request id at RunComfy.

    run_id: the run of the same person's to which it belongs already.
    """

    status = 422
    code = "wrong_request_id"

    def __init__(self, words: str, run_id: str | None = None) -> None:
        super().__init__(words)
        self.run_id = run_id


async def look_again(services: Services, engine: Engine, run: Run) -> Run:
    """Ask RunComfy once more about a failed or unknown run whose request id is known."""
    if run.request_id is None:
        raise Conflict(
            "RunComfy never answered with a request id for this run, so it cannot be asked about"
            " it. Its own Generations page shows whether it is there."
        )
    if run.state not in (State.FAILED, State.UNKNOWN):
        raise Conflict("There is nothing to look for: RunComfy is being asked, or the run is done.")
    found = {"decision": Decision.ATTACHED, "decided_at": utc_now()}
    values = found if run.state == State.UNKNOWN else {}
    async with services.database.begin() as tx:
        reopened = await _reopen(tx, run, run.request_id, **values)
    return await _gone_on(services, engine, run, reopened)


async def attach(services: Services, engine: Engine, run: Run, request_id: str) -> Run:
    """Go on with the request that a person found at RunComfy for a run in doubt.

    Pressed twice it answers with the run as the first press left it. Raises WrongRequestId.
    """
    if not is_request_id(request_id):
        raise WrongRequestId(
            "A request id is one word of at most 200 characters. Copy it whole"
            " from RunComfy's Generations page."
        )
    if run.state != State.UNKNOWN and not wrong_request(run):
        if run.decision == Decision.ATTACHED and run.request_id == request_id:
            return run
        raise _decided(run, "Only a run in doubt can be given a request id.")
    async with services.database.begin() as tx:
        await desk_queries.hold_request_id(tx, request_id)
        holder = await queries.by_request_id(tx, request_id)
        if holder is not None and holder.id != run.id:
            raise _taken(holder, run)
        reopened = await _reopen(
            tx, run, request_id, decision=Decision.ATTACHED, decided_at=utc_now()
        )
    return await _gone_on(services, engine, run, reopened)


async def write_off(services: Services, run: Run) -> Run:
    """Give an `unknown` run up: `failed`, and never asked after again.

    Pressed twice it answers with the run as the first press left it.
    """
    written = None
    if run.state == State.UNKNOWN:
        now = utc_now()
        async with services.database.begin() as tx:
            written = await queries.decide(
                tx, run, State.FAILED, decision=Decision.WRITTEN_OFF, decided_at=now, ended_at=now
            )
    if written is not None:
        services.published(written)
        return written
    current = await services.read(run.id)
    if current.decision != Decision.WRITTEN_OFF:
        raise _decided(current, "Only a run in doubt can be written off. This one has moved on.")
    return current


async def send_again(services: Services, run: Run) -> Run:
    """Write an `unknown` run off and make a new one with the same inputs: a person's choice.

    Pressed twice it answers with the run that the first press made.
    """
    again, written, now = _again(services, run), None, utc_now()
    if run.state == State.UNKNOWN:
        async with services.database.begin() as tx:
            written = await queries.decide(
                tx,
                run,
                State.FAILED,
                decision=Decision.SENT_AGAIN,
                decided_at=now,
                ended_at=now,
                sent_again_as=again.id,
            )
            if written is not None:
                await queries.save(tx, again)
                await use_again(tx, run.id, by=again.id)
    if written is None:
        current = await services.read(run.id)
        if current.sent_again_as is not None:
            return await services.read(current.sent_again_as)
        raise _decided(current, "Only a run in doubt can be sent again. This one has moved on.")
    services.published(written)
    services.published(again)
    return again


async def _reopen(tx: AsyncConnection, run: Run, request_id: str, **values: Any) -> Run | None:
    return await queries.decide(
        tx,
        run,
        State.RUNNING if run.state == State.FAILED else State.QUEUED,
        request_id=request_id,
        phase=None,
        words=None,
        words_from=None,
        http_status=None,
        missing=None,
        ended_at=None,
        answered_at=run.answered_at or utc_now(),
        **values,
    )


async def _gone_on(services: Services, engine: Engine, run: Run, reopened: Run | None) -> Run:
    if reopened is None:
        raise _decided(await services.read(run.id), "The run has moved on meanwhile.")
    services.published(reopened)
    await engine.follow(reopened)
    return reopened


def _decided(run: Run, otherwise: str) -> Conflict:
    """What somebody else has decided about a run meanwhile, in a sentence."""
    if run.sent_again_as is not None:
        return Conflict("This run has been decided already: it was sent again, as a new run.")
    if run.decision == Decision.WRITTEN_OFF:
        return Conflict("This run has been decided already: it was written off.")
    if run.decision == Decision.ATTACHED:
        return Conflict(
            "This run has been decided already: it was given a request id, and goes on."
        )
    return Conflict(otherwise)


def _taken(holder: Run, run: Run) -> WrongRequestId:
    if holder.owner_id != run.owner_id:
        return WrongRequestId("This request belongs to another person’s run already.")
    when = (holder.sent_at or holder.created_at).strftime("%-d %B, %H:%M:%S UTC")
    return WrongRequestId(
        f"This request belongs to another run already: {holder.id}, of {holder.model_id},"
        f" sent {when}.",
        holder.id,
    )


def _again(services: Services, run: Run) -> Run:
    now = utc_now()
    cleared: dict[str, Any] = dict.fromkeys(_OF_ONE_SENDING)
    return replace(
        run,
        **cleared,
        id=new_id(),
        form_key=f"again-{run.id}",
        state=State.SAVED,
        version=1,
        simulated=services.settings.simulated,
        created_at=now,
        updated_at=now,
        sends_again=run.id,
    )
