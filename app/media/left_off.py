"""Uploads that broke off: what had arrived stays for an hour, so that it need not come again."""

import asyncio
import hashlib
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import Conflict

_KEPT_SECONDS = 3600
# All together as large as so many of the largest files.
_MOST_PARTS = 20
# A server with much to do notices late that a request broke off, and puts its last bytes down then.
_NOTICED_SECONDS = 3.0


class NotLeftOff(Conflict):
    """There is less of a file here than its sender means to go on from."""

    code = "not_left_off"

    def __init__(self) -> None:
        super().__init__("What had arrived of this file is not here any more. Send it whole.")


@dataclass(frozen=True)
class Part:
    """What has arrived of one upload, and from where on its sender goes on: 0 for the start."""

    path: Path
    at: int = 0

    def size_bytes(self) -> int:
        """How much of it is here."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def begin(self, file: Path) -> None:
        """Put what is here already into the file that goes on with it. Raises NotLeftOff.

        A copy: the request that broke off may not know it yet, and write on.
        """
        if not self.at:
            return
        if self.size_bytes() < self.at:
            raise NotLeftOff
        shutil.copyfile(self.path, file)
        with file.open("r+b") as opened:
            opened.truncate(self.at)

    def follow(self, file: Path) -> None:
        """Have a file that is being written at hand, should its request break off."""
        self.forget()
        # On a disk that knows no links, it is simply sent anew.
        with suppress(OSError):
            self.path.hardlink_to(file)

    def forget(self) -> None:
        """Nothing is to be gone on with."""
        self.path.unlink(missing_ok=True)


class LeftOff:
    """The parts in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._coming: dict[Path, asyncio.Event] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self.sweep()

    def part(self, owner_id: str, upload: str, at: int = 0) -> Part:
        """A person's upload by the name that its sender gave it."""
        name = hashlib.sha256(f"{owner_id}:{upload}".encode()).hexdigest()
        return Part(self._folder / name, at)

    @asynccontextmanager
    async def coming(self, part: Part | None) -> AsyncIterator[None]:
        """The request within which a part arrives."""
        if part is None:
            yield
            return
        ended = self._coming[part.path] = asyncio.Event()
        try:
            yield
        finally:
            ended.set()
            if self._coming.get(part.path) is ended:
                del self._coming[part.path]

    async def bytes_here(self, part: Part) -> int:
        """How much of a part is here, once its request is known to be over; it is waited for."""
        if ended := self._coming.get(part.path):
            with suppress(TimeoutError):
                async with asyncio.timeout(_NOTICED_SECONDS):
                    await ended.wait()
        return await asyncio.to_thread(part.size_bytes)

    def sweep(self) -> None:
        """Remove what nobody went on with, and the oldest where there are too many."""
        found = []
        for path in self._folder.iterdir():
            # Another request may finish with it at this moment.
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path))
        found.sort(reverse=True)
        for place, (changed, path) in enumerate(found):
            if place >= _MOST_PARTS or changed < time.time() - _KEPT_SECONDS:
                path.unlink(missing_ok=True)
