"""Fetching one page of text from an address that a person gave."""

import re

import httpx

from app.outside.addresses import Origin, Resolve, is_usual_https, origin_of, read_address, resolve
from app.outside.asking import Outside
from app.outside.trouble import CannotFetch
from app.outside.unpacking import Unpacker

REDIRECTS = 5

_TEXT = re.compile(r"\s*(text/html|text/plain|application/(?:[\w.-]+\+)?json)\s*(;|$)", re.I)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]{1,40})", re.I)
# What pages are written in; Python knows others, some of them slow to read.
_CHARSETS = frozenset(
    {"iso-8859-1", "windows-1252", "utf-16", "shift_jis", "euc-jp", "euc-kr", "gb18030", "big5"}
)


async def fetch_text(
    url: str,
    *,
    most_bytes: int,
    seconds: float = 20.0,
    own_origin: Origin | None = None,
    resolve: Resolve = resolve,
) -> str:
    """The text at an https address. Raises CannotFetch with a sentence for the person.

    most_bytes: as received and as unpacked. own_origin: that of a RunComfy played on this machine.
    """

    def allow(asked: str) -> httpx.URL | None:
        address = read_address(asked)
        if address is None or is_usual_https(address) or origin_of(address) == own_origin:
            return address
        return None

    outside = Outside(
        what="page",
        allow=allow,
        own_origin=own_origin,
        redirects=REDIRECTS,
        at_once=1,
        connect_seconds=min(seconds, 10.0),
        silence_seconds=min(seconds, 10.0),
        resolve=resolve,
    )
    accept = "text/html, application/json;q=0.9, text/plain;q=0.8"
    try:
        async with outside.get(url, accept=accept, encoding="gzip", seconds=seconds) as response:
            declared = response.headers.get("content-type", "")
            if not _TEXT.match(declared):
                raise CannotFetch(
                    "That address holds neither a web page nor JSON nor plain text.", passing=False
                )
            body = await _read(response, most_bytes)
    finally:
        await outside.aclose()
    return body.decode(_charset(declared), "replace")


async def _read(response: httpx.Response, most_bytes: int) -> bytes:
    body, received_bytes = bytearray(), 0
    unpacker = Unpacker(response.headers.get("content-encoding", ""))
    async for received in response.aiter_raw():
        received_bytes += len(received)
        for piece in unpacker.feed(received):
            body += piece
            if max(len(body), received_bytes) > most_bytes:
                raise CannotFetch(f"The page is larger than {most_bytes:,} bytes.", passing=False)
    unpacker.finish()
    return bytes(body)


def _charset(declared: str) -> str:
    named = _CHARSET.search(declared)
    return named[1] if named and named[1].lower() in _CHARSETS else "utf-8"
