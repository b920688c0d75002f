"""Fetching one output file: RunComfy's hosts only, without the token, bounded in every way."""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.outside.addresses import Resolve, origin_of, resolve
from app.outside.asking import Outside
from app.outside.trouble import CannotFetch
from app.outside.unpacking import Unpacker
from app.runcomfy.addresses import allowed_address
from app.settings import is_loopback

MOST_BYTES = 2 * 1024**3
AT_ONCE = 16
REDIRECTS = 3
WRITTEN_AT_ONCE_BYTES = 512 * 1024
# Below this speed, once patience has ended, a file only keeps others waiting.
SLOWEST_BYTES_PER_SECOND = 16_000

_MEDIA_TYPE = re.compile(r"\s*([\w.+-]{1,60}/[\w.+-]{1,60})\s*(;|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A whole file on disk.

    sha256: in hexadecimal. declared_type: what the server called it, not to be believed.
    length_known: False when the server named no length, so that a cut cannot be told from an end.
    """

    size_bytes: int
    sha256: str
    declared_type: str | None
    length_known: bool


class Downloader:
    """Fetches outputs over connections of its own, which never carry the token."""

    def __init__(
        self,
        *,
        base_url: str,
        connect_seconds: float = 10.0,
        silence_seconds: float = 30.0,
        patience_seconds: float = 30.0,
        resolve: Resolve = resolve,
    ) -> None:
        """base_url: the API's; on this machine, files at exactly its host and port are taken too.

        silence_seconds: the longest wait for the next bytes. patience_seconds: how long a file
        may come at any speed.
        """
        self._patience_seconds = patience_seconds
        base = httpx.URL(base_url)
        self._own_origin = origin_of(base) if is_loopback(base.host) else None
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._outside = Outside(
            what="file",
            allow=lambda url: allowed_address(url, self._own_origin),
            own_origin=self._own_origin,
            redirects=REDIRECTS,
            at_once=AT_ONCE,
            connect_seconds=connect_seconds,
            silence_seconds=silence_seconds,
            resolve=resolve,
        )

    def may_fetch(self, url: str) -> bool:
        """Whether an address is one that outputs may be fetched from."""
        return allowed_address(url, self._own_origin) is not None

    async def download(
        self, url: str, into: Path, *, max_bytes: int = MOST_BYTES, seconds: float = 900.0
    ) -> Downloaded:
        """Stream the file at `url` to `into`, which afterwards is whole or not there.

        max_bytes: as received and as unpacked. seconds: from its turn to its end.
        Raises CannotFetch; OSError for trouble with the disk, which is not the file's fault.
        """
        async with self._gate, self._outside.get(url, seconds=seconds) as response:
            return await self._keep(response, into, max_bytes)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._outside.aclose()

    async def _keep(self, response: httpx.Response, into: Path, max_bytes: int) -> Downloaded:
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > max_bytes:
            raise _too_large(max_bytes)
        file = await asyncio.to_thread(_GrowingFile, into)
        whole = False
        try:
            received_bytes, started = 0, time.monotonic()
            unpacker = Unpacker(response.headers.get("content-encoding", ""))
            async for received in response.aiter_raw():
                received_bytes += len(received)
                self._check_speed(received_bytes, time.monotonic() - started)
                for piece in unpacker.feed(received):
                    if max(file.size_bytes + len(piece), received_bytes) > max_bytes:
                        raise _too_large(max_bytes)
                    await file.add(piece)
            unpacker.finish()
            await file.write()
            if not file.size_bytes:
                raise CannotFetch("The file is empty.", passing=True)
            whole = True
        finally:
            await asyncio.to_thread(file.close, whole)
        return Downloaded(
            size_bytes=file.size_bytes,
            sha256=file.digest.hexdigest(),
            declared_type=_declared_type(response),
            length_known=bool(length) or "transfer-encoding" in response.headers,
        )

    def _check_speed(self, received_bytes: int, seconds: float) -> None:
        late = seconds > self._patience_seconds
        if late and received_bytes < seconds * SLOWEST_BYTES_PER_SECOND:
            raise CannotFetch("The file came too slowly.", passing=True)


class _GrowingFile:
    """A file written and hashed in a thread: a disk that stalls must not stop the pages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._waiting = bytearray()
        self.digest = hashlib.sha256()
        self.size_bytes = 0

    async def add(self, piece: bytes) -> None:
        self.size_bytes += len(piece)
        self._waiting += piece
        if len(self._waiting) >= WRITTEN_AT_ONCE_BYTES:
            await self.write()

    async def write(self) -> None:
        piece, self._waiting = self._waiting, bytearray()
        await asyncio.to_thread(self._write, piece)

    def close(self, whole: bool) -> None:
        try:
            self._file.close()
        finally:
            if not whole:
                self._path.unlink(missing_ok=True)

    def _write(self, piece: bytearray) -> None:
        self.digest.update(piece)
        self._file.write(piece)
        self._file.flush()


def _declared_type(response: httpx.Response) -> str | None:
    declared = _MEDIA_TYPE.match(response.headers.get("content-type", ""))
    return declared[1].lower() if declared else None


def _too_large(max_bytes: int) -> CannotFetch:
    return CannotFetch(f"The file is larger than {max_bytes:,} bytes.", passing=False)
