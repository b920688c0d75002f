"""Every SQL statement about people: how each likes to have the pages."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import remembered


async def remember(tx: AsyncConnection, owner_id: str, name: str, value: str) -> None:
    """Keep one of a person's habits, in place of what was kept under its name."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    put = insert(remembered).values(owner_id=owner_id, name=name, value=value)
    key = [remembered.c.owner_id, remembered.c.name]
    await tx.execute(put.on_conflict_do_update(index_elements=key, set_={"value": value}))


async def remembered_of(tx: AsyncConnection, owner_id: str) -> dict[str, str]:
    """All of a person's habits, by name."""
    asked = select(remembered.c.name, remembered.c.value).where(remembered.c.owner_id == owner_id)
    return {habit.name: habit.value for habit in await tx.execute(asked)}
