"""Every SQL statement about models and their schemas."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.changes import MODELS, count_change
from app.db.columns import utc_now
from app.db.tables import catalogues, media, models, pins, runs, schemas

_NEWS_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class Model:
    """One model, with the input schema in force. Price in US dollars per `price_unit`.

    listed_at: when RunComfy's catalogue was first seen to have it; new_at: the same, where the
    catalogue had been known without it. changes: what a new schema changed, as `Changes` has it.
    """

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
    source: str = "catalogue"
    listed_at: datetime | None = None
    new_at: datetime | None = None
    changed_at: datetime | None = None
    changes: dict[str, list[str]] | None = None
    removed_at: datetime | None = None

    @property
    def kind_in_words(self) -> str:
        """What it makes of what: Text to image."""
        return in_words(self.categories[0]) if self.categories else "Model"

    @property
    def per(self) -> str:
        """What its price is for, after the amount: nothing for one output, else `per second`."""
        return "" if self.price_unit in (None, "", "output") else f" per {self.price_unit}"

    def news(self, now: datetime) -> str | None:
        """What is to be told of it at present: `removed`, `new`, `changed`, or nothing."""
        if self.removed_at is not None:
            return "removed"
        if self.new_at is not None and now - self.new_at < _NEWS_LASTS:
            return "new"
        if self.changed_at is not None and now - self.changed_at < _NEWS_LASTS:
            return "changed"
        return None

    @property
    def changes_in_words(self) -> str:
        """What its last schema changed: 1 input new, 2 gone."""
        counted = [(len(names), word) for word, names in (self.changes or {}).items() if names]
        noun = "input" if counted and counted[0][0] == 1 else "inputs"
        return ", ".join(
            f"{count} {f'{noun} ' if place == 0 else ''}{word}"
            for place, (count, word) in enumerate(counted)
        )


@dataclass(frozen=True)
class SchemaVersion:
    """One version of a model's input schema, and since when it is known here."""

    id: str
    model_id: str
    input_schema: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Catalogue:
    """What is known of one RunComfy's own catalogue.

    synced_at: the last time it was read whole. listed: how many models it had. doubted_at: since
    when its answers are too short to be believed.
    """

    host: str
    synced_at: datetime | None = None
    listed: int = 0
    doubted_at: datetime | None = None


@dataclass(frozen=True)
class Made:
    """A kept result, as far as a card shows it."""

    media_id: str
    kind: str
    duration_seconds: float | None
    run_id: str
    model_id: str


@dataclass(frozen=True)
class Taken:
    """One of the newest runs: its model, and how long it took there if it was completed."""

    model_id: str
    seconds: float | None


_COLUMNS = [field.name for field in fields(Model) if field.name in models.c]


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
    await put_models(tx, [model])


async def put_models(tx: AsyncConnection, some: Sequence[Model]) -> None:
    """Write the descriptions of some models at once, as `put_model` does one."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    now = utc_now()
    versions = [
        {
            "id": model.schema_id,
            "model_id": model.model_id,
            "input_schema": model.input_schema,
            "created_at": now,
        }
        for model in some
    ]
    await tx.execute(insert(schemas).on_conflict_do_nothing(), versions)
    put = insert(models)
    rows = [{name: getattr(model, name) for name in _COLUMNS} for model in some]
    await tx.execute(
        put.on_conflict_do_update(
            index_elements=[models.c.model_id],
            set_={name: put.excluded[name] for name in _COLUMNS},
        ),
        [{**row, "created_at": now} for row in rows],
    )
    await count_change(tx, MODELS)


async def drop_unused(tx: AsyncConnection, model_id: str) -> bool:
    """Delete a model that no run was made with; False when there is one."""
    used = select(runs.c.id).where(runs.c.model_id == model_id).limit(1)
    if (await tx.execute(used)).first() is not None:
        return False
    await tx.execute(delete(pins).where(pins.c.model_id == model_id))
    await tx.execute(delete(models).where(models.c.model_id == model_id))
    await count_change(tx, MODELS)
    return True


async def all_models(tx: AsyncConnection) -> list[Model]:
    """Every model, by name."""
    rows = await tx.execute(
        select(*(models.c[name] for name in _COLUMNS), schemas.c.input_schema)
        .join(schemas, schemas.c.id == models.c.schema_id)
        .order_by(models.c.display_name, models.c.model_id)
    )
    return [Model(**row._mapping) for row in rows]


async def schema_version(tx: AsyncConnection, schema_id: str) -> SchemaVersion | None:
    """One version of a model's schema with its date, or None."""
    row = (
        await tx.execute(
            select(
                schemas.c.id, schemas.c.model_id, schemas.c.input_schema, schemas.c.created_at
            ).where(schemas.c.id == schema_id)
        )
    ).first()
    return None if row is None else SchemaVersion(*row)


