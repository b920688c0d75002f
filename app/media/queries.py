"""Every question of the room to the database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import new_id, utc_now
from app.db.tables import media, runs
from app.inputs.addresses import reference_to
from app.media.holding import hold_files
from app.media.keep import Kept
from app.web.searching import plain


@dataclass(frozen=True)
class Thumbnail:
    """A small WebP in the store, its width and height in pixels."""

    key: str
    width: int
    height: int


@dataclass(frozen=True)
class Copy:
    """The bytes that RunComfy is given of a file; width and height None where it has no such."""

    key: str
    media_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Media:
    """A kept file and whose it is. Only a thumbnail, or what is sent of it, may come later.

    name: what the owner of an input calls it. copy: what is sent instead of an input, and
    `changes`, in sentences, what was done to it.
    """

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
    name: str | None = None
    copy: Copy | None = None
    changes: list[str] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """How a run's inputs name it."""
        return reference_to(self.id)

    @property
    def sent(self) -> Copy:
        """What RunComfy is given of it: the prepared copy, or the file itself."""
        return self.copy or Copy(
            self.storage_key,
            self.media_type,
            self.size_bytes,
            self.sha256,
            self.width,
            self.height,
        )


@dataclass(frozen=True)
class Total:
    """How many files there are, and how many bytes they hold."""

    count: int
    size_bytes: int


HELD_BYTES = media.c.size_bytes + func.coalesce(media.c.prepared_size, 0)
"""What an input takes of the storage: the file, and the copy that is sent of it."""


async def record(
    tx: AsyncConnection,
    kept: Kept,
    *,
    owner_id: str,
    run_id: str | None,
    position: int,
    origin: Literal["output", "input"] = "output",
    source_url: str | None = None,
    name: str | None = None,
) -> Media:
    """Write down whose a kept file is; what is written down already stays as it is.

    That is a run's file at the same position, or an input of the same owner and content.
    """
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
        "name": name,
        "plain_name": plain(name or "") or None,
        "created_at": utc_now(),
    }
    await hold_files(tx)
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    await tx.execute(dialect.insert(media).values(values).on_conflict_do_nothing())
    if origin == "input":
        same = _of_content(owner_id, kept.sha256)
    elif run_id is None:
        same = media.c.id == values["id"]
    else:
        same = and_(media.c.run_id == run_id, media.c.position == position)
    return media_of((await tx.execute(_all.where(same))).one())


async def input_of_content(tx: AsyncConnection, owner_id: str, sha256: str) -> Media | None:
    """The input that a person has already given with these bytes."""
    row = (await tx.execute(_all.where(_of_content(owner_id, sha256)))).one_or_none()
    return None if row is None else media_of(row)


async def result_key(tx: AsyncConnection, sha256: str) -> str | None:
    """Where a result with these bytes lies in the storage."""
    query = select(media.c.storage_key).where(media.c.sha256 == sha256, media.c.origin == "output")
    return (await tx.execute(query.limit(1))).scalar()


async def set_copy(
    tx: AsyncConnection, media_id: str, copy: Copy | None, changes: list[str]
) -> None:
    """Note what is sent of an input; None for the file itself."""
    await hold_files(tx)
    await tx.execute(
        update(media)
        .where(media.c.id == media_id)
        .values(
            prepared_key=copy.key if copy else None,
            prepared_type=copy.media_type if copy else None,
            prepared_size=copy.size_bytes if copy else None,
            prepared_sha256=copy.sha256 if copy else None,
            prepared_width=copy.width if copy else None,
            prepared_height=copy.height if copy else None,
            changes=changes or None,
        )
    )


async def by_id(tx: AsyncConnection, media_id: str) -> Media | None:
    """One kept file, None when there is none of this id."""
    row = (await tx.execute(_all.where(media.c.id == media_id))).one_or_none()
    return None if row is None else media_of(row)


async def by_ids(tx: AsyncConnection, media_ids: Iterable[str]) -> dict[str, Media]:
    """The kept files among these ids that exist."""
    rows = await tx.execute(_all.where(media.c.id.in_(list(media_ids))))
    return {row.id: media_of(row) for row in rows}


async def after(tx: AsyncConnection, media_id: str, *, limit: int) -> list[Media]:
    """Everybody's kept files whose ids come after this one, by id: a part of going through all."""
    rows = await tx.execute(_all.where(media.c.id > media_id).order_by(media.c.id).limit(limit))
    return [media_of(row) for row in rows]


async def of_content(tx: AsyncConnection, sha256: str) -> list[Media]:
    """Everybody's kept files with these bytes, by id."""
    rows = await tx.execute(_all.where(media.c.sha256 == sha256).order_by(media.c.id))
    return [media_of(row) for row in rows]


async def total(tx: AsyncConnection, owner_id: str, origin: Literal["output", "input"]) -> Total:
    """How much a person has kept of one origin; a prepared copy counts beside its original."""
    found = await tx.execute(
        select(func.count(), func.coalesce(func.sum(HELD_BYTES), 0)).where(
            media.c.owner_id == owner_id, media.c.origin == origin
        )
    )
    count, size_bytes = found.one()
    return Total(count, int(size_bytes))


async def models_used(tx: AsyncConnection, owner_id: str, *, runs_looked_at: int) -> list[str]:
    """The models of a person's newest runs, the one used last first."""
    rows = await tx.execute(
        select(runs.c.model_id)
        .where(runs.c.owner_id == owner_id)
        .order_by(runs.c.id.desc())
        .limit(runs_looked_at)
    )
    return list(dict.fromkeys(row.model_id for row in rows))


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
        found[row.run_id].append(media_of(row))
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


def _of_content(owner_id: str, sha256: str) -> ColumnElement[bool]:
    return and_(media.c.owner_id == owner_id, media.c.sha256 == sha256, media.c.origin == "input")


_all = select(media)


def media_of(row: Row[Any]) -> Media:
    """A whole row of the table."""
    values = dict(row._mapping)
    values.pop("plain_name")
    key = values.pop("thumbnail_key")
    width, height = values.pop("thumbnail_width"), values.pop("thumbnail_height")
    values["thumbnail"] = None if key is None else Thumbnail(key, width, height)
    values["copy"] = _copy(values)
    values["changes"] = values["changes"] or []
    return Media(**values)


def _copy(values: dict[str, Any]) -> Copy | None:
    """The prepared copy of a row; its columns are taken out of the values."""
    names = ("key", "type", "size", "sha256", "width", "height")
    key, *about = (values.pop(f"prepared_{name}") for name in names)
    return None if key is None else Copy(key, *about)
