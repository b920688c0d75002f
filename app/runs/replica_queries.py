"""Every SQL statement about the processes that share a Postgres. Times are by its clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import replicas, runs
from app.runs.versions import Written

READY, STOPPING, GONE = "ready", "stopping", "gone"

_NOW = func.clock_timestamp(type_=DateTime(timezone=True))
_KEPT = timedelta(days=1)
# Held by whoever takes over what another has left, and by whoever enters.
_LOCK = 77


@dataclass(frozen=True)
class Replica:
    """Another process, or this one, as it was last heard of."""

    id: str
    state: str
    key_mark: str
    beat_at: datetime
    silent_seconds: float
    taken_over_at: datetime | None
    taken_over: int | None

    @property
    def has_left_something(self) -> bool:
        """Whether it goes, and nobody has taken over its runs yet."""
        if self.state == STOPPING:
            return self.taken_over is None
        return self.state == GONE and self.taken_over_at is None


async def wait_for_turn(tx: AsyncConnection) -> None:
    """Wait until nobody else enters or takes over."""
    await tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def has_turn(tx: AsyncConnection) -> bool:
    """Whether nobody else is taking over at this moment; they wait for the end of this."""
    got: bool = (await tx.execute(select(func.pg_try_advisory_xact_lock(_LOCK)))).scalar_one()
    return got


async def enter(tx: AsyncConnection, replica_id: str, name: str, version: str, mark: str) -> None:
    """Write down that a process begins."""
    await tx.execute(
        insert(replicas).values(
            id=replica_id,
            name=name,
            version=version,
            state=READY,
            started_at=_NOW,
            beat_at=_NOW,
            follows=0,
            key_mark=mark,
        )
    )


async def beat(
    tx: AsyncConnection, replica_id: str, *, follows: int, memory_bytes: int | None
) -> datetime | None:
    """Write down that a process is alive; the time now, or None when it was given up for dead."""
    beaten = await tx.execute(
        update(replicas)
        .where(replicas.c.id == replica_id, replicas.c.state != GONE)
        .values(beat_at=_NOW, follows=follows, memory_bytes=memory_bytes)
        .returning(replicas.c.beat_at)
    )
    at: datetime | None = beaten.scalar_one_or_none()
    return at


async def alive(tx: AsyncConnection, replica_id: str) -> bool:
    """Whether a process may still send: neither stopping nor given up for dead by the others."""
    if tx.dialect.name == "sqlite":
        return True
    found = await tx.execute(select(replicas.c.state).where(replicas.c.id == replica_id))
    return found.scalar_one_or_none() == READY


async def not_taken_over(tx: AsyncConnection) -> list[Replica]:
    """Every process that lives, or whose runs nobody has taken over yet."""
    silent = func.extract("epoch", _NOW - replicas.c.beat_at)
    rows = await tx.execute(
        select(
            replicas.c.id,
            replicas.c.state,
            replicas.c.key_mark,
            replicas.c.beat_at,
            silent,
            replicas.c.taken_over_at,
            replicas.c.taken_over,
        ).where(or_(replicas.c.state != GONE, replicas.c.taken_over_at.is_(None)))
    )
    return [Replica(*row) for row in rows]


async def set_state(tx: AsyncConnection, replica_id: str, state: str) -> None:
    """Write down that a process stops, or is gone; then the others take over what it has left.

    Of one that was given up before, that may be an answer which came late.
    """
    own = update(replicas).where(replicas.c.id == replica_id)
    if state != GONE:
        own = own.where(replicas.c.state != GONE)
    await tx.execute(own.values(state=state, taken_over_at=None))


async def give_up(tx: AsyncConnection, silent: Replica) -> bool:
    """Declare a process dead; False when it was heard of meanwhile."""
    gone = await tx.execute(
        update(replicas)
        .where(
            replicas.c.id == silent.id,
            replicas.c.state != GONE,
            replicas.c.beat_at == silent.beat_at,
        )
        .values(state=GONE)
    )
    return gone.rowcount == 1


async def note_taken_over(tx: AsyncConnection, replica: Replica, runs_taken: int) -> None:
    """Write down how many runs of a process that goes have found another."""
    at = _NOW if replica.state == GONE else None
    await tx.execute(
        update(replicas)
        .where(replicas.c.id == replica.id)
        .values(taken_over=(replica.taken_over or 0) + runs_taken, taken_over_at=at)
    )


async def forget_old(tx: AsyncConnection) -> None:
    """Delete those that are gone for long."""
    await tx.execute(
        delete(replicas).where(
            replicas.c.state == GONE,
            replicas.c.taken_over_at.is_not(None),
            replicas.c.beat_at < _NOW - _KEPT,
        )
    )


async def living(tx: AsyncConnection, *states: str) -> set[str]:
    """The ids of all processes in some states."""
    rows = await tx.execute(select(replicas.c.id).where(replicas.c.state.in_(states)))
    return set(rows.scalars())


async def now(tx: AsyncConnection) -> datetime:
    """The time by the database's clock."""
    found: datetime = (await tx.execute(select(_NOW))).scalar_one()
    return found


async def written_since(tx: AsyncConnection, when: datetime) -> list[Written]:
    """The runs that any process has written since a moment, as they are now."""
    rows = await tx.execute(
        select(runs.c.id, runs.c.owner_id, runs.c.model_id, runs.c.state, runs.c.version).where(
            runs.c.updated_at > when
        )
    )
    return [Written(*row) for row in rows]
