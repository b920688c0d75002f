"""RunComfy's own catalogue -> rows: what it lists, changes and drops."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from app.catalogue import queries
from app.catalogue.changes import changed
from app.catalogue.importing import shipped
from app.catalogue.queries import Catalogue, Model
from app.catalogue.shelf import Shelf
from app.db.columns import utc_now
from app.db.engine import Database
from app.errors import Unavailable
from app.runcomfy.client import RunComfy
from app.runcomfy.models import Listing, ModelEntry
from app.runcomfy.trouble import RunComfyTrouble

_SYNC_SECONDS = 3600
_DOUBT_SECONDS = 900
# When RunComfy answers again, the list says so before long.
_LONGEST_PAUSE_SECONDS = 600
# A paid run waits for its turn to write; a first catalogue may hold hundreds of models.
_WRITTEN_AT_ONCE = 50
_log = logging.getLogger(__name__)


async def keep_in_step(runcomfy: RunComfy, database: Database, shelf: Shelf) -> None:
    """Read RunComfy's catalogue now and every hour; while it is away, ask again ever later."""
    pause_seconds = 5.0
    while True:
        try:
            believed = await take_over(await runcomfy.models(), database, shelf.host)
            await shelf.load()
        except (RunComfyTrouble, Unavailable) as error:
            _log.info("the catalogue could not be read: %s", error)
            shelf.trouble = str(error)
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
        else:
            shelf.trouble = None
            pause_seconds = 5.0
            await asyncio.sleep(_SYNC_SECONDS if believed else _DOUBT_SECONDS)


async def take_over(
    listing: Listing, database: Database, host: str, *, now: datetime | None = None
) -> bool:
    """Take over what the catalogue at a host says; False when it is not believed as a whole.

    Models and prices are always taken. What is missing counts as removed only in a whole answer
    that is not suspiciously short, or was so a while ago already.
    """
    now = now or utc_now()
    async with database.read() as tx:
        known = {model.model_id: model for model in await queries.all_models(tx)}
        catalogue = await queries.catalogue(tx, host)
    short = 2 * len(listing.models) < max(catalogue.listed, 1)
    since = catalogue.doubted_at
    long_so = since is not None and now - since >= timedelta(seconds=_DOUBT_SECONDS / 2)
    believed = listing.whole and (long_so or not short)
    changes = _taken(listing, known, now, known_before=catalogue.synced_at is not None)
    if believed:
        changes += _dropped(listing, known, now)
        catalogue = Catalogue(host, now, len(listing.models))
    elif listing.whole:
        _log.warning("the catalogue lists %d models only: not believed yet", len(listing.models))
        catalogue = replace(catalogue, doubted_at=since or now)
    for start in range(0, len(changes), _WRITTEN_AT_ONCE):
        async with database.begin() as tx:
            await queries.put_models(tx, changes[start : start + _WRITTEN_AT_ONCE])
    async with database.begin() as tx:
        await queries.put_catalogue(tx, catalogue)
    return believed


def _taken(
    listing: Listing, known: Mapping[str, Model], now: datetime, *, known_before: bool
) -> list[Model]:
    """The models whose rows differ from what is listed, as they are to be written.

    A shipped model keeps its shipped schema, whose order and titles are the page's own; the
    catalogue sorts its properties and leaves titles out. One that a person has imported keeps
    what they imported, until they forget it.
    """
    ours = {model.model_id for model in shipped()}
    changes = []
    for entry in listing.models:
        before = known.get(entry.model_id)
        if before is None:
            if entry.input_schema:
                changes.append(_first_seen(entry, now, new=known_before))
            continue
        after = replace(before, listed_at=before.listed_at or now, removed_at=None)
        if entry.price_usd is not None or before.source != "imported":
            after = replace(
                after,
                price_usd=entry.price_usd,
                price_unit=entry.price_unit,
                pricing_note=entry.pricing_note,
            )
        if entry.input_schema and entry.model_id not in ours and before.source != "imported":
            after = _described(after, entry, now)
        if after != before:
            changes.append(replace(after, updated_at=now))
    return changes


def _dropped(listing: Listing, known: Mapping[str, Model], now: datetime) -> list[Model]:
    """The models that were listed once and are no longer; what never was, is a person's own."""
    listed = {entry.model_id for entry in listing.models}
    return [
        replace(model, removed_at=now, updated_at=now)
        for model in known.values()
        if model.listed_at and not model.removed_at and model.model_id not in listed
    ]


def _first_seen(entry: ModelEntry, now: datetime, *, new: bool) -> Model:
    schema = entry.input_schema or {}
    return Model(
        model_id=entry.model_id,
        display_name=entry.display_name or entry.model_id,
        description=entry.description or "",
        categories=list(entry.categories),
        price_usd=entry.price_usd,
        price_unit=entry.price_unit,
        pricing_note=entry.pricing_note,
        schema_id=queries.schema_id(entry.model_id, schema),
        input_schema=schema,
        updated_at=now,
        listed_at=now,
        new_at=now if new else None,
    )


def _described(before: Model, entry: ModelEntry, now: datetime) -> Model:
    """The model with the names and the schema that are listed now."""
    listed = _first_seen(entry, now, new=False)
    after = replace(
        before,
        display_name=listed.display_name,
        description=listed.description,
        categories=listed.categories,
        schema_id=listed.schema_id,
        input_schema=listed.input_schema,
        source="catalogue",
    )
    changes = changed(before, after) if after.schema_id != before.schema_id else None
    return after if changes is None else replace(after, changed_at=now, changes=changes)