async def input_schema(tx: AsyncConnection, schema_id: str) -> dict[str, Any] | None:
    """One version of a schema, or None."""
    row = (
        await tx.execute(select(schemas.c.input_schema).where(schemas.c.id == schema_id))
    ).first()
    return None if row is None else row[0]


async def catalogue(tx: AsyncConnection, host: str) -> Catalogue:
    """What is known of the catalogue at a host; of an unknown one, nothing."""
    row = (await tx.execute(select(catalogues).where(catalogues.c.host == host))).first()
    return Catalogue(host) if row is None else Catalogue(**row._mapping)


async def put_catalogue(tx: AsyncConnection, known: Catalogue) -> None:
    """Write what is known of a catalogue."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    values = vars(known)
    await tx.execute(
        insert(catalogues)
        .values(values)
        .on_conflict_do_update(index_elements=[catalogues.c.host], set_=values)
    )


async def pin(tx: AsyncConnection, owner_id: str, model_id: str) -> None:
    """Put a model first for a person; once is as good as twice."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    values = {"owner_id": owner_id, "model_id": model_id, "created_at": utc_now()}
    await tx.execute(insert(pins).values(values).on_conflict_do_nothing())


async def unpin(tx: AsyncConnection, owner_id: str, model_id: str) -> None:
    """Put a model back among the others."""
    await tx.execute(delete(pins).where(pins.c.owner_id == owner_id, pins.c.model_id == model_id))


async def pinned(tx: AsyncConnection, owner_id: str) -> list[str]:
    """The ids of the models that a person has pinned, in the order of pinning."""
    rows = await tx.execute(
        select(pins.c.model_id)
        .where(pins.c.owner_id == owner_id)
        .order_by(pins.c.created_at, pins.c.model_id)
    )
    return [row[0] for row in rows]


async def newest_runs(tx: AsyncConnection, *, limit: int) -> list[Taken]:
    """What everybody's newest runs were made with. The cost is that of `limit` rows."""
    rows = await tx.execute(
        select(runs.c.model_id, runs.c.state, runs.c.running_at, runs.c.ended_there_at)
        .order_by(runs.c.id.desc())
        .limit(limit)
    )
    return [
        Taken(
            model_id,
            max((ended - started).total_seconds(), 0.0)
            if state == "completed" and started is not None and ended is not None
            else None,
        )
        for model_id, state, started, ended in rows
    ]


async def newest_media_id(tx: AsyncConnection, owner_id: str) -> str | None:
    """The newest kept result of a person, to tell whether there is a newer one."""
    found = await tx.execute(
        select(func.max(media.c.id)).where(media.c.owner_id == owner_id, media.c.origin == "output")
    )
    newest: str | None = found.scalar_one()
    return newest


async def newest_made(tx: AsyncConnection, owner_id: str, *, limit: int) -> list[Made]:
    """A person's newest pictures and videos, newest first. The cost is that of `limit` rows."""
    rows = await tx.execute(
        select(media.c.id, media.c.kind, media.c.duration_seconds, runs.c.id, runs.c.model_id)
        .join(runs, runs.c.id == media.c.run_id)
        .where(
            media.c.owner_id == owner_id,
            media.c.origin == "output",
            media.c.kind.in_(("image", "video")),
        )
        .order_by(media.c.id.desc())
        .limit(limit)
    )
    return [Made(*row) for row in rows]


async def prompts(tx: AsyncConnection, run_ids: list[str]) -> dict[str, str]:
    """What was written for each of some runs, where it is a text."""
    rows = await tx.execute(select(runs.c.id, runs.c.inputs).where(runs.c.id.in_(run_ids)))
    written = {run_id: inputs.get("prompt") for run_id, inputs in rows}
    return {run_id: prompt for run_id, prompt in written.items() if isinstance(prompt, str)}
