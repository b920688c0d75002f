"""While RunComfy is silent: one question for all of them, ever more slowly, until it answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.runcomfy.client import RunComfy
from app.runcomfy.trouble import RunComfyTrouble

_SLOWEST_SECONDS = 60.0
# A silence shorter than this was one run's own trouble, or chance.
_LONG_SECONDS = 5.0


class Silence:
    """Whether RunComfy is silent, and when it is asked next."""

    def __init__(
        self, runcomfy: RunComfy, *, first_seconds: float, changed: Callable[[], None]
    ) -> None:
        """first_seconds: the first pause. changed: called when silence falls, and when it ends."""
        self._runcomfy = runcomfy
        self._first_seconds = first_seconds
        self._pause_seconds = first_seconds
        self._since = 0.0
        self._asks_at = 0.0
        self._over = asyncio.Event()
        self._asked = asyncio.Event()
        self._changed = changed
        runcomfy.health.on_change = self._change

    @property
    def fallen(self) -> bool:
        """Whether RunComfy does not answer at present."""
        return self._runcomfy.health.failing

    @property
    def was_long(self) -> bool:
        """Whether the silence lasts or lasted so long that it was RunComfy's own."""
        return time.monotonic() - self._since > _LONG_SECONDS

    async def ask(self, question: Callable[[], Awaitable[None]] | None) -> None:
        """Wait for the pause to be over, then ask once. question: one that is due, if any."""
        wait = self._asks_at - time.monotonic()
        if wait > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._over.wait()
            self._over.clear()
            return
        if question is not None:
            await question()
        else:
            with suppress(RunComfyTrouble):
                await self._runcomfy.check()
        self._pause_seconds = slower(self._pause_seconds)
        self._pause()
        self._asked.set()

    async def ask_now(self, *, patience_seconds: float) -> None:
        """Ask at once, and wait for what comes of it, but not for long."""
        self._asked.clear()
        self._asks_at = 0.0
        self._over.set()
        self._changed()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await self._asked.wait()

    def _change(self) -> None:
        if self.fallen:
            self._since = time.monotonic()
            self._pause_seconds = self._first_seconds
            self._over.clear()
            self._pause()
        else:
            self._runcomfy.health.asks_again_in(None)
            self._over.set()
            self._asked.set()
        self._changed()

    def _pause(self) -> None:
        if not self.fallen:
            return
        self._asks_at = time.monotonic() + self._pause_seconds
        self._runcomfy.health.asks_again_in(self._pause_seconds)


def slower(seconds: float) -> float:
    """The next pause after one that brought nothing."""
    return min(seconds * 1.5, _SLOWEST_SECONDS)
