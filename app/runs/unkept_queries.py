"""Every SQL statement about results that RunComfy has and that are not kept here yet."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import UtcTime
from app.db.tables import runs
from app.runs.queries import COLLECTING, COLUMNS, MENDING, Run, run_in

# When RunComfy had finished: seven days later it deletes what it made.
_ended_there = func.coalesce(runs.c.ended_there_at, runs.c.ended_at, type_=UtcTime())


async def not_kept(tx: AsyncConnection, *, ended_there_before: datetime, limit: int) -> list[Run]:
    """Runs whose results RunComfy has and we have not, those it deletes first before all others."""
    query = select(*COLUMNS).where(*_not_kept(ended_there_before))
    rows = await tx.execute(query.order_by(_ended_there, runs.c.id).limit(limit))
    return [run_in(row) for row in rows]


async def count_not_kept(
    tx: AsyncConnection, *, ended_there_before: datetime
) -> tuple[int, datetime | None]:
    """How many there are, and when RunComfy finished the first."""
    query = select(func.count(), func.min(_ended_there)).where(*_not_kept(ended_there_before))
    count, first = (await tx.execute(query)).one()
    return count, first


async def to_try_now(tx: AsyncConnection, *, limit: int) -> list[str]:
    """Held-up runs that somebody has asked to be tried at once, by whichever process has them."""
    query = select(runs.c.id).where(
        runs.c.phase == COLLECTING, runs.c.held_up.is_not(None), runs.c.next_try_at.is_(None)
    )
    return list((await tx.scalars(query.limit(limit))).all())


def _not_kept(ended_there_before: datetime) -> list[ColumnElement[bool]]:
    """Of those being fetched: the held up ones, and those left lying since then."""
    left = or_(runs.c.held_up.is_not(None), _ended_there < ended_there_before)
    return [
        runs.c.phase.in_([COLLECTING, MENDING]),
        or_(runs.c.phase == MENDING, left),
    ]
