"""At which step of the migrations the database is."""

from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.engine import Database
from app.errors import Unavailable


class NotMigrated(Unavailable):
    """The database has not, or no longer, this release's shape."""

    code = "not_migrated"


async def revision(tx: AsyncConnection) -> str | None:
    """The step that was taken last."""
    found: str | None = await tx.scalar(text("select version_num from alembic_version"))
    return found


async def check_revision(database: Database) -> None:
    """Raise Unavailable unless the database answers and has at least this release's shape."""
    async with database.read() as tx:
        current = await revision(tx)
    # One that is not known here is a later release's, beside which this one goes on.
    if current is None or current in _earlier():
        raise NotMigrated(
            f"The database is at {current}, as an earlier release has it. Restart this server,"
            " which brings it up to date."
        )


@lru_cache(maxsize=1)
def _earlier() -> frozenset[str]:
    steps = ScriptDirectory(str(Path(__file__).parent / "migrations")).walk_revisions()
    return frozenset(step.revision for step in list(steps)[1:])
