"""Files kept in a folder of this machine."""

import asyncio
import errno
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.media.store import MissingFile, StorageFull, StorageUnavailable, Store, Stored

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FolderStore(Store):
    """A folder. A file gets its name only after its bytes are on the disk.

    The library for buckets can write folders too, but it does not wait for the disk: after a
    power cut a committed result could be an empty file under the right name.
    """

    def __init__(self, folder: Path, *, swept_after_seconds: float = 3600) -> None:
        """swept_after_seconds: so old, what a killed server left half written is removed."""
        self.folder = folder
        self._incoming = folder / "incoming"
        with disk_errors_translated():
            self._incoming.mkdir(parents=True, exist_ok=True)
            _sweep(self._incoming, older_than=time.time() - swept_after_seconds)

    async def put_file(self, key: str, path: Path) -> None:
        target = self._path(key)
        length = (await asyncio.to_thread(path.stat)).st_size
        await asyncio.to_thread(self._put, target, length, lambda new: _link_or_copy(path, new))

    async def put_bytes(self, key: str, content: bytes) -> None:
        target = self._path(key)
        await asyncio.to_thread(self._put, target, len(content), lambda new: _write(new, content))

    async def read_range(self, key: str, start: int, end: int) -> bytes:
        if start >= end:
            return b""
        return await asyncio.to_thread(_read, self._path(key), start, end)

    async def size(self, key: str) -> int:
        path = self._path(key)
        with disk_errors_translated():
            return (await asyncio.to_thread(path.stat)).st_size

    async def modified(self, key: str) -> datetime:
        path = self._path(key)
        with disk_errors_translated():
            return datetime.fromtimestamp((await asyncio.to_thread(path.stat)).st_mtime, UTC)

    async def delete(self, key: str) -> None:
        path = self._path(key)
        with disk_errors_translated():
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def files(self, folder: str) -> AsyncIterator[Stored]:
        walk = os.walk(self._path(folder))
        while (step := await asyncio.to_thread(next, walk, None)) is not None:
            within, _, names = step
            for found in await asyncio.to_thread(self._stored, Path(within), names):
                yield found

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        await self.size(key)
        yield self._path(key)

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise ValueError(f"not a storage key: {key!r}")
        return self.folder.joinpath(*parts)

    def _stored(self, within: Path, names: list[str]) -> list[Stored]:
        found = []
        for path in (within / name for name in names):
            # It may be deleted at this moment.
            with suppress(MissingFile), disk_errors_translated():
                about = path.stat()
                changed = datetime.fromtimestamp(about.st_mtime, UTC)
                key = path.relative_to(self.folder).as_posix()
                found.append(Stored(key, about.st_size, changed))
        return found

    def _put(self, target: Path, length: int, bring: Callable[[Path], None]) -> None:
        with disk_errors_translated():
            if not _touched(target, length):
                _make_folder(target.parent)
                new = self._incoming / secrets.token_hex(8)
                try:
                    bring(new)
                    _to_disk(new)
                    new.replace(target)
                finally:
                    new.unlink(missing_ok=True)
            # Also when it was there: whoever put it may still be waiting for the disk.
            _to_disk(target.parent)


def _touched(target: Path, length: int) -> bool:
    """Whether the file is there already; it then counts as put there now, not long ago."""
    try:
        if target.stat().st_size != length:
            return False
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _link_or_copy(path: Path, new: Path) -> None:
    try:
        new.hardlink_to(path)
    except OSError:
        # Another disk, or one that knows no links. What is wrong besides shows in the copying.
        shutil.copyfile(path, new)


def _write(new: Path, content: bytes) -> None:
    new.write_bytes(content)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _to_disk(folder.parent)


def _read(path: Path, start: int, end: int) -> bytes:
    with disk_errors_translated():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            content = os.pread(descriptor, end - start, start)
            while len(content) < end - start:
                more = os.pread(descriptor, end - start - len(content), start + len(content))
                if not more:
                    raise MissingFile
                content += more
            return content
        finally:
            os.close(descriptor)


def _sweep(incoming: Path, *, older_than: float) -> None:
    for left in incoming.iterdir():
        # Another server may finish, or sweep, the same file at this moment.
        with suppress(FileNotFoundError):
            if left.stat().st_ctime < older_than:
                left.unlink()


@contextmanager
def disk_errors_translated() -> Iterator[None]:
    """Raise MissingFile, StorageFull or StorageUnavailable for what the disk reports."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFile from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull from error
        raise StorageUnavailable(
            f"The folder that keeps the files cannot be used: {error.strerror or 'unknown reason'}."
        ) from error
