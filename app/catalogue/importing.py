"""The descriptions shipped -> rows."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from app.catalogue import queries
from app.catalogue.changes import changed
from app.catalogue.queries import Model
from app.db.columns import utc_now
from app.db.engine import Database

_SHIPPED = Path(__file__).with_name("models.json")


async def import_shipped(database: Database) -> None:
    """Write the shipped models that the database lacks or has in an older form."""
    async with database.begin() as tx:
        known = {model.model_id: model for model in await queries.all_models(tx)}
        for model in shipped():
            before = known.get(model.model_id)
            if before is not None and before.source == "imported":
                continue
            if before is None:
                await queries.put_model(tx, model)
            elif before.schema_id != model.schema_id:
                await queries.put_model(tx, _newer(before, model))


@cache
def shipped() -> tuple[Model, ...]:
    """The models whose descriptions come with the playground."""
    described = json.loads(_SHIPPED.read_text())["models"]
    return tuple(_shipped(one) for one in described)


def _newer(before: Model, shipped: Model) -> Model:
    """The model as it is shipped now, with what RunComfy's catalogue has said of it."""
    return replace(
        before,
        display_name=shipped.display_name,
        description=shipped.description,
        categories=shipped.categories,
        schema_id=shipped.schema_id,
        input_schema=shipped.input_schema,
        source=shipped.source,
        updated_at=utc_now(),
        changed_at=utc_now(),
        changes=changed(before, shipped),
    )


def _shipped(described: dict[str, Any]) -> Model:
    return Model(
        model_id=described["model_id"],
        display_name=described["display_name"],
        description=described["description"],
        categories=described["categories"],
        price_usd=None,
        price_unit=None,
        pricing_note=None,
        schema_id=queries.schema_id(described["model_id"], described["input_schema"]),
        input_schema=described["input_schema"],
        updated_at=utc_now(),
        source="shipped",
    )
