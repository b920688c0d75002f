"""Input pictures of a request: kept when it comes, or fetched where that is allowed."""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import httpx

from app.simulator import opening
from app.simulator.ledger import Accepted
from app.simulator.models import JsonObject

MOST_BYTES = 50 * 1024 * 1024
"""RunComfy takes pictures of up to 50 MB."""

_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*(;base64)?,", re.ASCII)
# Written like one, though perhaps badly; a prompt may begin with the word.
_MEANT_AS_DATA = re.compile(r"data:(?:[\w.+-]+/[\w.+-]+)?(?:[;,]|\Z)", re.ASCII)
_ADDRESS = re.compile(r"(?:sha256:[0-9a-f]{64}|https?://\S+)\Z")
_SECONDS = 20.0


class Unusable(ValueError):
    """An input that cannot be used; says why in a sentence, and where it stands."""

    loc: tuple[str | int, ...] = ()


def keep_data_uris(folder: Path, inputs: JsonObject) -> JsonObject:
    """Put the files sent as data URIs into files; `sha256:…` stands in their place.

    Raises Unusable for one that cannot be unpacked, or calls itself a picture and is none.
    """
    kept: JsonObject = _with_files(folder, inputs, ())
    return kept


def _with_files(folder: Path, value: Any, loc: tuple[str | int, ...]) -> Any:
    if isinstance(value, dict):
        return {name: _with_files(folder, one, (*loc, name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_files(folder, one, (*loc, place)) for place, one in enumerate(value)]
    if not isinstance(value, str) or not _MEANT_AS_DATA.match(value):
        return value
    try:
        return _kept(folder, value)
    except Unusable as error:
        error.loc = loc
        raise


def _kept(folder: Path, uri: str) -> str:
    data = _unpacked(uri)
    try:
        if not uri.startswith(("data:video/", "data:audio/")):
            opening.check(data)
    except ValueError as error:
        raise Unusable(str(error)) from error
    digest = hashlib.sha256(data).hexdigest()
    path = folder / digest
    if path.exists():
        # Used again: its seven days begin anew.
        os.utime(path)
    else:
        write_whole(path, data)
    return f"sha256:{digest}"


def _unpacked(uri: str) -> bytes:
    head = _DATA_URI.match(uri)
    if head is None:
        raise Unusable("The data URI has no comma after its type.")
    body = uri[head.end() :]
    if not head[2]:
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Unusable("The data URI is not valid base64.") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all."""
    half = path.with_name(f"{path.name}.{os.urandom(4).hex()}.part")
    half.write_bytes(data)
    half.replace(path)


def addresses(request: Accepted) -> list[str]:
    """The input files of a request, in order: `sha256:…` or an address."""
    return list(_addresses_in(request.inputs))


def _addresses_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _addresses_in(one)
    elif isinstance(value, str) and _ADDRESS.match(value):
        yield value


def path_of(folder: Path, request: Accepted, place: int) -> Path:
    """Where an input that was fetched is kept."""
    return folder / f"{request.request_id}-{place}"


def own_path(request: Accepted, address: str) -> str | None:
    """The path of an address at the simulator itself; None for any other."""
    return urlsplit(address).path if _origin(address) == request.origin else None


def fetchable(address: str, origins: Sequence[str]) -> bool:
    return _origin(address) in {_origin(origin) for origin in origins}


def _origin(address: str) -> str | None:
    """`http://host:port` in one spelling; None for what is no such address."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port == usual else f":{port}")


def to_fetch(request: Accepted, folder: Path) -> Iterator[tuple[int, str]]:
    """The inputs that are neither here nor known not to be had."""
    for place, address in enumerate(addresses(request)):
        path = path_of(folder, request, place)
        if not address.startswith("sha256:") and not path.exists():
            yield place, address


async def fetch(client: httpx.AsyncClient, address: str) -> bytes:
    """Get a picture; Unusable where it cannot be had, is too large, or lies elsewhere by now."""
    data = bytearray()
    try:
        async with client.stream("GET", address, timeout=_SECONDS) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Unusable(f"The address answers with HTTP {answer.status_code}.")
            async for piece in answer.aiter_bytes():
                data += piece
                if len(data) > MOST_BYTES:
                    raise Unusable("The file is larger than 50 MB.")
    except httpx.HTTPError as error:
        raise Unusable(f"The address cannot be fetched: {type(error).__name__}.") from error
    return bytes(data)
