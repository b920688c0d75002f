"""Kept inputs leave: the rows that no run was given, and what of the storage is theirs alone."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass

from app.db.changes import INPUTS, count_change
from app.media import use_queries
from app.media.holding import hold_off_files
from app.media.queries import Media
from app.media.room import MediaRoom
from app.media.store import StorageUnavailable

# Whoever writes files down waits meanwhile, and so does all of SQLite's writing.
_AT_ONCE = 20
_MOST_SECONDS = 10.0
# A visitor waits for the page; what is left is said there.
_LONG_SECONDS = 8.0


@dataclass(frozen=True)
class Removed:
    """How many files went, and whether there are more of the kind."""

    count: int
    more: bool


async def remove(room: MediaRoom, owner_id: str, media_ids: Collection[str]) -> list[Media]:
    """Remove those of a person's inputs that no run was given; gives what went.

    The bytes go before the row is given up for good: broken off, it is still there to be
    removed again. Raises StorageUnavailable, DatabaseUnavailable.
    """
    async with room.database.begin() as tx:
        await hold_off_files(tx)
        gone = await use_queries.forget_unused(tx, owner_id, media_ids)
        keys = await use_queries.keys_left(tx, gone)
        await _remove_bytes(room, keys)
        if gone:
            await count_change(tx, INPUTS)
    for one in gone:
        room.forget(one.id)
    return gone


async def remove_unused(room: MediaRoom, owner_id: str, *, before: str) -> Removed:
    """Remove a person's inputs that no run was given, of those given before an id."""
    count = 0
    ends = time.monotonic() + _LONG_SECONDS
    while True:
        async with room.database.read() as tx:
            ids = await use_queries.unused_ids(tx, owner_id, before=before, limit=_AT_ONCE)
        if not ids or time.monotonic() > ends:
            return Removed(count, bool(ids))
        count += len(await remove(room, owner_id, ids))


async def _remove_bytes(room: MediaRoom, keys: Collection[str]) -> None:
    # A result's bytes are never touched, not even where an input shares them.
    own = [key for key in keys if not key.startswith("media/")]
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            await asyncio.gather(*(room.store.delete(key) for key in own))
    except TimeoutError as error:
        raise StorageUnavailable(
            "The storage takes too long to remove files. They are still here; try again later."
        ) from error
