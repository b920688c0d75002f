"""Addresses that people give, looked at from here: what lies there, and a small picture of it."""

import asyncio
import base64
import tempfile
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.inputs.addresses import fault_of
from app.media.darkroom import Darkroom
from app.media.decoding import Measures, NotDecoded
from app.media.sniff import HEAD_BYTES, Kind, sniff_head
from app.outside.addresses import Resolve, resolve
from app.outside.look import Looker, Seen
from app.outside.trouble import CannotFetch, LeadsInside
from app.settings import Settings

# A picture up to this is fetched whole; of anything larger only what its beginning tells is said.
_MOST_BYTES = 8_000_000
_SECONDS = 10.0
_AT_ONCE = 4
_REMEMBERED = 128
_REMEMBERED_SECONDS = 300.0

_NAMES = {"image": "a picture", "video": "a video", "audio": "a sound"}


@dataclass(frozen=True)
class Preview:
    """What lies at an address.

    refused: why it is surely wrong; unseen: why nothing can be said of it from here, which need
    not stop a run. thumbnail: a data address of a small WebP.
    """

    refused: str = ""
    unseen: str = ""
    type_name: str = ""
    size_bytes: int | None = None
    measures: Measures = field(default_factory=Measures)
    thumbnail: str = ""


class Previews:
    """Looks at addresses, and remembers for some minutes what was there; one of these a process."""

    def __init__(
        self,
        darkroom: Darkroom,
        settings: Settings,
        *,
        loopback_origin: str | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        """loopback_origin: that of a RunComfy played on this machine, which alone may be inside."""
        self._darkroom = darkroom
        self._folder = settings.data_dir / "incoming"
        self._loopback = loopback_origin
        self._looker = Looker(own_origin=loopback_origin, resolve=resolve)
        self._seen: OrderedDict[str, tuple[float, Kind | None, Preview]] = OrderedDict()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def look(self, address: str, wanted: str = "") -> Preview:
        """Look at an address. wanted: `image`, `video` or `audio`, where only that is taken."""
        fault = fault_of(address, self._loopback)
        if fault is not None:
            return Preview(refused=fault)
        found = self._remembered(address)
        if found is None:
            async with self._gate:
                kind, preview = await self._fetched(address)
            self._remember(address, kind, preview)
        else:
            kind, preview = found
        return _as_wanted(kind, preview, wanted)

    def refusal(self, address: str, wanted: str = "") -> str:
        """Why an address is surely wrong, if it was looked at lately; nothing is asked for it."""
        found = self._remembered(address)
        return _as_wanted(*found, wanted).refused if found else ""

    async def aclose(self) -> None:
        """Close every connection."""
        await self._looker.aclose()

    async def _fetched(self, address: str) -> tuple[Kind | None, Preview]:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            path = Path(folder) / "looked-at"
            try:
                seen = await self._looker.look(
                    address,
                    path,
                    head_bytes=HEAD_BYTES,
                    most_bytes=_MOST_BYTES,
                    seconds=_SECONDS,
                )
            except LeadsInside as error:
                return None, Preview(refused=error.reason)
            except CannotFetch as error:
                return None, Preview(unseen=_unseen(error))
            return await self._judged(seen, path)

    async def _judged(self, seen: Seen, path: Path) -> tuple[Kind | None, Preview]:
        kind = sniff_head(seen.head)
        if kind.kind == "other":
            return None, _no_file(seen)
        plain = Preview(type_name=_type_name(kind), size_bytes=seen.size_bytes)
        if not seen.whole or kind.kind == "audio":
            return kind, plain
        try:
            measures = await self._darkroom.measure(path, kind)
            small = await self._darkroom.thumbnail(path, kind)
        except NotDecoded:
            return kind, plain
        content = base64.b64encode(small.content).decode()
        shown = f"data:image/webp;base64,{content}"
        return kind, replace(plain, measures=measures, thumbnail=shown)

    def _remembered(self, address: str) -> tuple[Kind | None, Preview] | None:
        found = self._seen.get(address)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1], found[2]

    def _remember(self, address: str, kind: Kind | None, preview: Preview) -> None:
        if preview.unseen:
            # It may answer the next moment, and nothing is lost by asking again.
            return
        self._seen[address] = (time.monotonic() + _REMEMBERED_SECONDS, kind, preview)
        self._seen.move_to_end(address)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _no_file(seen: Seen) -> Preview:
    begins = seen.head.lstrip()[:200].lower()
    is_page = begins.startswith(b"<!doctype html") or b"<html" in begins
    if is_page or seen.declared_type.startswith("text/html"):
        said = (
            "This address holds a web page, perhaps one to sign in, and no file. Download the file"
            " there and drop it here."
        )
        return Preview(refused=said)
    if not seen.head:
        return Preview(refused="This address holds an empty file.")
    return Preview(unseen="What lies there is of no type that can be shown here.")


def _as_wanted(kind: Kind | None, preview: Preview, wanted: str) -> Preview:
    if kind is None or not wanted or kind.kind == wanted:
        return preview
    # A container of videos may hold a sound alone, which only opening all of it would tell.
    if {kind.kind, wanted} == {"video", "audio"}:
        return preview
    return Preview(refused=f"This address holds {_NAMES[kind.kind]}, not {_NAMES[wanted]}.")


def _type_name(kind: Kind) -> str:
    return kind.extension.upper().replace("JPG", "JPEG")


def _unseen(error: CannotFetch) -> str:
    return (
        f"{error.reason.rstrip('.')}, so it cannot be looked at from here. RunComfy may reach it."
    )
