"""What waits for a person, as the pages of every room may say."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import runs


async def undecided(tx: AsyncConnection, person_id: str) -> int:
    """How many of a person's runs are in doubt, so that nothing happens until they decide."""
    mine = (runs.c.owner_id == person_id, runs.c.state == "unknown")
    found = await tx.execute(select(func.count()).where(*mine))
    return int(found.scalar_one())
