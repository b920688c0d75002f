"""One HTTP request and its answer: nothing sent, no answer, or an answer; every size bounded."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from app.outside.unpacking import PIECE_BYTES, Unpacker, Unreadable

CUT = "The connection to RunComfy was cut before an answer came."


class NotConnected(Exception):
    """No connection was made, so nothing has been sent. The text is a sentence."""


class NoAnswer(Exception):
    """The request was or may have been sent, and no answer came. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or its readable start.

    flaw: what keeps `body` from being the whole answer ("it was cut off"), else None.
    """

    http_status: int
    retry_after_seconds: float | None
    body: bytes
    flaw: str | None


class _InPieces(httpx.AsyncByteStream):
    """A body written piece by piece: the longest wait holds for each piece, not for the whole."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), PIECE_BYTES):
            yield self._body[start : start + PIECE_BYTES]


def post_request(url: str, headers: list[tuple[bytes, bytes]], body: bytes) -> httpx.Request:
    """A POST of JSON, or of nothing when `body` is empty."""
    described = [(b"content-length", str(len(body)).encode())]
    if body:
        described.append((b"content-type", b"application/json"))
    return httpx.Request("POST", url, headers=headers + described, stream=_InPieces(body))


async def exchange(
    line: httpx.AsyncHTTPTransport, request: httpx.Request, limit_bytes: int, seconds: float
) -> Answer:
    """Send one request over `line`, once. Raises NotConnected or NoAnswer.

    limit_bytes: of the answer, both as received and unpacked. seconds: from start to end.
    An answer whose status line has come is an answer, however its body breaks off.
    """
    response: httpx.Response | None = None
    body = bytearray()
    flaw: str | None = None
    try:
        async with asyncio.timeout(seconds):
            response = await line.handle_async_request(request)
            try:
                flaw = await _read_into(body, response, limit_bytes)
            finally:
                await response.aclose()
    # A pool's timeout comes before a connection too. Type and phase decide, never the text.
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotConnected(_why_not_connected(error)) from error
    except (httpx.TransportError, OSError) as error:  # TimeoutError is an OSError
        if response is None:
            raise NoAnswer(_why_no_answer(error, seconds)) from error
        flaw = "it was cut off"
    retry_after = _retry_after_seconds(response.headers.get("retry-after", ""))
    return Answer(response.status_code, retry_after, bytes(body), flaw)


async def _read_into(body: bytearray, response: httpx.Response, limit_bytes: int) -> str | None:
    """Fill `body` with the unpacked answer; what is wrong with it, or None."""
    received_bytes = 0
    try:
        unpacker = Unpacker(response.headers.get("content-encoding", ""))
        async for piece in response.aiter_raw():
            received_bytes += len(piece)
            for part in unpacker.feed(piece):
                body += part
                if max(received_bytes, len(body)) > limit_bytes:
                    return f"it is larger than {limit_bytes:,} bytes"
        unpacker.finish()
    except Unreadable as error:
        return str(error)
    return None


def _why_not_connected(error: httpx.TransportError) -> str:
    if not isinstance(error, httpx.ConnectError):
        return "RunComfy could not be reached: no connection in time."
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "RunComfy could not be reached: its name was not found."
        if isinstance(cause, ssl.SSLError):
            return "RunComfy could not be reached: no secure connection could be made."
        cause = cause.__cause__ or cause.__context__
    return "RunComfy could not be reached: the connection was refused."


def _why_no_answer(error: Exception, seconds: float) -> str:
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return f"RunComfy did not answer within {seconds:.0f} seconds."
    return CUT


def _retry_after_seconds(header: str) -> float | None:
    """Read `Retry-After`, seconds or a date; at most a day, None when unreadable."""
    try:
        if header.strip().isdigit():
            return float(min(int(header), 86_400))
        wait = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without its zone
        return None
    return min(max(wait, 0.0), 86_400.0)
