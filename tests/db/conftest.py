"""What the database's tests share: an empty database and a migrated one, on both kinds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.db.engine import Database
from app.db.engine import database_url as url_of
from app.db.migrate import migrate


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> URL:
    """The address of an empty database, as the app has it."""
    return url_of(database_url, tmp_path)


@pytest.fixture
async def database(url: URL) -> AsyncIterator[Database]:
    """A database in this release's shape."""
    migrate(url)
    database = Database(url)
    yield database
    await database.close()
