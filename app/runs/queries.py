"""Every SQL statement about runs."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.db.tables import media, runs
from app.errors import NotFound
from app.runs.states import ENDED, FOLLOWED, State, may_precede


@dataclass(frozen=True)
class Run:
    """One paid request, as the database has it. Times are aware, in UTC; money in US dollars."""

    id: str
    owner_id: str
    model_id: str
    schema_id: str
    form_key: str
    state: State
    phase: str | None
    version: int
    simulated: bool
    inputs: dict[str, Any]
    rolled: list[str]
    width: int | None
    height: int | None
    estimate_usd: Decimal | None
    cost_usd: Decimal | None
    request_id: str | None
    queue_position: int | None
    queue_position_before: int | None
    queue_moved_at: datetime | None
    words: str | None
    words_from: str | None
    http_status: int | None
    retry_after_seconds: float | None
    output: Any
    missing: list[dict[str, Any]] | None
    sent_again_as: str | None
    cancel_refused: bool
    created_at: datetime
    sent_by: str | None
    body_sha256: str | None
    body_bytes: int | None
    balance_before_usd: Decimal | None
    balance_before_at: datetime | None
    balance_after_usd: Decimal | None
    balance_after_at: datetime | None
    others_between: int | None
    doubted_at: datetime | None
    excerpt: str | None
    decision: str | None
    decided_at: datetime | None
    sends_again: str | None
    sent_at: datetime | None
    answered_at: datetime | None
    running_at: datetime | None
    ended_there_at: datetime | None
    ended_at: datetime | None
    held_up: str | None
    next_try_at: datetime | None
    updated_at: datetime

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in ENDED

    @property
    def nothing_sent(self) -> bool:
        """Whether it failed before a byte had left."""
        return self.words_from in ("connection", "files")

    @property
    def followed(self) -> bool:
        """Whether the machine goes on with it."""
        return self.state in FOLLOWED


# The phase of a run that has ended at RunComfy, while its files are fetched and kept here.
COLLECTING = "collecting"
# The phase of an ended run whose missing files are still asked for.
MENDING = "mending"

# When RunComfy began with a run, or took it where nobody saw it begin.
BEGAN = func.coalesce(runs.c.running_at, runs.c.answered_at)

COLUMNS = [runs.c[field.name] for field in fields(Run)]


def written_now(tx: AsyncConnection) -> Any:
    """The time by one clock for all: on Postgres the database's own."""
    return utc_now() if tx.dialect.name == "sqlite" else func.clock_timestamp()


async def save(tx: AsyncConnection, run: Run) -> bool:
    """Write a new run; False when the form's one-time key has made one before."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    values = {field.name: getattr(run, field.name) for field in fields(Run)}
    values["updated_at"] = written_now(tx)
    saved = await tx.execute(
        insert(runs).values(values).on_conflict_do_nothing().returning(runs.c.id)
    )
    return saved.first() is not None


async def get(tx: AsyncConnection, run_id: str) -> Run:
    """One run. Raises NotFound."""
    found = await find(tx, run_id)
    if found is None:
        raise NotFound("There is no run under this address.")
    return found


async def find(tx: AsyncConnection, run_id: str) -> Run | None:
    """One run, or None."""
    return await _first(tx, select(*COLUMNS).where(runs.c.id == run_id))


async def locked(tx: AsyncConnection, run_id: str) -> Run:
    """One run that nobody else changes until the transaction ends. Raises NotFound."""
    found = await _first(tx, select(*COLUMNS).where(runs.c.id == run_id).with_for_update())
    if found is None:
        raise NotFound("There is no run under this address.")
    return found


async def by_form_key(tx: AsyncConnection, form_key: str) -> Run | None:
    """The run that a form's one-time key has made, or None."""
    return await _first(tx, select(*COLUMNS).where(runs.c.form_key == form_key))


async def move(tx: AsyncConnection, run_id: str, to: State, **values: Any) -> Run | None:
    """Take a run to a state and set columns beside it; None when it may not go there.

    The database decides races: only a run in a state that may precede `to` is moved.
    """
    return await _move(tx, run_id, may_precede(to), to, values)


async def decide(tx: AsyncConnection, run: Run, to: State, **values: Any) -> Run | None:
    """Take a run where a person wants it; None when it has left the state the person saw it in."""
    return await _move(tx, run.id, [run.state], to, values)


async def _move(
    tx: AsyncConnection, run_id: str, out_of: list[State], to: State, values: dict[str, Any]
) -> Run | None:
    now = utc_now()
    if to == State.UNKNOWN:
        values = {"doubted_at": now} | values
    changed = await tx.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state.in_(out_of))
        .values(state=to, version=runs.c.version + 1, updated_at=written_now(tx), **values)
        .returning(*COLUMNS)
    )
    row = changed.first()
    return None if row is None else run_in(row)


