"""Answers that nobody can use, whatever they answer: cut, false, far too large, of no shape."""

import gzip
import json
from functools import cache

from starlette.responses import JSONResponse, Response

from app.simulator import wire
from app.simulator.models import JsonObject

_HUGE_BYTES = 64 * 1024 * 1024
_DEEP = 50_000
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
_TWO_COOKIES = [(b"set-cookie", b"one=1; Path=/"), (b"set-cookie", b"two=2; Path=/")]


def spoilt(how: str, body: JsonObject) -> Response | None:
    """An answer spoilt in one of the ways that `faults.HELP` names; None for any other word."""
    whole = json.dumps(body).encode()
    if how == "half head":
        return wire.Raw(_HEAD[:40])
    if how in ("chunks cut", "false length"):
        return spoilt_file(how, whole, "application/json")
    if how == "no http":
        return wire.Raw(b"SSH-2.0-OpenSSH_9\r\n")
    if how == "huge":
        return wire.endless(b'{"request_id":"', "application/json", _HUGE_BYTES)
    if how == "bomb":
        headers = {"content-encoding": "gzip"}
        return Response(_bomb(), media_type="application/json", headers=headers)
    if how == "drip":
        return wire.trickling(whole, "application/json", 1)
    if how == "list":
        return JSONResponse([body])
    if how == "deep":
        deep = b'{"deep":' + b"[" * _DEEP + b"]" * _DEEP + b"," + whole[1:]
        return Response(deep, media_type="application/json")
    return None


def spoilt_file(how: str, whole: bytes, media_type: str) -> Response:
    """Bytes that end with their connection before the last chunk, or that are called half as many.

    how: `chunks cut` or `false length`.
    """
    half = whole[: len(whole) // 2]
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\n".encode()
    if how == "chunks cut":
        chunk = f"{len(half):x}\r\n".encode() + half + b"\r\n"
        return wire.Raw(head + b"transfer-encoding: chunked\r\n\r\n" + chunk)
    return wire.Raw(head + f"content-length: {len(half)}\r\n\r\n".encode() + whole)


@cache
def _bomb() -> bytes:
    return gzip.compress(b'{"request_id":"' + bytes(_HUGE_BYTES), compresslevel=1)


def oddly_dressed(body: JsonObject) -> Response:
    """A good answer under headers that nobody expects: called a text, with cookies, some twice."""
    dressed = JSONResponse(body, media_type="text/plain; charset=utf-16")
    dressed.raw_headers += [*_TWO_COOKIES, (b"x-twice", b"1"), (b"x-twice", b"2")]
    return dressed
