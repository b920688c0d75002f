"""A poor line to a server: uploads that start from nothing are cut off midway."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.processes import free_port

_FROM_NOTHING = b"&at=0 "
# So that hardly more is on its way than what the server has taken.
_ON_ITS_WAY_BYTES = 65_536


@asynccontextmanager
async def cutting_line(server_port: int, *, after_bytes: int) -> AsyncIterator[str]:
    """The address at which a server on this machine is reached over such a line."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = socket.create_connection(("127.0.0.1", server_port))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_ITS_WAY_BYTES)
        above, below = await asyncio.open_connection(sock=line)
        ways = [_upwards(reader, below, after_bytes), _downwards(above, writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            below.transport.abort()
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    port = free_port()
    async with await asyncio.start_server(accept, "127.0.0.1", port):
        yield f"http://127.0.0.1:{port}"
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _upwards(
    reader: asyncio.StreamReader, below: asyncio.StreamWriter, after_bytes: int
) -> None:
    sent, cuts = 0, False
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            cuts = cuts or _FROM_NOTHING in piece
            below.write(piece)
            await below.drain()
            sent += len(piece) if cuts else 0
            if sent > after_bytes:
                return


async def _downwards(above: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await above.read(65_536):
            writer.write(piece)
            await writer.drain()
