"""At which step of the migrations the database is."""

from functools import cache
from pathlib import Path

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
    if current is None or current in revisions()[1:]:
        raise NotMigrated(
            f"The database is at {current}, as an earlier release has it. Restart this server,"
            " which brings it up to date."
        )


@cache
def revisions() -> tuple[str, ...]:
    """Every step that this release knows, its own one first.

    Read from the names of their files: each start asks for it, and Alembic is large.
    """
    files = (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))
