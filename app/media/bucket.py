"""Files kept in a bucket: S3, or whatever speaks its language."""

import asyncio
import mimetypes
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import (
    BaseError,
    GenericError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from app.media.folder import disk_errors_translated
from app.media.store import MissingFile, StorageFull, StorageUnavailable, Store, Stored

_MEBIBYTE = 1024 * 1024
# How stores say it: MinIO, Swift and Ceph; Amazon's never fills.
_NO_ROOM = re.compile(r"status code: 507|QuotaExceeded|EntityTooLarge|XMinioStorageFull")
_FRESH = timedelta(minutes=30)
_NO_ANSWER = (
    "The bucket does not answer as a storage should. Check PLAYGROUND_STORAGE_URL, that the"
    " bucket exists, and AWS_ENDPOINT_URL."
)


class BucketStore(Store):
    """A bucket, reached with the usual `AWS_…` variables, `AWS_ENDPOINT_URL` among them."""

    # A question to a bucket takes tens of milliseconds: larger pieces than from a disk.
    piece_bytes = 4 * _MEBIBYTE

    def __init__(self, bucket: str, *, prefix: str) -> None:
        self._files = S3Store(
            bucket,
            prefix=prefix or None,
            # Plain http serves where the endpoint variable says so: a store beside this server.
            client_options={"allow_http": True, "timeout": "60s", "connect_timeout": "5s"},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )

    async def put_file(self, key: str, path: Path) -> None:
        length = (await asyncio.to_thread(path.stat)).st_size
        try:
            if await self._is_fresh(key, length):
                return
        except MissingFile:
            pass  # the usual case: it is new
        with _errors_translated():
            # A few parts at once: each of them is held in memory.
            await obstore.put_async(
                self._files,
                key,
                path,
                attributes=_attributes(key),
                chunk_size=8 * _MEBIBYTE,
                max_concurrency=2,
            )

    async def _is_fresh(self, key: str, length: int) -> bool:
        """Whether the file is there, and so lately that nobody takes it for one left behind.

        A bucket has no other way to say so of an older one than to put it there again.
        """
        with _errors_translated():
            found = await obstore.head_async(self._files, key)
        return found["size"] == length and datetime.now(UTC) - found["last_modified"] < _FRESH

    async def put_bytes(self, key: str, content: bytes) -> None:
        with _errors_translated():
            await obstore.put_async(self._files, key, content)

    async def read_range(self, key: str, start: int, end: int) -> bytes:
        if start >= end:
            return b""
        try:
            with _errors_translated():
                content = await obstore.get_range_async(self._files, key, start=start, end=end)
        except StorageUnavailable:
            # A range beyond a file's end is refused in the same words as any other trouble.
            if await self.size(key) < end:
                raise MissingFile from None
            raise
        if len(content) < end - start:
            raise MissingFile
        return bytes(content)

    async def size(self, key: str) -> int:
        with _errors_translated():
            return (await obstore.head_async(self._files, key))["size"]

    async def modified(self, key: str) -> datetime:
        with _errors_translated():
            return (await obstore.head_async(self._files, key))["last_modified"]

    async def link(self, key: str, lasting: timedelta) -> str:
        with _errors_translated():
            return await obstore.sign_async(self._files, "GET", key, lasting)

    async def delete(self, key: str) -> None:
        try:
            with _errors_translated():
                await obstore.delete_async(self._files, key)
        except MissingFile:
            return

    async def files(self, folder: str) -> AsyncIterator[Stored]:
        with _errors_translated():
            async for some in obstore.list(self._files, folder, chunk_size=1000):
                for one in some:
                    yield Stored(one["path"], one["size"], one["last_modified"])

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        length = await self.size(key)
        with disk_errors_translated(), tempfile.TemporaryDirectory(prefix="playground-") as folder:
            path = Path(folder) / "file"
            with path.open("wb") as file:
                async for piece in self.stream(key, 0, length):
                    await asyncio.to_thread(file.write, piece)
            yield path


def _attributes(key: str) -> dict[str, str]:
    """What the bucket says a file is to those who fetch it by a link."""
    return {"Content-Type": mimetypes.guess_type(key)[0] or "application/octet-stream"}


@contextmanager
def _errors_translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFile from error
    except (UnauthenticatedError, PermissionDeniedError) as error:
        raise StorageUnavailable(
            "The bucket refuses the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    except GenericError as error:
        if _NO_ROOM.search(str(error)):
            raise StorageFull from error
        raise StorageUnavailable(_NO_ANSWER) from error
    except BaseError as error:
        raise StorageUnavailable(_NO_ANSWER) from error
