"""Writing a file down and removing bytes, kept apart: what is written down is never removed."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Of Postgres, whose writers do not wait for each other as SQLite's do.
_LOCK = 7_015_010


async def hold_files(tx: AsyncConnection) -> None:
    """Until the transaction ends, no bytes are removed; to be asked for first."""
    if tx.dialect.name != "sqlite":
        await tx.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})


async def hold_off_files(tx: AsyncConnection) -> None:
    """Until the transaction ends, nobody writes a file down; to be asked for first."""
    if tx.dialect.name != "sqlite":
        await tx.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
