"""Every SQL statement about models and their schemas."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.db.tables import models, schemas


@dataclass(frozen=True)
class Model:
    """One model, with the input schema in force. Price in US dollars per `price_unit`."""

    model_id: str
    display_name: str
    description: str
    categories: list[str]
    price_usd: Decimal | None
    price_unit: str | None
    pricing_note: str | None
    schema_id: str
    input_schema: dict[str, Any]
    updated_at: datetime

    @property
    def kind_in_words(self) -> str:
        """What it makes of what: Text to image."""
        return in_words(self.categories[0]) if self.categories else "Model"

    @property
    def searched(self) -> str:
        """Everything a search looks into, in one text."""
        parts = [self.display_name, self.model_id, self.description, *self.categories]
        return " ".join(parts).casefold()


def in_words(category: str) -> str:
    """A category as people say it: `image-to-image` is “Edit images”."""
    if category == "image-to-image":
        return "Edit images"
    return category.replace("-", " ").capitalize()


def schema_id(model_id: str, input_schema: dict[str, Any]) -> str:
    """The name of one version of a model's schema: the same description, the same name."""
    written = json.dumps([model_id, input_schema], ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


async def put_model(tx: AsyncConnection, model: Model) -> None:
    """Write a model's description; its earlier schemas stay for the runs made with them."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    now = utc_now()
    await tx.execute(
        insert(schemas)
        .values(
            id=model.schema_id,
            model_id=model.model_id,
            input_schema=model.input_schema,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    values = {
        "display_name": model.display_name,
        "description": model.description,
        "categories": model.categories,
        "price_usd": model.price_usd,
        "price_unit": model.price_unit,
        "pricing_note": model.pricing_note,
        "schema_id": model.schema_id,
        "updated_at": model.updated_at,
    }
    await tx.execute(
        insert(models)
        .values(model_id=model.model_id, created_at=now, **values)
        .on_conflict_do_update(index_elements=[models.c.model_id], set_=values)
    )


async def all_models(tx: AsyncConnection) -> list[Model]:
    """Every model, by name."""
    rows = await tx.execute(
        select(
            models.c.model_id,
            models.c.display_name,
            models.c.description,
            models.c.categories,
            models.c.price_usd,
            models.c.price_unit,
            models.c.pricing_note,
            models.c.schema_id,
            schemas.c.input_schema,
            models.c.updated_at,
        )
        .join(schemas, schemas.c.id == models.c.schema_id)
        .order_by(models.c.display_name, models.c.model_id)
    )
    return [Model(**row._mapping) for row in rows]


async def input_schema(tx: AsyncConnection, schema_id: str) -> dict[str, Any] | None:
    """One version of a schema, or None."""
    row = (
        await tx.execute(select(schemas.c.input_schema).where(schemas.c.id == schema_id))
    ).first()
    return None if row is None else row[0]
