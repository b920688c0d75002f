"""Which runs were given a kept file, and what may go because none was: every such question."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import media, runs, uses
from app.errors import Conflict
from app.media.queries import HELD_BYTES, Media, Total, media_of


class FileDeleted(Conflict):
    """A file was deleted between the moment a form was looked at and the moment it was saved."""

    code = "file_deleted"

    def __init__(self) -> None:
        super().__init__(
            "A file of this run was deleted just now. Nothing was sent. Choose it again."
        )


async def note_uses(
    tx: AsyncConnection, run_id: str, owner_id: str, media_ids: Collection[str]
) -> None:
    """Write down what a run is given, with the run itself; from then on that stays.

    Raises FileDeleted when one of the files is gone.
    """
    if not media_ids:
        return
    # Held until the run is saved: whoever deletes one of them waits, and then sees the use.
    there = await tx.execute(
        select(media.c.id)
        .where(media.c.id.in_(media_ids), media.c.owner_id == owner_id)
        .order_by(media.c.id)
        .with_for_update(read=True, key_share=True)
    )
    found = [row.id for row in there]
    if len(found) < len(set(media_ids)):
        raise FileDeleted
    await tx.execute(insert(uses), [{"media_id": one, "run_id": run_id} for one in found])


async def use_again(tx: AsyncConnection, run_id: str, *, by: str) -> None:
    """Let another run use what an earlier one was given."""
    same = select(uses.c.media_id, literal(by)).where(uses.c.run_id == run_id)
    await tx.execute(insert(uses).from_select(["media_id", "run_id"], same))


async def count_uses(tx: AsyncConnection, media_ids: Iterable[str]) -> dict[str, int]:
    """How many runs were given each of some files; those of none are left out."""
    rows = await tx.execute(
        select(uses.c.media_id, func.count())
        .where(uses.c.media_id.in_(list(media_ids)))
        .group_by(uses.c.media_id)
    )
    return {row.media_id: row[1] for row in rows}


async def runs_using(
    tx: AsyncConnection, media_id: str, *, limit: int
) -> list[tuple[str, str, datetime]]:
    """The newest runs that were given a file: id, model id and when they were made."""
    rows = await tx.execute(
        select(runs.c.id, runs.c.model_id, runs.c.created_at)
        .join(uses, uses.c.run_id == runs.c.id)
        .where(uses.c.media_id == media_id)
        .order_by(runs.c.id.desc())
        .limit(limit)
    )
    return [(run_id, model_id, created_at) for run_id, model_id, created_at in rows]


async def unused_total(tx: AsyncConnection, owner_id: str, *, before: str) -> Total:
    """How much a person's inputs hold that no run was given, of those given before an id."""
    query = select(func.count(), func.coalesce(func.sum(HELD_BYTES), 0))
    count, size_bytes = (await tx.execute(query.where(_unused(owner_id, before)))).one()
    return Total(count, int(size_bytes))


async def unused_ids(tx: AsyncConnection, owner_id: str, *, before: str, limit: int) -> list[str]:
    """A person's inputs that no run was given, oldest first, of those given before an id."""
    query = select(media.c.id).where(_unused(owner_id, before)).order_by(media.c.id).limit(limit)
    return [row.id for row in await tx.execute(query)]


async def forget_unused(
    tx: AsyncConnection, owner_id: str, media_ids: Collection[str]
) -> list[Media]:
    """Take those of a person's inputs that no run was given out of the database; what they were."""
    mine = and_(media.c.id.in_(media_ids), media.c.owner_id == owner_id, media.c.origin == "input")
    # First alone, and only then asked for uses: one that is being noted is waited for.
    await tx.execute(select(media.c.id).where(mine).order_by(media.c.id).with_for_update())
    gone = await tx.execute(delete(media).where(mine, ~_used()).returning(*media.c))
    return [media_of(row) for row in gone]


async def keys_left(tx: AsyncConnection, forgotten: Iterable[Media]) -> set[str]:
    """Under which keys of the storage lies what nobody has any more."""
    keys: set[str] = set()
    for one in forgotten:
        same = await tx.execute(select(media.c.id).where(media.c.sha256 == one.sha256).limit(1))
        # Both are named after the content: whoever has the same has them, or is about to.
        if same.first() is None:
            keys.add(one.storage_key)
            keys |= {one.thumbnail.key} if one.thumbnail else set()
        if one.copy is not None:
            copied = select(media.c.id).where(media.c.prepared_key == one.copy.key).limit(1)
            keys |= {one.copy.key} if (await tx.execute(copied)).first() is None else set()
    return keys


def _unused(owner_id: str, before: str) -> ColumnElement[bool]:
    mine = and_(media.c.owner_id == owner_id, media.c.origin == "input", media.c.id < before)
    return and_(mine, ~_used())


def _used() -> ColumnElement[bool]:
    query: Select[Any] = select(uses.c.run_id).where(uses.c.media_id == media.c.id)
    return query.exists()
