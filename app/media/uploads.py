"""Files that people give: judged by what they are, prepared for sending, kept once."""

import asyncio
import hashlib
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.db.changes import INPUTS, count_change
from app.media import queries
from app.media.decoding import (
    LOCATION_KEPT,
    LOCATION_REMOVED,
    Measures,
    NotDecoded,
    Prepared,
)
from app.media.keep import Kept, examine, measured
from app.media.left_off import LeftOff
from app.media.queries import Copy, Media
from app.media.receiving import Arrived
from app.media.refusing import KINDS, ONE, FileRefused, larger, not_opened, unknown
from app.media.room import MediaRoom
from app.media.sniff import Kind, sniff
from app.settings import Settings

_LEFT_BEHIND_SECONDS = 3600
_MB = 1_000_000
LARGEST_SIDE = 8192
"""Pixels; beyond, a picture is offered to be scaled down."""
SCALED_SIDE = 4096


@dataclass(frozen=True)
class Wish:
    """How an input is to be prepared."""

    keep_location: bool = False
    scale: bool = False


class Uploads:
    """Takes files in, one by one; each stands or falls by itself."""

    def __init__(self, room: MediaRoom, settings: Settings) -> None:
        self._room = room
        self.folder = settings.data_dir / "incoming"
        self._most_mb = {
            "image": settings.upload_image_mb,
            "video": settings.upload_video_mb,
            "audio": settings.upload_audio_mb,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        _sweep(self.folder)
        self.left_off = LeftOff(settings.data_dir / "left-off")

    @property
    def most_file_bytes(self) -> int:
        """The length of the largest file that may be taken, of whatever kind."""
        return max(self._most_mb.values()) * _MB

    def most_mb(self, kind: str) -> int:
        """How large a file of a kind may be, in MB; of an unknown kind, the largest of all."""
        return self._most_mb.get(kind, max(self._most_mb.values()))

    async def take(self, file: Arrived, *, owner_id: str, kind: str = "") -> Media:
        """Keep a file that has arrived; the same bytes of the same owner are kept once.

        kind: what alone is taken, `image`, `video` or `audio`. Raises FileRefused, DamagedFile,
        StorageFull, StorageUnavailable.
        """
        # First what its beginning tells: of one too large, no more than that may be there.
        self._check(file, await asyncio.to_thread(sniff, file.path), kind)
        kept = await examine(file.path, file.sha256)
        known = await self._known(owner_id, kept.sha256)
        if known is not None:
            # It may have been lost from the storage meanwhile; it is here again.
            await self._room.store.put_file(known.storage_key, file.path)
            # Unless it was deleted at this moment.
            known = await self._known(owner_id, kept.sha256)
        return known or await self._keep_new(file, kept, owner_id, kind)

    async def prepare_again(self, media: Media, wish: Wish) -> Media:
        """Prepare an input in another way: with its location, or scaled down."""
        async with self._room.store.local_file(media.storage_key) as path:
            shown = Measures(media.width, media.height)
            kind = _kind_of(media)
            copy, changes = await self._prepared(path, kind, shown, wish)
            if wish.keep_location and {LOCATION_KEPT, LOCATION_REMOVED} & set(media.changes):
                changes = [*changes, LOCATION_KEPT]
            async with self._room.database.begin() as tx:
                await queries.set_copy(tx, media.id, copy, changes)
                await count_change(tx, INPUTS)
            if copy is not None and not await self._room.store.exists(copy.key):
                # It went with somebody else's equal one, before this was noted.
                await self._prepared(path, kind, shown, wish)
        self._room.forget(media.id)
        return await self._room.find(media.id)

    async def _known(self, owner_id: str, sha256: str) -> Media | None:
        async with self._room.database.read() as tx:
            return await queries.input_of_content(tx, owner_id, sha256)

    def _check(self, file: Arrived, sniffed: Kind, kind: str) -> None:
        found = sniffed.kind
        if file.size_bytes == 0:
            raise FileRefused("The file is empty.")
        if found == "other":
            raise FileRefused(unknown(file))
        if kind and found != kind:
            raise FileRefused(f"This is {ONE[found]}, and {KINDS[kind]} are taken here.")
        if file.size_bytes > self._most_mb[found] * _MB:
            raise FileRefused(larger(file.size_bytes, self._most_mb[found], found))

    async def _keep_new(self, file: Arrived, kept: Kept, owner_id: str, kind: str) -> Media:
        try:
            kept = await measured(self._room.darkroom, file.path, kept)
        except NotDecoded as error:
            raise FileRefused(not_opened(error, kept.kind)) from error
        # Only now is a video without pictures known to be a sound.
        self._check(file, kept.kind, kind)
        kept = replace(kept, storage_key=await self._place(kept))
        copy, changes = await self._prepared(file.path, kept.kind, kept.measures, Wish())
        await self._room.store.put_file(kept.storage_key, file.path)
        async with self._room.database.begin() as tx:
            media = await queries.record(
                tx,
                kept,
                owner_id=owner_id,
                run_id=None,
                position=0,
                origin="input",
                name=file.name,
            )
            if copy is not None and media.copy is None:
                await queries.set_copy(tx, media.id, copy, changes)
        await self._keep_there(file.path, kept, copy)
        return await self._room.find(media.id)

    async def _place(self, kept: Kept) -> str:
        """Where a given file lies: apart from results, which a deleted input must never cost.

        A result's own bytes, given again, are not stored twice.
        """
        async with self._room.database.read() as tx:
            found = await queries.result_key(tx, kept.sha256)
        return found or f"given/{kept.sha256[:2]}/{kept.sha256}.{kept.kind.extension}"

    async def _keep_there(self, path: Path, kept: Kept, copy: Copy | None) -> None:
        """Bring back what went with somebody else's equal file before this one was noted."""
        store = self._room.store
        if not await store.exists(kept.storage_key):
            await store.put_file(kept.storage_key, path)
        if copy is not None and not await store.exists(copy.key):
            await self._prepared(path, kept.kind, kept.measures, Wish())

    async def _prepared(
        self, path: Path, kind: Kind, shown: Measures, wish: Wish
    ) -> tuple[Copy | None, list[str]]:
        """Make and store the copy that is sent, and what was done to it; None for the file."""
        if kind.kind == "audio":
            return None, []
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            into = Path(folder) / "copy"
            try:
                made = await self._room.darkroom.prepare(
                    path,
                    kind,
                    into,
                    keep_location=wish.keep_location,
                    most_side=SCALED_SIDE if wish.scale else None,
                )
            except NotDecoded as error:
                raise FileRefused(not_opened(error, kind)) from error
            if made is None:
                return None, []
            return await self._stored(into, made, shown), made.changes

    async def _stored(self, into: Path, made: Prepared, shown: Measures) -> Copy:
        sha256, size_bytes = await asyncio.to_thread(_digest, into)
        key = f"prepared/{sha256[:2]}/{sha256}.{made.extension}"
        await self._room.store.put_file(key, into)
        width, height = made.width or shown.width, made.height or shown.height
        return Copy(key, made.media_type, size_bytes, sha256, width, height)


def may_be_scaled(media: Media) -> bool:
    """Whether a picture is so large that a smaller copy is offered."""
    return media.kind == "image" and max(media.width or 0, media.height or 0) > LARGEST_SIDE


def _kind_of(media: Media) -> Kind:
    sort: Literal["image", "video"] = "image" if media.kind == "image" else "video"
    return Kind(sort, media.media_type, media.extension)


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _sweep(folder: Path) -> None:
    """Remove what a killed server had taken in by half."""
    for left in folder.iterdir():
        # Another server may finish, or sweep, the same one at this moment.
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - _LEFT_BEHIND_SECONDS:
                shutil.rmtree(left)
