"""The simulator beside the server: on a loopback port and a thread of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from app.simulator.service import create_simulator


@contextmanager
def simulator_beside(folder: Path, **options: Any) -> Iterator[str]:
    """Run the simulator while the block lasts; gives its address, `http://127.0.0.1:port`.

    options: as `create_simulator` takes them, such as `run_seconds`.

    The port is the one it had last time if that is free, so that addresses of its pictures
    in old runs stay right.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _bound(folder / "port") as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = _Server(
            uvicorn.Config(
                create_simulator(folder=folder, origin=address, **options),
                log_level="warning",
                log_config=None,  # as the server beside which it runs has it
                access_log=False,
                lifespan="on",
                timeout_graceful_shutdown=2,
            )
        )
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="simulator", daemon=True
        )
        thread.start()
        server.ready.wait()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(timeout=5)


def last_address(folder: Path) -> str | None:
    """Where the simulator of this folder listens, or did when it last ran; None if it never did."""
    port = _last_port(folder / "port")
    return f"http://127.0.0.1:{port}" if port else None


class _Server(uvicorn.Server):
    """Tells when it listens, and leaves signals to the server beside which it runs."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _bound(remembered: Path) -> Iterator[socket.socket]:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", _last_port(remembered)))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    remembered.write_text(str(listener.getsockname()[1]))
    try:
        yield listener
    finally:
        listener.close()


def _last_port(remembered: Path) -> int:
    last = remembered.read_text().strip() if remembered.exists() else ""
    return int(last) if last.isdigit() else 0
