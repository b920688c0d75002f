"""Files as they arrive: written and hashed in a thread, while more is coming."""

import asyncio
import hashlib
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Self


class ArrivingFile:
    """A file that is being written, and hashed on the way; it goes on with what is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a+b")
        self._file.seek(0)
        self.hash = hashlib.file_digest(self._file, "sha256")

    def write(self, content: bytes) -> None:
        """Add to it."""
        self._file.write(content)
        self.hash.update(content)

    def close(self) -> None:
        """Put its last bytes down."""
        self._file.close()


class Writer:
    """Writes what was gathered while more is coming; never two heaps at once."""

    def __init__(self) -> None:
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def write(self, heap: list[tuple[ArrivingFile, bytes]]) -> None:
        """Wait for the heap before, then begin with this one."""
        await self._done()
        self._writing = asyncio.create_task(asyncio.to_thread(_write, heap))

    async def __aexit__(self, *error: object) -> None:
        # Also when it broke off: a thread must not write to a file that is closed.
        await self._done()

    async def _done(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing


def _write(heap: list[tuple[ArrivingFile, bytes]]) -> None:
    # In one go for each file: threads that often change places wait for each other.
    for file, pieces in groupby(heap, key=itemgetter(0)):
        file.write(b"".join(content for _, content in pieces))
