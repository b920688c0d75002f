"""Answers that go wrong on the wire: none, half of one, one that trickles or never stops."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_CUT = "simulator.cut"
_WRITE = "simulator.write"
_PIECE = 64 * 1024


class Cuttable:
    """Wraps an app so that its answers can cut the connection they go out on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ways = {_CUT: partial(_cut, receive, send), _WRITE: partial(_write, send)}
        await self._app({**scope, **ways}, receive, send)


async def _cut(receive: Receive, send: Send) -> None:
    _transport(send).close()
    await _gone(receive)


def _write(send: Send, content: bytes) -> None:
    _transport(send).write(content)


def _transport(send: Send) -> Any:
    # ASGI has no word for hanging up. uvicorn's `send` belongs to the object that
    # holds the transport; a server that has none gets an error, and hangs up too.
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("The simulator cuts this connection.")
    return transport


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class NoAnswer(Response):
    """Cuts the connection before the first byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[_CUT]()


class CutOff(Response):
    """Announces the whole body, sends half of it, and cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await scope[_CUT]()


class Raw(Response):
    """Sends these very bytes in place of an answer, and cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_WRITE](bytes(self.body))
        await scope[_CUT]()


class Late(Response):
    """Gives another answer after some seconds, unless the other side has hung up."""

    def __init__(self, seconds: float, answer: Response) -> None:
        super().__init__()
        self._seconds, self._answer = seconds, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await _gone(receive)
        except TimeoutError:
            await self._answer(scope, receive, send)


def trickling(body: bytes, media_type: str, bytes_per_second: int) -> Response:
    """A body that comes in four pieces a second."""
    piece = max(1, bytes_per_second // 4)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), piece):
            yield body[start : start + piece]
            await asyncio.sleep(0.25)

    return StreamingResponse(
        pieces(), media_type=media_type, headers={"content-length": str(len(body))}
    )


def endless(head: bytes, media_type: str, most_bytes: int) -> Response:
    """A body of no announced length that goes on for as long as somebody reads it."""

    async def pieces() -> AsyncIterator[bytes]:
        yield head
        for _ in range(most_bytes // _PIECE):
            yield bytes(_PIECE)

    return StreamingResponse(pieces(), media_type=media_type)
