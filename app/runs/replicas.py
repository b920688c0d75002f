"""This process among those that share a Postgres: its beat, and how it hears of the others.

On SQLite a process is alone, and none of this happens.
"""

import asyncio
import hashlib
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from app.data_folder import signing_key
from app.db.engine import Database
from app.errors import InvalidSettings, Unavailable
from app.release import RELEASE
from app.runs import replica_queries as queries
from app.runs.hearing import Hearing
from app.runs.heartbeats import DEAD_SECONDS, Heartbeats
from app.runs.replica_queries import GONE, READY, STOPPING, Replica
from app.runs.services import Services

_BEAT_SECONDS = 1.0
_LAST_WORDS_SECONDS = 3.0
_log = logging.getLogger(__name__)


class Replicas:
    """Says that this process lives, and notices who does not."""

    def __init__(
        self,
        services: Services,
        *,
        follows: Callable[[], int],
        take_over: Callable[[], Awaitable[None]],
        lost: Callable[[], None],
    ) -> None:
        """take_over: goes on with what others have left. lost: called when given up for dead."""
        self._services = services
        self._follows, self._take_over, self._lost = follows, take_over, lost
        self._alone = services.database.on_sqlite
        # Of its own, so that no crowd of pages keeps the beat waiting for a connection.
        self._database = None if self._alone else Database(services.database.url, connections=1)
        self._hearing = Hearing(services)
        self._heartbeats = Heartbeats()
        self._leaving = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None
        self._taking: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Join the others. Raises InvalidSettings when they sign with another key."""
        if self._database is None:
            return
        try:
            await self._enter(self._database)
        except BaseException:
            await self._database.close()
            raise

    async def _enter(self, database: Database) -> None:
        settings = self._services.settings
        name, mark = f"{socket.gethostname()}:{settings.port}", _mark(signing_key(settings))
        async with database.begin() as tx:
            await queries.wait_for_turn(tx)
            for other in await queries.not_taken_over(tx):
                _check_key(other, mark)
            await queries.enter(tx, self._services.replica_id, name, RELEASE, mark)

    def start(self) -> None:
        """Begin to beat."""
        if self._database is not None:
            self._beating = asyncio.create_task(self._beat_forever(self._database))
            self._beating.add_done_callback(self._broken)

    async def take_no_more(self) -> None:
        """Bring to its end what is being taken over here; once all stops, nothing else is."""
        await _soon_ended(self._taking)

    async def stopping(self) -> None:
        """Let the others take over what is followed here; requests on their way stay this one's."""
        await self._say(STOPPING)

    async def leave(self) -> None:
        """Let the others take over everything, and fall silent."""
        self._leaving.set()
        await _soon_ended(self._beating)
        await self._say(GONE)
        if self._database is not None:
            await self._database.close()

    async def _say(self, state: str) -> None:
        if self._database is None:
            return
        try:
            async with asyncio.timeout(_LAST_WORDS_SECONDS), self._database.begin() as tx:
                await queries.set_state(tx, self._services.replica_id, state)
        except (Unavailable, TimeoutError):
            _log.warning("the others could not be told; they notice within %s s", DEAD_SECONDS)

    async def _beat_forever(self, database: Database) -> None:
        while not self._leaving.is_set():
            began = time.monotonic()
            try:
                async with asyncio.timeout(DEAD_SECONDS):
                    if not await self._beat(database):
                        self._give_way()
                        return
            except (Unavailable, TimeoutError) as error:
                _log.warning("no beat: %s", str(error) or "the database is too slow")
            with suppress(TimeoutError):
                pause = max(_BEAT_SECONDS - (time.monotonic() - began), 0.1)
                async with asyncio.timeout(pause):
                    await self._leaving.wait()

    def _give_way(self) -> None:
        _log.critical(
            "replica %s was silent for so long that the others have taken over its runs;"
            " it stops, to be started anew",
            self._services.replica_id,
        )
        self._lost()

    async def _beat(self, database: Database) -> bool:
        """Say that this process lives, and hear what is new; False when it was given up."""
        own = self._services.replica_id
        async with database.begin() as tx:
            now = await queries.beat(tx, own, follows=self._follows(), memory_bytes=_memory())
            if now is None:
                return False
            others = [one for one in await queries.not_taken_over(tx) if one.id != own]
            news = await self._hearing.listen(tx, now)
        await self._hearing.take_over(news)
        living = [other for other in others if other.state != GONE]
        for silent in self._heartbeats.dead(living, time.monotonic()):
            async with database.begin() as tx:
                if await queries.give_up(tx, silent):
                    _log.warning("replica %s is silent; its runs are taken over", silent.id)
                    self._begin_taking()
        if any(other.has_left_something for other in others):
            self._begin_taking()
        return True

    def _begin_taking(self) -> None:
        # Beside the beat, which must not wait for it.
        busy = self._taking is not None and not self._taking.done()
        if busy or self._services.stopping.is_set():
            return
        self._taking = asyncio.create_task(self._take())
        self._taking.add_done_callback(self._broken)

    async def _take(self) -> None:
        try:
            await self._take_over()
        except Unavailable as error:
            _log.warning("taking over has to wait: %s", error)

    def _broken(self, task: asyncio.Task[None]) -> None:
        """Without its beat a process is taken for dead soon: better that it is started anew."""
        if not task.cancelled() and task.exception() is not None:
            _log.critical("keeping step with the others broke", exc_info=task.exception())
            self._lost()


async def _soon_ended(task: asyncio.Task[None] | None) -> None:
    # Broken off in the middle of a statement, a connection would be left behind.
    if task is not None and (await asyncio.wait({task}, timeout=_LAST_WORDS_SECONDS))[1]:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _check_key(other: Replica, mark: str) -> None:
    lives = other.state == READY and other.silent_seconds < DEAD_SECONDS
    if lives and other.key_mark != mark:
        raise InvalidSettings(
            "Another playground that shares this database signs with another key. Set"
            " PLAYGROUND_SECRET_KEY to the same long random text for all of them."
        )


def _mark(key: str) -> str:
    """Too short to tell anything of the key but whether it is the same."""
    return hashlib.sha256(f"mark of {key}".encode()).hexdigest()[:8]


def _memory() -> int | None:
    """How much memory this process holds, where the system tells it cheaply."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
