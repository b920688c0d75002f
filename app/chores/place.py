"""The database and the storage of a playground, opened beside a server that may be running."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.db.engine import Database, database_url
from app.db.migrate import check_current
from app.media.store import Store, open_store
from app.settings import Settings


@dataclass(frozen=True)
class Place:
    """Where everything is kept."""

    database: Database
    store: Store


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Place]:
    """Open what is there, in this release's shape; nothing is made or brought into shape here.

    Raises OlderDatabase, NewerDatabase, DatabaseUnavailable, StorageUnavailable.
    """
    url = database_url(settings.database_url, settings.data_dir)
    await asyncio.to_thread(check_current, url)
    database = Database(url)
    try:
        store = open_store(settings.storage_url, folder=settings.data_dir / "media")
        yield Place(database, store)
    finally:
        await database.close()
