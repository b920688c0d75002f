"""One `playground serve` that can be struck in every way, and waited for beside others."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from tests.support.plain import PLAIN
from tests.support.processes import Service, free_port
from tests.support.serve import FROM_CHECKOUT, PLAYGROUND, START_SECONDS, clean_environment

# A paid request in flight is waited for; no fault here keeps one for longer than this.
STOP_SECONDS = 30.0


class Replica:
    """A server process. Unlike `Server` it is waited for without stopping the event loop."""

    def __init__(self, name: str, folder: Path, settings: Mapping[str, str]) -> None:
        """Prepare it, without starting it. folder: where it keeps its data and its log."""
        self.name = name
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.is_up = False
        self._may_give_way = False
        self._service = self._prepared()

    @property
    def log(self) -> str:
        """Everything it has printed so far, in all its starts."""
        return self._service.log

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it unless it runs, and return at once."""
        if not self._service.running:
            self._may_give_way = False
            self._service.start()

    async def answering(self, path: str = "/healthz") -> None:
        """Wait until it answers with what is at a path.

        One that was frozen for so long that others took over ends itself, and is started anew.
        """
        until = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(**PLAIN, timeout=5) as client:
            while not await self._answers(client, path):
                if self._may_give_way:
                    self.start()
                assert self._service.running, f"{self.name} ended by itself:\n{self.log[-4000:]}"
                assert time.monotonic() < until, f"{self.name} never answered:\n{self.log[-4000:]}"
                await asyncio.sleep(0.02)
        self.is_up = True

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.is_up = False
        self._service.kill()

    async def freeze(self) -> None:
        """Stop its clockwork, and wait until it stands still."""
        self._signal(signal.SIGSTOP)
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._service.process_id)
            # The system sets no event for it.
            while self._service.running and process.status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110
                await asyncio.sleep(0.002)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self._may_give_way = True
        self._signal(signal.SIGCONT)

    async def stop(self) -> bool:
        """Send SIGTERM and wait; False when it had to be killed after all."""
        self.is_up = False
        self._signal(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while self._service.running:
            if time.monotonic() > until:
                self._service.kill()
                return False
            await asyncio.sleep(0.02)
        return True

    def move_to(self, folder: Path) -> None:
        """Have it go on in another folder once it is started again; it must not run now."""
        self.folder = folder
        self._service = self._prepared()

    def _signal(self, number: signal.Signals) -> None:
        # One that gives way may just have ended.
        with suppress(ProcessLookupError):
            os.kill(self._service.process_id, number)

    async def _answers(self, client: httpx.AsyncClient, path: str) -> bool:
        try:
            return (await client.get(self.address + path)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _prepared(self) -> Service:
        own = {"PLAYGROUND_PORT": str(self.port), **self._settings, **FROM_CHECKOUT}
        return Service(
            self.name,
            [*PLAYGROUND, "serve"],
            log=self.folder / "serve.log",
            environment=clean_environment(own),
            folder=self.folder,
        )
