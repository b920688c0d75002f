"""Every SQL statement of the gallery: kept results, newest first, by keyset."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import media, models, runs, uses
from app.media.queries import HELD_BYTES


@dataclass(frozen=True)
class Item:
    """One kept file as the gallery shows it.

    name, size_bytes, uses: of an input alone; by how many runs it was used.
    """

    id: str
    kind: str
    width: int | None
    height: int | None
    duration_seconds: float | None
    extension: str
    created_at: datetime
    run_id: str | None
    model_id: str | None
    model_name: str | None
    inputs: dict[str, Any]
    name: str | None = None
    size_bytes: int = 0
    uses: int = 0

    @property
    def ratio(self) -> float:
        """Width over height, within what a row can show."""
        if not self.width or not self.height:
            return 4 / 3
        return min(max(self.width / self.height, 0.4), 3.0)

    @property
    def day(self) -> str:
        """The day it was made, in UTC, for grouping."""
        return self.created_at.date().isoformat()

    @property
    def prompt(self) -> str:
        """What the person wrote, or an empty text."""
        prompt = self.inputs.get("prompt")
        return prompt if isinstance(prompt, str) else ""

    @property
    def made_with(self) -> str:
        """The model's name, or what its owner calls a file that was given."""
        return self.model_name or self.model_id or self.name or "A file of yours"

    @property
    def alt(self) -> str:
        """What a screen reader says."""
        if self.run_id is None:
            return self.made_with
        return self.prompt[:150] or f"Made with {self.made_with}"

    @property
    def file_name(self) -> str:
        """What a browser saves it as."""
        return self.name or f"{self.id}.{self.extension}"

    @property
    def clock(self) -> str:
        """A video's or sound's length, 0:05."""
        seconds = round(self.duration_seconds or 0)
        return f"{seconds // 60}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Page:
    """Some items, and the id after which the next page begins; None on the last one."""

    items: list[Item]
    next_before: str | None


async def newest(
    tx: AsyncConnection, owner_id: str, *, limit: int, before: str | None = None, kind: str = ""
) -> Page:
    """A person's results older than `before`, newest first. The cost is that of one page.

    kind: `image`, `video` or `audio`, where only that is asked for.
    """
    query = _items(owner_id).order_by(media.c.id.desc()).limit(limit + 1)
    if before:
        query = query.where(media.c.id < before)
    if kind:
        query = query.where(media.c.kind == kind)
    found = [Item(*row) for row in await tx.execute(query)]
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None)


async def newest_inputs(
    tx: AsyncConnection,
    owner_id: str,
    *,
    limit: int,
    before: str | None = None,
    kind: str = "",
    words: Iterable[str] = (),
) -> Page:
    """The files that a person has given, older than `before`, newest first; see `newest`.

    words: plain ones that each stand somewhere in the name.
    """
    wanted = [media.c.owner_id == owner_id, media.c.origin == "input"]
    wanted += [media.c.plain_name.contains(word, autoescape=True) for word in words]
    if before:
        wanted.append(media.c.id < before)
    if kind:
        wanted.append(media.c.kind == kind)
    # Found by the index alone: it holds the names in the order of the pages.
    found_ids = select(media.c.id).where(*wanted).order_by(media.c.id.desc()).limit(limit + 1)
    rows = await tx.execute(
        select(
            media.c.id,
            media.c.kind,
            func.coalesce(media.c.prepared_width, media.c.width),
            func.coalesce(media.c.prepared_height, media.c.height),
            media.c.duration_seconds,
            media.c.extension,
            media.c.created_at,
            media.c.name,
            HELD_BYTES.label("size_bytes"),
            select(func.count())
            .where(uses.c.media_id == media.c.id)
            .scalar_subquery()
            .label("uses"),
        )
        .where(media.c.id.in_(found_ids))
        .order_by(media.c.id.desc())
    )
    found = [
        Item(*row[:7], None, None, None, {}, row.name, row.size_bytes, row.uses) for row in rows
    ]
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None)


async def newest_pictures(tx: AsyncConnection, owner_id: str, *, limit: int) -> list[Item]:
    """A person's newest pictures and videos: what has a small picture."""
    seen = media.c.kind.in_(("image", "video"))
    query = _items(owner_id).where(seen).order_by(media.c.id.desc()).limit(limit)
    return [Item(*row) for row in await tx.execute(query)]


async def around(
    tx: AsyncConnection, owner_id: str, media_id: str, *, each_side: int
) -> tuple[list[Item], list[Item]]:
    """The results just newer (nearest last) and just older (nearest first) than one."""
    newer = await tx.execute(
        _items(owner_id).where(media.c.id > media_id).order_by(media.c.id).limit(each_side)
    )
    older = await tx.execute(
        _items(owner_id).where(media.c.id < media_id).order_by(media.c.id.desc()).limit(each_side)
    )
    return [Item(*row) for row in newer][::-1], [Item(*row) for row in older]


def _items(owner_id: str) -> Select[Any]:
    return (
        select(
            media.c.id,
            media.c.kind,
            media.c.width,
            media.c.height,
            media.c.duration_seconds,
            media.c.extension,
            media.c.created_at,
            runs.c.id,
            runs.c.model_id,
            models.c.display_name,
            runs.c.inputs,
        )
        .join(runs, runs.c.id == media.c.run_id)
        .outerjoin(models, models.c.model_id == runs.c.model_id)
        .where(media.c.owner_id == owner_id, media.c.origin == "output")
    )
