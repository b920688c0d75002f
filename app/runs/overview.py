"""Every SQL statement about all runs at once: what waits, what is under way, what is stuck."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import chores, replicas, runs
from app.runs.states import ENDED, FOLLOWED, State

UNDER_WAY = (State.SENDING, State.QUEUED, State.RUNNING)
# What may be stuck is among the oldest.
_OLDEST = 500
_OPEN = (*FOLLOWED, State.UNKNOWN)


@dataclass(frozen=True)
class Waiting:
    """One person's runs that wait to be sent, and since when the first of them does."""

    owner_id: str
    count: int
    since: datetime


@dataclass(frozen=True)
class UnderWay:
    """A run that is being sent, or is at RunComfy."""

    id: str
    model_id: str
    state: State
    since: datetime


@dataclass(frozen=True)
class NotKept:
    """How many results RunComfy has ready that are not kept here, and when the first was ready."""

    count: int
    since: datetime | None


@dataclass(frozen=True)
class Replica:
    """A process that shares this database."""

    id: str
    name: str
    version: str
    state: str
    started_at: datetime
    beat_at: datetime
    follows: int
    memory_bytes: int | None
    taken_over_at: datetime | None
    taken_over: int | None


@dataclass(frozen=True)
class Balance:
    """What RunComfy said was left, and when it was asked, about."""

    usd: Decimal
    at: datetime


async def open_counts(tx: AsyncConnection) -> dict[State, int]:
    """How many runs are in each state but the last ones; costs as much as there are of them."""
    return await _counts(tx, _OPEN)


async def ended_counts(tx: AsyncConnection) -> dict[State, int]:
    """How many runs have ended in each way: goes through the whole history."""
    return await _counts(tx, ENDED)


async def waiting(tx: AsyncConnection) -> list[Waiting]:
    """Who has runs that wait to be sent, the longest waiting first."""
    first = func.min(runs.c.created_at)
    asked = (
        select(runs.c.owner_id, func.count(), first)
        .where(runs.c.state == State.SAVED)
        .group_by(runs.c.owner_id)
        .order_by(first, runs.c.owner_id)
    )
    return [Waiting(*row) for row in await tx.execute(asked)]


async def under_way(tx: AsyncConnection) -> dict[str, int]:
    """How many runs of each person are under way."""
    asked = select(runs.c.owner_id, func.count()).where(runs.c.state.in_(UNDER_WAY))
    return {row[0]: row[1] for row in await tx.execute(asked.group_by(runs.c.owner_id))}


async def oldest_under_way(tx: AsyncConnection) -> list[UnderWay]:
    """The runs that were made first among those still on their way, oldest first."""
    since = func.coalesce(runs.c.running_at, runs.c.answered_at, runs.c.sent_at, runs.c.created_at)
    asked = (
        select(runs.c.id, runs.c.model_id, runs.c.state, since)
        # What RunComfy has ready is not stuck there: it is counted as not kept yet. Said so that
        # no database takes the index on phases, by which nearly every run has none.
        .where(func.coalesce(runs.c.phase, "") == "")
        .order_by(runs.c.id)
        .limit(_OLDEST)
    )
    found = [
        UnderWay(run_id, model_id, State(state), at)
        # State by state, each in the order of its index: asked for all at once, SQLite would go
        # through the whole history in the order of ids.
        for one in UNDER_WAY
        for run_id, model_id, state, at in await tx.execute(asked.where(runs.c.state == one))
    ]
    return sorted(found, key=lambda run: run.id)[:_OLDEST]


async def oldest_unknown(tx: AsyncConnection) -> datetime | None:
    """When the run was made that has been in doubt for longest."""
    asked = select(runs.c.created_at).where(runs.c.state == State.UNKNOWN)
    found: datetime | None = await tx.scalar(asked.order_by(runs.c.id).limit(1))
    return found


async def not_kept(tx: AsyncConnection) -> NotKept:
    """Results held up on their way here, and runs of which files are still to be had."""
    ready = func.coalesce(runs.c.ended_there_at, runs.c.ended_at)
    held_up = runs.c.phase == "collecting", runs.c.held_up.is_not(None)
    counted = [
        (await tx.execute(select(func.count(), func.min(ready)).where(*which))).one()
        for which in (held_up, (runs.c.phase == "mending",))
    ]
    since = min((row[1] for row in counted if row[1] is not None), default=None)
    return NotKept(sum(row[0] for row in counted), since)


async def last_balance(tx: AsyncConnection) -> Balance | None:
    """RunComfy's balance as the last runs sent have it, or None when none of them does."""
    sent = (
        select(runs.c.balance_after_usd, runs.c.balance_before_usd, runs.c.sent_at)
        .where(runs.c.sent_at.is_not(None))
        .order_by(runs.c.sent_at.desc())
        .limit(50)
    )
    for after, before, at in await tx.execute(sent):
        usd = before if after is None else after
        if usd is not None:
            return Balance(usd, at)
    return None


async def all_replicas(tx: AsyncConnection, *, since: datetime, limit: int) -> list[Replica]:
    """The processes heard from since then, those heard from last first."""
    columns = [replicas.c[name] for name in Replica.__dataclass_fields__]
    asked = select(*columns).where(replicas.c.beat_at > since)
    found = await tx.execute(asked.order_by(replicas.c.beat_at.desc()).limit(limit))
    return [Replica(*row) for row in found]


async def last_chores(tx: AsyncConnection) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """When each chore was done last, and what it told."""
    return {name: (at, told) for name, at, told in await tx.execute(select(chores))}


async def _counts(tx: AsyncConnection, states: Iterable[State]) -> dict[State, int]:
    states = list(states)
    asked = select(runs.c.state, func.count()).where(runs.c.state.in_(states))
    found = {row[0]: row[1] for row in await tx.execute(asked.group_by(runs.c.state))}
    return {state: found.get(state, 0) for state in states}
