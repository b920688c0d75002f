"""Where bytes are kept, a folder or a bucket: what either can do, and what can go wrong."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from app.errors import NotFound, PlaygroundError, Unavailable


class StorageFull(PlaygroundError):
    """There is no room left for another file."""

    status = 507
    code = "storage_full"

    def __init__(self) -> None:
        super().__init__("There is no room left in the storage. Make room, then try again.")


class StorageUnavailable(Unavailable):
    """The storage does not answer, or refuses."""

    code = "storage_unavailable"


class MissingFile(NotFound):
    """A file that was kept is no longer in the storage, or is shorter than it was."""

    code = "missing_file"

    def __init__(self) -> None:
        super().__init__("This file is no longer whole in the storage. A backup may still have it.")


FOLDERS = ("media", "given", "prepared", "thumbnails")
"""What the keys begin with: results, what people gave, what is sent of it, small pictures."""


@dataclass(frozen=True)
class Stored:
    """A file in the storage; modified: when it was last put there."""

    key: str
    size_bytes: int
    modified: datetime


class Store(ABC):
    """Files by key. A key is a relative path of plain characters, made here, never from outside.

    A file never changes once it is kept, and appears whole or not at all. Every call raises
    StorageUnavailable when the storage does not answer, every reading one MissingFile.
    """

    piece_bytes = 512 * 1024
    """How much is read at once: with 64 KB a picture costs twice the CPU time."""

    @abstractmethod
    async def put_file(self, key: str, path: Path) -> None:
        """Keep a copy of a local file durably; nothing happens when the key is there already.

        The copy may share the file's bytes: delete the file afterwards, never write to it.
        Raises StorageFull.
        """

    @abstractmethod
    async def put_bytes(self, key: str, content: bytes) -> None:
        """Keep some bytes durably. Raises StorageFull."""

    @abstractmethod
    async def read_range(self, key: str, start: int, end: int) -> bytes:
        """Read bytes `start` to `end`, the end left out; all of them, or MissingFile."""

    @abstractmethod
    async def size(self, key: str) -> int:
        """The length of a file in bytes."""

    @abstractmethod
    async def modified(self, key: str) -> datetime:
        """When a file was last put there, also if it was there already."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Remove a file; nothing happens when it is gone already."""

    @abstractmethod
    def files(self, folder: str) -> AsyncIterator[Stored]:
        """Every file whose key begins with a folder, such as `media`; some at a time."""

    @abstractmethod
    def local_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file on this machine's own disk, for reading, while the block lasts."""

    async def link(self, key: str, lasting: timedelta) -> str:
        """An address of the storage's own at which anybody may fetch a file for so long."""
        raise StorageUnavailable("A folder has no addresses of its own.")

    async def exists(self, key: str) -> bool:
        """Whether a file is kept under this key."""
        try:
            await self.size(key)
        except MissingFile:
            return False
        return True

    async def stream(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Read bytes `start` to `end` piece by piece.

        Each piece is a reading of its own, so a slow visitor holds nothing open meanwhile.
        """
        for at in range(start, end, self.piece_bytes):
            yield await self.read_range(key, at, min(at + self.piece_bytes, end))

    async def check(self) -> None:
        """Write, read and delete a few bytes. Raises StorageUnavailable or StorageFull."""
        key = f"check/{secrets.token_hex(8)}"
        content = secrets.token_bytes(64)
        await self.put_bytes(key, content)
        try:
            found = await self.read_range(key, 0, len(content))
        except MissingFile as error:
            raise StorageUnavailable("The storage lost what was just written to it.") from error
        await self.delete(key)
        if found != content:
            raise StorageUnavailable("The storage does not return what was written to it.")


def open_store(url: str, *, folder: Path) -> Store:
    """The store that a setting names: `s3://bucket/prefix`, or `folder` when it is empty.

    A bucket's keys, region and endpoint come from the usual `AWS_…` variables; nothing is
    asked of it yet. Raises StorageUnavailable when the folder cannot be made.
    """
    # Each is loaded only where it is used: the start is quicker without the bucket's library.
    if url:
        from app.media.bucket import BucketStore

        parts = urlsplit(url)
        return BucketStore(parts.netloc, prefix=parts.path.strip("/"))
    from app.media.folder import FolderStore

    return FolderStore(folder)
