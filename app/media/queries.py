"""Every question of the room to the database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import new_id, utc_now
from app.db.tables import media
from app.media.keep import Kept


@dataclass(frozen=True)
class Thumbnail:
    """A small WebP in the store, its width and height in pixels."""

    key: str
    width: int
    height: int


@dataclass(frozen=True)
class Media:
    """A kept file and whose it is. It never changes, but for a thumbnail that is made later."""

    id: str
    owner_id: str
    run_id: str | None
    position: int
    origin: str
    sha256: str
    size_bytes: int
    kind: str
    media_type: str
    extension: str
    width: int | None
    height: int | None
    duration_seconds: float | None
    storage_key: str
    thumbnail: Thumbnail | None
    source_url: str | None
    created_at: datetime


async def record(
    tx: AsyncConnection,
    kept: Kept,
    *,
    owner_id: str,
    run_id: str | None,
    position: int,
    origin: Literal["output", "input"] = "output",
    source_url: str | None = None,
) -> Media:
    """Write down whose a kept file is; a run's file at a position that has one stays as it is."""
    values: dict[str, Any] = {
        "id": new_id(),
        "owner_id": owner_id,
        "run_id": run_id,
        "position": position,
        "origin": origin,
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
        "kind": kept.kind.kind,
        "media_type": kept.kind.media_type,
        "extension": kept.kind.extension,
        "width": kept.measures.width,
        "height": kept.measures.height,
        "duration_seconds": kept.measures.duration_seconds,
        "storage_key": kept.storage_key,
        "source_url": source_url,
        "created_at": utc_now(),
    }
    if run_id is None:
        await tx.execute(insert(media).values(values))
        return _media((await tx.execute(_all.where(media.c.id == values["id"]))).one())
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    await tx.execute(
        dialect.insert(media)
        .values(values)
        .on_conflict_do_nothing(index_elements=[media.c.run_id, media.c.position])
    )
    recorded = await tx.execute(_all.where(media.c.run_id == run_id, media.c.position == position))
    return _media(recorded.one())


async def by_id(tx: AsyncConnection, media_id: str) -> Media | None:
    """One kept file, None when there is none of this id."""
    row = (await tx.execute(_all.where(media.c.id == media_id))).one_or_none()
    return None if row is None else _media(row)


async def of_run(tx: AsyncConnection, run_id: str) -> list[Media]:
    """What a run has given so far, in its order."""
    return (await of_runs(tx, [run_id]))[run_id]


async def of_runs(tx: AsyncConnection, run_ids: Iterable[str]) -> defaultdict[str, list[Media]]:
    """What each of some runs has given so far, in its order; an empty list for nothing."""
    found: defaultdict[str, list[Media]] = defaultdict(list)
    rows = await tx.execute(
        _all.where(media.c.run_id.in_(list(run_ids))).order_by(media.c.run_id, media.c.position)
    )
    for row in rows:
        found[row.run_id].append(_media(row))
    return found


async def set_thumbnail(tx: AsyncConnection, sha256: str, thumbnail: Thumbnail) -> None:
    """Note the small picture of a content, wherever that content was kept."""
    await tx.execute(
        update(media)
        .where(media.c.sha256 == sha256, media.c.thumbnail_key.is_(None))
        .values(
            thumbnail_key=thumbnail.key,
            thumbnail_width=thumbnail.width,
            thumbnail_height=thumbnail.height,
        )
    )


_all = select(media)


def _media(row: Row[Any]) -> Media:
    values = dict(row._mapping)
    key = values.pop("thumbnail_key")
    width, height = values.pop("thumbnail_width"), values.pop("thumbnail_height")
    return Media(**values, thumbnail=None if key is None else Thumbnail(key, width, height))
