"""What the media tests share: a database, a folder that stores, the darkroom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.db.engine import Database, database_url
from app.db.migrate import migrate
from app.media.darkroom import Darkroom
from app.media.room import MediaRoom
from app.media.store import Store, open_store


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = database_url("", tmp_path / "database")
    migrate(url)
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("", folder=tmp_path / "store")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def darkroom() -> AsyncIterator[Darkroom]:
    darkroom = Darkroom()
    yield darkroom
    await darkroom.close()


@pytest.fixture
def room(database: Database, store: Store, darkroom: Darkroom) -> MediaRoom:
    return MediaRoom(database, store, darkroom)
