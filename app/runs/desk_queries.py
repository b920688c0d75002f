"""What is counted and written down about runs in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, literal, not_, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import UtcTime
from app.db.tables import runs
from app.runs.queries import Run
from app.runs.states import Decision, State

# RunComfy may be at work on these, and charge for them.
_UNDER_WAY = (State.SENDING, State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Doubts:
    """A person's runs in doubt: how many, since when, what they cost at most.

    unpriced: how many of them have no known price, and so are not in the sum.
    """

    count: int
    oldest_at: datetime | None
    most_usd: Decimal | None
    unpriced: int


async def doubts(tx: AsyncConnection, owner_id: str) -> Doubts:
    """All that a person has to decide about, in figures."""
    found = await tx.execute(
        select(
            func.count(),
            func.min(runs.c.created_at),
            func.sum(runs.c.estimate_usd),
            func.count(runs.c.estimate_usd),
        ).where(runs.c.owner_id == owner_id, runs.c.state == State.UNKNOWN)
    )
    count, oldest_at, most_usd, priced = found.one()
    return Doubts(count, oldest_at, most_usd, count - priced)


async def decided_since(tx: AsyncConnection, owner_id: str, since: datetime) -> Mapping[str, int]:
    """How often each decision was made, but for request ids that proved to be of no such run."""
    wrong = and_(runs.c.state == State.FAILED, runs.c.ended_there_at.is_(None))
    rows = await tx.execute(
        select(runs.c.decision, func.count())
        .where(
            runs.c.owner_id == owner_id,
            runs.c.decided_at >= since,
            or_(runs.c.decision != Decision.ATTACHED, not_(wrong)),
        )
        .group_by(runs.c.decision)
    )
    return {row[0]: row[1] for row in rows}


async def hold_request_id(tx: AsyncConnection, request_id: str) -> None:
    """Let nobody else give this request id to a run until the transaction ends."""
    # SQLite has one writer at a time in any case.
    if tx.dialect.name == "postgresql":
        await tx.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:id, 1))"), {"id": request_id}
        )


async def others_between(tx: AsyncConnection, run_id: str, start: datetime, end: datetime) -> int:
    """How many other runs RunComfy may have charged for at some time between two moments."""
    going_on = literal(end, UtcTime)
    over_at = case(
        (runs.c.state.in_(_UNDER_WAY), going_on),
        else_=func.coalesce(runs.c.ended_there_at, runs.c.doubted_at, runs.c.ended_at, going_on),
    )
    found = await tx.execute(
        select(func.count()).where(
            runs.c.id != run_id,
            runs.c.sent_at <= end,
            # What ended since was written since: so the index finds these few.
            or_(runs.c.updated_at >= start, runs.c.state.in_(_UNDER_WAY)),
            over_at >= start,
        )
    )
    return int(found.scalar_one())


async def write_evidence(tx: AsyncConnection, run: Run, **values: Any) -> None:
    """Add to what is known of a run; no change that an open page would have to hear of."""
    await tx.execute(update(runs).where(runs.c.id == run.id).values(**values))
