"""Looking at what lies at an address that a person gave: its beginning, or all of it if small."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.outside.addresses import Resolve, origin_of, read_address, resolve
from app.outside.asking import Outside

_AT_ONCE = 4
_REDIRECTS = 5
_SILENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies at an address.

    head: its first bytes. size_bytes: as counted, or as declared, which is not to be believed.
    whole: whether all of it was fetched. declared_type: what the server calls it.
    """

    head: bytes
    size_bytes: int | None
    whole: bool
    declared_type: str


class Looker:
    """Looks at addresses over connections of its own, a few at once."""

    def __init__(self, *, own_origin: str | None = None, resolve: Resolve = resolve) -> None:
        """own_origin: that of a RunComfy played on this machine, which alone may be inside."""
        own = read_address(own_origin) if own_origin else None
        self._own_origin = origin_of(own) if own else None
        self._outside = Outside(
            what="file",
            allow=self._allowed,
            own_origin=self._own_origin,
            redirects=_REDIRECTS,
            at_once=_AT_ONCE,
            connect_seconds=_SILENCE_SECONDS,
            silence_seconds=_SILENCE_SECONDS,
            resolve=resolve,
        )

    async def look(
        self, url: str, into: Path, *, head_bytes: int, most_bytes: int, seconds: float
    ) -> Seen:
        """Fetch what is at `url` to `into`; of more than `most_bytes` the beginning alone.

        Raises CannotFetch, and LeadsInside for an address inside this network.
        """
        async with self._outside.get(url, seconds=seconds) as response:
            length = response.headers.get("content-length", "")
            declared = int(length) if length.isdigit() else None
            declared_type = response.headers.get("content-type", "").lower()
            is_large = declared is not None and declared > most_bytes
            found = bytearray()
            async for piece in response.aiter_raw():
                found += piece
                if len(found) > most_bytes or (is_large and len(found) >= head_bytes):
                    return Seen(bytes(found[:head_bytes]), declared, False, declared_type)
        await asyncio.to_thread(into.write_bytes, found)
        return Seen(bytes(found[:head_bytes]), len(found), True, declared_type)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._outside.aclose()

    def _allowed(self, asked: str) -> httpx.URL | None:
        address = read_address(asked)
        if address is None:
            return None
        is_own = origin_of(address) == self._own_origin
        return address if address.scheme == "https" or is_own else None