async def note(tx: AsyncConnection, run_id: str, state: State, **values: Any) -> Run | None:
    """Set columns of a run that is still in `state`; None when it has moved on."""
    changed = await tx.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == state)
        .values(version=runs.c.version + 1, updated_at=written_now(tx), **values)
        .returning(*COLUMNS)
    )
    row = changed.first()
    return None if row is None else run_in(row)


async def followed(tx: AsyncConnection) -> list[Run]:
    """Every run that RunComfy has and that has not ended, oldest first."""
    there = runs.c.state.in_([State.QUEUED, State.RUNNING])
    return await _all(tx, select(*COLUMNS).where(there).order_by(runs.c.id))


async def waiting_for_files(tx: AsyncConnection) -> list[Run]:
    """Ended runs with files that are still to be had, oldest first."""
    return await _all(tx, select(*COLUMNS).where(runs.c.phase == MENDING).order_by(runs.c.id))


async def latest(tx: AsyncConnection, owner_id: str, *, model_id: str, limit: int) -> list[Run]:
    """A person's newest runs of one model."""
    about = (runs.c.owner_id == owner_id, runs.c.model_id == model_id)
    return await _all(tx, select(*COLUMNS).where(*about).order_by(runs.c.id.desc()).limit(limit))


async def in_state(tx: AsyncConnection, owner_id: str, state: str, *, limit: int) -> list[Run]:
    """A person's newest runs in one state, or in any when it is empty."""
    query = select(*COLUMNS).where(runs.c.owner_id == owner_id)
    if state:
        query = query.where(runs.c.state == state)
    return await _all(tx, query.order_by(runs.c.id.desc()).limit(limit))


async def undecided(tx: AsyncConnection, owner_id: str, *, after: str, limit: int) -> list[Run]:
    """A person's runs in doubt, oldest first, from beyond one of them on."""
    doubtful = (runs.c.owner_id == owner_id, runs.c.state == State.UNKNOWN, runs.c.id > after)
    return await _all(tx, select(*COLUMNS).where(*doubtful).order_by(runs.c.id).limit(limit))


async def by_request_id(tx: AsyncConnection, request_id: str) -> Run | None:
    """The oldest run that goes by this request id at RunComfy, or None."""
    about = select(*COLUMNS).where(runs.c.request_id == request_id)
    return await _first(tx, about.order_by(runs.c.id).limit(1))


async def many(tx: AsyncConnection, run_ids: Iterable[str]) -> list[Run]:
    """The runs among these ids that exist, in no order."""
    return await _all(tx, select(*COLUMNS).where(runs.c.id.in_(list(run_ids))))


async def seconds_taken(tx: AsyncConnection, model_id: str, *, limit: int = 200) -> list[float]:
    """How long the model's last completed runs took at RunComfy once started, in seconds."""
    rows = await tx.execute(
        select(runs.c.running_at, runs.c.ended_there_at)
        .where(runs.c.model_id == model_id, runs.c.state == State.COMPLETED)
        .order_by(runs.c.id.desc())
        .limit(limit)
    )
    return [
        max((ended - started).total_seconds(), 0.0)
        for started, ended in rows
        if started is not None and ended is not None
    ]


async def sizes_made(
    tx: AsyncConnection, model_id: str, *, simulated: bool, limit: int
) -> list[tuple[dict[str, Any], tuple[int, int]]]:
    """The inputs of a model's last completed runs, each with its first picture's size in pixels."""
    rows = await tx.execute(
        select(runs.c.inputs, media.c.width, media.c.height)
        .join(media, (media.c.run_id == runs.c.id) & (media.c.position == 0))
        .where(
            runs.c.model_id == model_id,
            runs.c.state == State.COMPLETED,
            runs.c.simulated == simulated,
            media.c.width.is_not(None),
            media.c.height.is_not(None),
        )
        .order_by(runs.c.id.desc())
        .limit(limit)
    )
    return [(inputs, (width, height)) for inputs, width, height in rows]


async def _first(tx: AsyncConnection, query: Select[Any]) -> Run | None:
    row = (await tx.execute(query)).first()
    return None if row is None else run_in(row)


async def _all(tx: AsyncConnection, query: Select[Any]) -> list[Run]:
    return [run_in(row) for row in await tx.execute(query)]


def run_in(row: Row[Any]) -> Run:
    """A run from a row of COLUMNS."""
    values = dict(row._mapping)
    return Run(**values | {"state": State(values["state"])})
