"""What becomes of RunComfy's own catalogue: prices and models are taken over, schemas are kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.catalogue import queries
from app.catalogue.importing import import_catalogue, import_shipped
from app.catalogue.queries import Model
from app.catalogue.shelf import NoSuchModel, Shelf
from app.db.engine import Database
from app.db.engine import database_url as url_of
from app.db.migrate import migrate
from app.db.tables import schemas
from app.runcomfy.models import ModelEntry
from tests.support.playground import EDIT, FLASH

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
    url = url_of(database_url, tmp_path)
    migrate(url)
    database = Database(url)
    await import_shipped(database)
    yield database
    await database.close()


async def shelf_of(database: Database) -> Shelf:
    shelf = Shelf(database)
    await shelf.load()
    return shelf


async def count_schemas(database: Database) -> int:
    async with database.read() as tx:
        return len((await tx.execute(select(schemas.c.id))).all())


async def test_the_shipped_models_are_there_from_the_start_with_no_price(
    database: Database,
) -> None:
    shelf = await shelf_of(database)

    assert [model.model_id for model in shelf.all()] == [FLASH, EDIT]
    assert [model.price_usd for model in shelf.all()] == [None, None]


async def test_importing_what_is_known_already_writes_nothing(database: Database) -> None:
    await import_catalogue([entry("new/one")], database)
    before = (await shelf_of(database)).all()

    await import_shipped(database)
    await import_catalogue([entry("new/one")], database)

    assert (await shelf_of(database)).all() == before
    assert await count_schemas(database) == 3


async def test_a_shipped_model_takes_the_price_and_keeps_its_own_schema(
    database: Database,
) -> None:
    before = (await shelf_of(database)).get(FLASH)

    await import_catalogue([entry(FLASH, display_name="Another name")], database)

    after = (await shelf_of(database)).get(FLASH)
    assert after.price_usd == Decimal("0.02")
    assert (after.schema_id, after.display_name) == (before.schema_id, before.display_name)


async def test_a_changed_schema_is_a_new_version_and_the_old_one_stays(
    database: Database,
) -> None:
    await import_catalogue([entry("new/one")], database)
    old = (await shelf_of(database)).get("new/one")
    changed = {**SCHEMA, "properties": {"prompt": {"type": "string"}, "seed": {"type": "integer"}}}

    await import_catalogue([entry("new/one", input_schema=changed)], database)

    shelf = await shelf_of(database)
    assert shelf.get("new/one").input_schema == changed
    async with database.read() as tx:
        assert await queries.input_schema(tx, old.schema_id) == SCHEMA
    assert [field.name for field in (await shelf.form_of(old.schema_id)).fields] == ["prompt"]


async def test_a_model_without_a_schema_is_left_out(database: Database) -> None:
    await import_catalogue([entry("new/bare", input_schema=None)], database)

    assert (await shelf_of(database)).find("new/bare") is None


async def test_an_unknown_model_is_told_with_near_names(database: Database) -> None:
    shelf = await shelf_of(database)

    with pytest.raises(NoSuchModel) as raised:
        shelf.get("blackforestlabs/flux-2/flash/text-to-imge")

    assert raised.value.near[0].model_id == FLASH


def test_the_same_schema_in_another_order_is_another_version() -> None:
    one: dict[str, Any] = {"properties": {"a": {}, "b": {}}}
    other: dict[str, Any] = {"properties": {"b": {}, "a": {}}}

    assert queries.schema_id("m", one) == queries.schema_id("m", dict(one))
    assert queries.schema_id("m", one) != queries.schema_id("m", other)
    assert queries.schema_id("m", one) != queries.schema_id("n", one)


def test_a_kind_is_told_as_people_say_it() -> None:
    assert queries.in_words("image-to-image") == "Edit images"
    assert queries.in_words("text-to-video") == "Text to video"


async def test_a_model_is_found_by_its_words(database: Database) -> None:
    model: Model = replace((await shelf_of(database)).get(FLASH), display_name="ÄRGER")

    assert "ärger" in model.searched
    assert "text-to-image" in model.searched
