"""Questions to RunComfy: asked once, or again with patience, and their answers read."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.outside.unpacking import Unreadable
from app.runcomfy.exchange import NoAnswer, NotConnected
from app.runcomfy.reading import JsonObject, Mask
from app.runcomfy.transport import Transport
from app.runcomfy.trouble import Passing
from app.runcomfy.verdicts import Said, heard, judge_read

Told = TypeVar("Told")

ATTEMPTS = 3
LONGEST_RETRY_SECONDS = 10.0


class Questions:
    """Asks what costs nothing."""

    def __init__(
        self, transport: Transport, mask: Mask, *, seconds: float, retry_seconds: float
    ) -> None:
        """seconds: for one question. retry_seconds: the first wait before asking again."""
        self._transport = transport
        self._mask = mask
        self._seconds = seconds
        self._retry_seconds = retry_seconds

    async def ask(
        self,
        call: str,
        path: str,
        *,
        limit_bytes: int,
        post: bytes | None = None,
        with_token: bool = True,
        gone_codes: Sequence[int] = (),
    ) -> Said:
        """Ask once. Raises Passing, Gone or Failed."""
        try:
            answer = await self._transport.ask(
                call,
                path,
                post=post,
                limit_bytes=limit_bytes,
                seconds=self._seconds,
                with_token=with_token,
            )
        except (NotConnected, NoAnswer) as error:
            raise Passing(str(error)) from error
        said = await heard(answer, self._mask)
        with self._transport.health.hour.noting():
            judge_read(said, gone_codes)
        return said

    async def ask_patiently(self, call: str, path: str, *, limit_bytes: int) -> Said:
        """Ask up to three times, waiting longer each time. Raises as `ask` does."""
        for attempt in range(1, ATTEMPTS):
            try:
                return await self.ask(call, path, limit_bytes=limit_bytes)
            except Passing as error:
                wait = self._wait_seconds(attempt, error)
                if wait is None:
                    raise
            await asyncio.sleep(wait)
        return await self.ask(call, path, limit_bytes=limit_bytes)

    def _wait_seconds(self, attempt: int, error: Passing) -> float | None:
        """Seconds until the next attempt; None when it would not help, or not soon."""
        code = error.http_status
        if code is not None and 300 <= code < 500 and code not in (408, 429):
            return None
        # Spread, so that several servers do not come back all at once.
        wait = self._retry_seconds * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        wait = max(wait, error.retry_after_seconds or 0.0)
        return wait if wait <= LONGEST_RETRY_SECONDS else None


def told(read: Callable[[JsonObject], Told], said: Said) -> Told:
    """Read a judged answer. Raises Passing when it has not the shape that it should have."""
    try:
        if not isinstance(said.json, dict):
            raise Unreadable("it is no JSON object")
        return read(said.json)
    except Unreadable as error:
        words = f"RunComfy's answer cannot be used: {error}."
        raise Passing(words, said.http_status, said.retry_after_seconds) from error
