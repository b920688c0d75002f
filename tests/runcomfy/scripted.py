"""A server that answers with exactly the bytes it is told, or cuts, hangs and drips them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

TOKEN = "rc-token-4f9a1c77e0"

Script: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[bool]]
"""Writes an answer; says whether the connection stays open."""


@dataclass(frozen=True)
class Received:
    """One request as it arrived. Header names are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """Plays the scripts in turn, the last one for ever."""

    scripts: list[Script] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    address: str = ""
    in_flight: int = 0
    most_in_flight: int = 0
    waiting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def plays(self, *scripts: Script) -> None:
        """Begin a new list of answers."""
        self.scripts = list(scripts)

    async def has_received(self, count: int = 1) -> None:
        """Wait for `count` more whole requests."""
        for _ in range(count):
            await self.waiting.acquire()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            stays_open = True
            while stays_open:
                self.received.append(await _request(reader))
                self.waiting.release()
                self.in_flight += 1
                self.most_in_flight = max(self.in_flight, self.most_in_flight)
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                try:
                    stays_open = await script(writer)
                finally:
                    self.in_flight -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client hung up, which several tests are about
        finally:
            writer.close()


@asynccontextmanager
async def scripted_server() -> AsyncIterator[Scripted]:
    """Listen on a free loopback port until the block ends."""
    scripted = Scripted()
    serving: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.ensure_future(scripted.serve(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    scripted.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()


def says(status: int, body: object = b"", **headers: str) -> Script:
    """A whole answer. body: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return raw(_head(status, len(content), headers) + content, stays_open=True)


def cuts(status: int, body: bytes, **headers: str) -> Script:
    """An answer that promises twice its bytes, then hangs up."""
    return raw(_head(status, 2 * len(body) + 10, headers) + body)


def raw(content: bytes, *, stays_open: bool = False) -> Script:
    """These very bytes; none is a hung-up connection."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.write(content)
        await writer.drain()
        return stays_open

    return script


def resets() -> Script:
    """The connection is torn down, without the courtesy of an end."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.transport.abort()
        return False

    return script


def hangs(start: bytes = b"") -> Script:
    """`start`, then nothing, for as long as the test lasts."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.write(start)
        await asyncio.Event().wait()
        return False

    return script


def drips(start: bytes, seconds_a_byte: float) -> Script:
    """`start`, then one byte after another, without end."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        writer.write(start)
        while True:
            await asyncio.sleep(seconds_a_byte)
            writer.write(b" ")
            await writer.drain()

    return script


def waits_for(event: asyncio.Event, then: Script) -> Script:
    """Plays `then` once the event is set."""

    async def script(writer: asyncio.StreamWriter) -> bool:
        await event.wait()
        return await then(writer)

    return script


async def _request(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
