"""The media room as a running server has it: its storage, its darkroom, and what it remembers."""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from app.db.engine import Database
from app.errors import NotFound
from app.media import queries
from app.media.darkroom import Darkroom
from app.media.keep import Kept, keep
from app.media.queries import Media, Thumbnail
from app.media.store import Store
from app.media.thumbnails import make_thumbnail
from app.team.access import Person, may_see

# A video that plays asks for dozens of ranges; a question to the database costs more than one.
_MOST_REMEMBERED = 4096

_Value = TypeVar("_Value")


class MediaRoom:
    """Keeps files, finds them again, makes their small pictures; one of these a process."""

    def __init__(self, database: Database, store: Store, darkroom: Darkroom | None = None) -> None:
        self.database = database
        self.store = store
        self.darkroom = darkroom or Darkroom()
        self._remembered: OrderedDict[str, Media] = OrderedDict()
        self._without_thumbnail: OrderedDict[str, None] = OrderedDict()
        self._being_made: dict[str, asyncio.Task[Thumbnail | None]] = {}

    async def keep(self, path: Path) -> Kept:
        """Store a local file; see `keep.keep`."""
        return await keep(self.store, self.darkroom, path)

    async def find(self, media_id: str) -> Media:
        """One kept file; it may be answered from memory. Raises NotFound."""
        found = self._remembered.get(media_id)
        if found is not None:
            self._remembered.move_to_end(media_id)
            return found
        return await self._read(media_id)

    async def thumbnail(self, media_id: str, *, path: Path | None = None) -> Thumbnail | None:
        """The small picture of a kept file, made now if there is none; None when it can have none.

        However many ask at once, it is made once, and to its end even when they go away.
        path: the bytes that are sent of it, on this machine, when they are still at hand.
        Raises NotFound, StorageFull, StorageUnavailable.
        """
        remembered = self._remembered.get(media_id)
        if remembered is not None and remembered.thumbnail is not None:
            return remembered.thumbnail
        if media_id in self._without_thumbnail:
            return None
        task = self._being_made.get(media_id)
        if task is None:
            task = asyncio.create_task(self._make(media_id, path))
            self._being_made[media_id] = task
            task.add_done_callback(lambda _done: self._being_made.pop(media_id))
        return await asyncio.shield(task)

    def forget(self, media_id: str) -> None:
        """Read a file anew when it is next asked for: what is sent of it has changed."""
        self._remembered.pop(media_id, None)

    def forget_all(self) -> None:
        """Read every file anew: another process has changed or deleted one."""
        self._remembered.clear()
        self._without_thumbnail.clear()

    async def close(self) -> None:
        """Stop making pictures; those not made yet are made when they are next asked for."""
        for task in list(self._being_made.values()):
            task.cancel()
        await asyncio.gather(*self._being_made.values(), return_exceptions=True)
        await self.darkroom.close()

    async def _make(self, media_id: str, path: Path | None) -> Thumbnail | None:
        # What is remembered may be older than a picture that another server has made.
        media = await self._read(media_id)
        if media.thumbnail is not None:
            return media.thumbnail
        made = await make_thumbnail(self.store, self.darkroom, media, path=path)
        if made is None:
            _remember(self._without_thumbnail, media_id, None)
            return None
        async with self.database.begin() as tx:
            await queries.set_thumbnail(tx, media.sha256, made)
        _remember(self._remembered, media_id, replace(media, thumbnail=made))
        return made

    async def _read(self, media_id: str) -> Media:
        async with self.database.read() as tx:
            media = await queries.by_id(tx, media_id)
        if media is None:
            raise NotFound("There is no such file here. It may have been deleted.")
        _remember(self._remembered, media_id, media)
        return media


def _remember(memory: OrderedDict[str, _Value], key: str, value: _Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _MOST_REMEMBERED:
        memory.popitem(last=False)


async def own_media(room: MediaRoom, media_id: str, member: Person) -> Media:
    """A kept file that this person may see. Raises NotFound."""
    media = await room.find(media_id)
    if not may_see(member, media.owner_id):
        # The same words as for no file: whether there is one is the owner's matter too.
        raise NotFound("There is no such file here. It may have been deleted.")
    return media
