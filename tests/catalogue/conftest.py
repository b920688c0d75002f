"""What tests of the catalogue are given: a database with the shipped models."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.catalogue.importing import import_shipped
from app.catalogue.shelf import Shelf
from app.db.engine import Database
from app.db.engine import database_url as url_of
from app.db.migrate import migrate
from app.runcomfy.models import ModelEntry

SCHEMA = {"type": "object", "properties": {"prompt": {"type": "string"}}}


def entry(model_id: str, **values: object) -> ModelEntry:
    """One model as RunComfy's catalogue has it."""
    plain = {
        "model_id": model_id,
        "display_name": "A new one",
        "description": "Makes things.",
        "categories": ("text-to-image",),
        "input_schema": SCHEMA,
        "price_usd": Decimal("0.02"),
        "price_unit": "output",
        "pricing_note": None,
        "kind": "model",
        "output_schema": None,
        "model_url": None,
        "raw": {},
    }
    return ModelEntry(**plain | values)  # type: ignore[arg-type]  # as given by the test


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database that holds the shipped models alone."""
    url = url_of(database_url, tmp_path)
    migrate(url)
    database = Database(url)
    await import_shipped(database)
    yield database
    await database.close()


async def shelf_of(database: Database, host: str = "") -> Shelf:
    """The models as they are now."""
    shelf = Shelf(database, host)
    await shelf.load()
    return shelf
