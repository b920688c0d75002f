"""A reverse proxy that shows a server under a sub-path of another address, as people's own do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.processes import free_port

PREFIX = "/tools/play"
NOT_HERE = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass
class Proxy:
    """Passes on what is below the sub-path; `strays` are the paths asked for beyond it."""

    cuts: bool
    """Whether it takes the sub-path off before it passes a request on."""
    port: int = field(default_factory=free_port)
    server_port: int = 0
    strays: list[str] = field(default_factory=list)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        """The address that people use, for PLAYGROUND_ADDRESS."""
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    @asynccontextmanager
    async def passing_on(self, server_port: int) -> AsyncIterator[None]:
        """Pass requests on to a server on this machine for as long as the block lasts."""
        self.server_port = server_port
        async with await asyncio.start_server(self._accept, "127.0.0.1", self.port):
            yield
        # What a browser still holds open ends here, and not when its memory is cleared.
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._pass_on(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the browser has gone, as browsers do
        finally:
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, _, headers = head.partition(b"\r\n")
        method, path, version = first.split(b" ")
        if not path.startswith(f"{PREFIX}/".encode()):
            self.strays.append(path.decode())
            writer.write(NOT_HERE)
            return
        if self.cuts:
            path = path.removeprefix(PREFIX.encode())
        kept = [line for line in headers.split(b"\r\n") if not line.lower().startswith(b"connect")]
        # One request a connection: so its end is the end of the answer.
        lines = [b" ".join((method, path, version)), b"Connection: close", *kept]
        above, below = await asyncio.open_connection("127.0.0.1", self.server_port)
        below.write(b"\r\n".join(lines))
        upwards = asyncio.create_task(_copy(reader, below))
        try:
            await _copy(above, writer)
        finally:
            upwards.cancel()
            await asyncio.gather(upwards, return_exceptions=True)
            below.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
