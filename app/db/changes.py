"""Counts of what processes keep in memory: one that writes it counts, the others see that."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import changes

MODELS = "models"
HABITS = "habits"
INPUTS = "inputs"


async def count_change(tx: AsyncConnection, name: str) -> None:
    """Note, in the transaction that makes it, a change to what processes keep in memory."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    more = {"times": changes.c.times + 1}
    await tx.execute(
        insert(changes)
        .values(name=name, times=1)
        .on_conflict_do_update(index_elements=[changes.c.name], set_=more)
    )


async def counted_changes(tx: AsyncConnection) -> dict[str, int]:
    """How often each has changed, by name."""
    return {row.name: row.times for row in await tx.execute(select(changes))}
