"""Descriptions of models -> rows: those shipped, and RunComfy's own catalogue."""

import asyncio
import json
import logging
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.catalogue import queries
from app.catalogue.queries import Model
from app.catalogue.shelf import Shelf
from app.db.columns import utc_now
from app.db.engine import Database
from app.errors import Unavailable
from app.runcomfy.client import RunComfy
from app.runcomfy.models import ModelEntry
from app.runcomfy.trouble import RunComfyTrouble

_SHIPPED = Path(__file__).with_name("models.json")
_SYNC_SECONDS = 3600
_log = logging.getLogger(__name__)


async def import_shipped(database: Database) -> None:
    """Write the shipped models that the database lacks or has in an older form."""
    async with database.begin() as tx:
        known = {model.model_id: model for model in await queries.all_models(tx)}
        for described in json.loads(_SHIPPED.read_text())["models"]:
            model = _shipped(described)
            before = known.get(model.model_id)
            if before is None or before.schema_id != model.schema_id:
                await queries.put_model(tx, model)


async def keep_in_step(runcomfy: RunComfy, database: Database, shelf: Shelf) -> None:
    """Read RunComfy's catalogue now and every hour; while it is away, ask again ever later."""
    pause_seconds = 5.0
    while True:
        try:
            await import_catalogue(await runcomfy.models(), database)
            await shelf.load()
        except (RunComfyTrouble, Unavailable) as error:
            _log.info("the catalogue could not be read: %s", error)
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, _SYNC_SECONDS)
        else:
            pause_seconds = 5.0
            await asyncio.sleep(_SYNC_SECONDS)


async def import_catalogue(entries: list[ModelEntry], database: Database) -> None:
    """Take over what RunComfy's catalogue says: prices, and models that have a schema.

    A shipped model keeps its shipped schema, whose order and titles are the page's own; the
    catalogue sorts its properties and leaves titles out.
    """
    shipped = {item["model_id"] for item in json.loads(_SHIPPED.read_text())["models"]}
    async with database.begin() as tx:
        known = {model.model_id: model for model in await queries.all_models(tx)}
        for entry in entries:
            before = known.get(entry.model_id)
            if entry.model_id in shipped and before is not None:
                model = replace(before, **_price(entry))
            elif entry.input_schema:
                model = _listed(entry)
            else:
                continue
            if before is None or replace(before, updated_at=model.updated_at) != model:
                await queries.put_model(tx, model)


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
    )


def _listed(entry: ModelEntry) -> Model:
    schema = entry.input_schema or {}
    return Model(
        model_id=entry.model_id,
        display_name=entry.display_name or entry.model_id,
        description=entry.description or "",
        categories=list(entry.categories),
        schema_id=queries.schema_id(entry.model_id, schema),
        input_schema=schema,
        updated_at=utc_now(),
        **_price(entry),
    )


def _price(entry: ModelEntry) -> dict[str, Any]:
    price: Decimal | None = entry.price_usd
    return {
        "price_usd": price,
        "price_unit": entry.price_unit,
        "pricing_note": entry.pricing_note,
    }
