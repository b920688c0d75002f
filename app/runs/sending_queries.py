"""Every SQL statement about what may be sent, and whose turn it is."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import pauses, runs
from app.runs.pauses import Cause, Pause
from app.runs.queries import COLUMNS, Run, run_in, written_now
from app.runs.states import State
from app.runs.turns import MINUTE, SLACK, Limits, Line, Load

# Sent and not ended: what the limits count.
UNDER_WAY = (State.SENDING, State.QUEUED, State.RUNNING)

# Any number, the same for all processes.
_LOCK = 7_269_746_370
_SENDING = "sending"

_SENT = runs.alias("sent")
# Made once: to make an alias of so wide a table takes longer than to ask.
_LAST_SENT_AT = (
    select(func.max(_SENT.c.sent_at))
    .where(_SENT.c.owner_id == runs.c.owner_id)
    .correlate(runs)
    .scalar_subquery()
)


async def lines(tx: AsyncConnection, now: datetime) -> list[Line]:
    """Each person's saved runs, counted; people whose runs cannot be sent yet come with none."""
    due = _due(now)
    found = await tx.execute(
        select(
            runs.c.owner_id,
            func.sum(case((due, 1), else_=0)),
            _LAST_SENT_AT,
            func.min(case((~due, runs.c.next_try_at))),
        )
        .where(runs.c.state == State.SAVED)
        .group_by(runs.c.owner_id)
    )
    return [Line(*row) for row in found]


async def oldest_saved(
    tx: AsyncConnection, owner_id: str, *, now: datetime, without: Collection[str], limit: int
) -> list[Run]:
    """A person's saved runs that could be sent now, oldest first, without some."""
    found = await tx.execute(
        select(*COLUMNS)
        .where(
            runs.c.state == State.SAVED,
            runs.c.owner_id == owner_id,
            _due(now),
            runs.c.id.not_in(list(without)),
        )
        .order_by(runs.c.id)
        .limit(limit)
    )
    return [run_in(row) for row in found]


async def some_saved(tx: AsyncConnection) -> bool:
    """Whether any run waits to be sent."""
    first = await tx.execute(select(runs.c.id).where(runs.c.state == State.SAVED).limit(1))
    return first.first() is not None


async def own_place(tx: AsyncConnection, run: Run) -> int:
    """A saved run's place among its owner's, from 1."""
    earlier = select(func.count()).where(
        runs.c.state == State.SAVED, runs.c.owner_id == run.owner_id, runs.c.id < run.id
    )
    return int((await tx.execute(earlier)).scalar_one()) + 1


async def load(tx: AsyncConnection, limits: Limits, now: datetime) -> Load:
    """What counts against the limits; what nothing limits is not counted."""
    under_way: dict[str, int] = {}
    if limits.at_once is not None or limits.per_person is not None:
        counted = await tx.execute(
            select(runs.c.owner_id, func.count())
            .where(runs.c.state.in_(UNDER_WAY))
            .group_by(runs.c.owner_id)
        )
        under_way = {row[0]: row[1] for row in counted}
    if limits.per_minute is None:
        return Load(under_way)
    lately = (runs.c.sent_at > now - MINUTE, runs.c.sent_at <= now + SLACK)
    within = int((await tx.execute(select(func.count()).where(*lately))).scalar_one())
    if within < limits.per_minute:
        return Load(under_way, within)
    oldest = await tx.execute(
        select(runs.c.sent_at)
        .where(*lately)
        .order_by(runs.c.sent_at.desc())
        .offset(limits.per_minute - 1)
        .limit(1)
    )
    first = oldest.scalar_one_or_none()
    return Load(under_way, within, None if first is None else first + MINUTE)


async def lock(tx: AsyncConnection) -> None:
    """Let one process at a time decide what is sent. On SQLite there is but one that writes."""
    if tx.dialect.name != "sqlite":
        await tx.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def claim_for_sending(
    tx: AsyncConnection, run_id: str, *, by: str, at: datetime, **values: Any
) -> Run | None:
    """Move a run from `saved` to `sending`; None when it was claimed or cancelled before.

    Commit before sending: only a committed claim keeps a restarted server from paying for the
    same run twice. Where the database went away before it said that it has committed, the same
    claim (by and at) is made again, and finds its own.
    """
    own = (runs.c.state == State.SENDING) & (runs.c.sent_by == by) & (runs.c.sent_at == at)
    claimed = await tx.execute(
        update(runs)
        .where(runs.c.id == run_id, or_(runs.c.state == State.SAVED, own))
        .values(
            state=State.SENDING,
            version=runs.c.version + 1,
            sent_by=by,
            sent_at=at,
            held_up=None,
            next_try_at=None,
            updated_at=written_now(tx),
            **values,
        )
        .returning(*COLUMNS)
    )
    row = claimed.first()
    return None if row is None else run_in(row)


async def find_pause(tx: AsyncConnection) -> Pause | None:
    """Why nothing is sent, or only one run to try; None when nothing keeps any."""
    columns = [pauses.c[name] for name in Pause.__dataclass_fields__]
    row = (await tx.execute(select(*columns).where(pauses.c.name == _SENDING))).first()
    return None if row is None else Pause(Cause(row[0]), *row[1:])


async def put_pause(tx: AsyncConnection, pause: Pause) -> None:
    """Let every process pause."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    values = asdict(pause)
    await tx.execute(
        insert(pauses)
        .values(name=_SENDING, **values)
        .on_conflict_do_update(index_elements=[pauses.c.name], set_=values)
    )


async def forget_pause(tx: AsyncConnection, pause: Pause) -> None:
    """A run got through: go on sending, unless there is a newer reason not to."""
    await tx.execute(delete(pauses).where(pauses.c.name == _SENDING, pauses.c.since == pause.since))


async def end_pause(tx: AsyncConnection, now: datetime) -> None:
    """Somebody says so: try one run now, and go on when it gets through."""
    await tx.execute(
        update(pauses).where(pauses.c.name == _SENDING).values(since=now, until=now, times=0)
    )


async def one_is_tried(tx: AsyncConnection, pause: Pause, without: str = "") -> bool:
    """Whether a run sent after the end of a pause, but for one, is still without an answer."""
    if pause.until is None:
        return False
    tried = select(runs.c.id).where(
        runs.c.state == State.SENDING, runs.c.sent_at >= pause.until, runs.c.id != without
    )
    return (await tx.execute(tried.limit(1))).first() is not None


async def being_sent(tx: AsyncConnection) -> list[Run]:
    """Every run whose paid request is on its way, or was when its process ended."""
    found = await tx.execute(
        select(*COLUMNS).where(runs.c.state == State.SENDING).order_by(runs.c.id)
    )
    return [run_in(row) for row in found]


def _due(now: datetime) -> ColumnElement[bool]:
    """Whether nothing keeps a run from being tried now; a clock set back must not keep it."""
    at = runs.c.next_try_at
    return or_(at.is_(None), at <= now, at > now + SLACK)
