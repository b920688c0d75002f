"""What is there from the start: the shipped models, found by their names."""

from typing import Any

import pytest

from app.catalogue import queries
from app.catalogue.importing import import_shipped
from app.catalogue.shelf import NoSuchModel
from app.db.engine import Database
from tests.catalogue.conftest import shelf_of
from tests.support.playground import EDIT, FLASH


async def test_the_shipped_models_are_there_from_the_start_with_no_price(
    database: Database,
) -> None:
    shelf = await shelf_of(database)

    assert [model.model_id for model in shelf.all()] == [FLASH, EDIT]
    assert [model.price_usd for model in shelf.all()] == [None, None]


async def test_an_older_description_is_brought_up_to_date_and_the_price_stays(
    database: Database,
) -> None:
    model = (await shelf_of(database)).get(FLASH)
    older: dict[str, Any] = {"type": "object", "properties": {"prompt": {"type": "string"}}}
    name = queries.schema_id(FLASH, older)
    values = vars(model) | {"input_schema": older, "schema_id": name, "price_unit": "output"}
    async with database.begin() as tx:
        await queries.put_model(tx, queries.Model(**values))

    await import_shipped(database)

    after = (await shelf_of(database)).get(FLASH)
    assert (after.schema_id, after.price_unit) == (model.schema_id, "output")
    assert after.changed_at is not None


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
