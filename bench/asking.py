"""A small HTTP/1.1 client over connections kept open: cheap, so that the server is what is seen."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_LONGEST_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An answer read whole. Names of headers are in lower case; `seconds` from request to end."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Connection:
    """One connection kept open; one question at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._host = f"127.0.0.1:{port}"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET a path."""
        return await self._ask("GET", path, headers or {}, b"")

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """POST a form, already encoded."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self._ask("POST", path, {**kind, **(headers or {})}, body)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"content-length: {len(body)}")
        packet = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        started = time.perf_counter()
        if self._writer is None or self._writer.is_closing() or self._at_end():
            # A server closes a connection that nobody has used for seconds.
            await self._open()
        assert self._writer is not None
        self._writer.write(packet)
        status, told, content = await self._read()
        return Answer(status, told, content, time.perf_counter() - started)

    async def _read(self) -> tuple[int, dict[str, str], bytes]:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        told = {}
        for line in head[1:]:
            name, colon, value = line.partition(":")
            if colon:
                told[name.lower()] = value.strip()
        if status in (204, 304):
            return status, told, b""
        if told.get("transfer-encoding") == "chunked":
            return status, told, await self._chunks()
        return status, told, await self._reader.readexactly(int(told.get("content-length", "0")))

    async def _chunks(self) -> bytes:
        assert self._reader is not None
        content = b""
        while True:
            length = int((await self._reader.readline()).split(b";")[0], 16)
            content += (await self._reader.readexactly(length + 2))[:-2]
            if not length:
                return content

    def _at_end(self) -> bool:
        return self._reader is not None and self._reader.at_eof()

    async def _open(self) -> None:
        self._close()
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._port, limit=_LONGEST_ANSWER_BYTES
        )

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncIterator[list[Connection]]:
    """So many connections, open while the block lasts."""
    opened = [Connection(port) for _ in range(count)]
    await asyncio.gather(*(one.__aenter__() for one in opened))
    try:
        yield opened
    finally:
        await asyncio.gather(*(one.__aexit__(None, None, None) for one in opened))


async def flood(
    port: int,
    paths: Sequence[str],
    *,
    over: int,
    headers: Mapping[str, str] | None = None,
) -> list[Answer]:
    """Ask for every path, over so many connections at once, each as fast as it is answered."""
    waiting = iter(paths)
    answers: list[Answer] = []

    async def ask_on(connection: Connection) -> None:
        for path in waiting:
            answers.append(await connection.get(path, headers))

    async with connections(port, over) as opened:
        await asyncio.gather(*(ask_on(one) for one in opened))
    return answers
