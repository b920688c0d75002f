"""What /metrics and the operations page both tell of everything: counted seldom, and bounded."""

import asyncio
import logging
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from app import metrics
from app.db.columns import utc_now
from app.db.engine import Database
from app.errors import Unavailable
from app.media.totals import Totals, totals
from app.release import RELEASE
from app.runs import overview, sending_queries
from app.runs.states import State

# Beats come every second; one that misses this many is given up by the others.
ALIVE_SECONDS = 10.0
_SCRAPES_APART_SECONDS = 2.0
_COUNTS_APART_SECONDS = 60.0
# However long the history: counting it takes at most a hundredth of the time.
_COUNTING_SHARE = 0.01

_Value = TypeVar("_Value")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Counted:
    """What takes longer the more there is: all that has ended, and all that is kept."""

    ended: dict[State, int]
    kept: Totals


class NowAndThen(Generic[_Value]):
    """A figure too dear for a page: counted beside it, the more seldom the longer it takes."""

    def __init__(self, count: Callable[[], Awaitable[_Value]]) -> None:
        self._count = count
        self._latest: _Value | None = None
        self._due = 0.0
        self._counting: asyncio.Task[None] | None = None

    async def get(self, patience_seconds: float) -> _Value | None:
        """The latest figure; only the very first is waited for, and not longer than this."""
        if self._counting is None and time.monotonic() >= self._due:
            self._counting = asyncio.create_task(self._renew())
        if self._latest is None and self._counting is not None:
            await asyncio.wait({self._counting}, timeout=patience_seconds)
        return self._latest

    async def aclose(self) -> None:
        """Count no more."""
        if self._counting is not None:
            self._counting.cancel()
            with suppress(asyncio.CancelledError):
                await self._counting

    async def _renew(self) -> None:
        started = time.monotonic()
        try:
            self._latest = await self._count()
        except Unavailable as error:
            _log.warning("counting has to wait: %s", error)
        finally:
            took = time.monotonic() - started
            pause = max(_COUNTS_APART_SECONDS, took / _COUNTING_SHARE)
            self._due, self._counting = time.monotonic() + pause, None


class Figures:
    """The figures of one process; the database's are the same at every other."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._data_dir = data_dir
        self.counted = NowAndThen(self._count)
        self._scraped_at = float("-inf")

    async def write(self, patience_seconds: float) -> None:
        """Bring the gauges up to date; those that cannot be had in time stay as they were."""
        metrics.BUILD.labels(version=RELEASE).set(1)
        if time.monotonic() - self._scraped_at < _SCRAPES_APART_SECONDS:
            return
        self._scraped_at = time.monotonic()
        try:
            async with asyncio.timeout(patience_seconds):
                await self._write_counts()
                free, _ = await self.disk()
        except (Unavailable, TimeoutError) as error:
            _log.warning("the figures are of an earlier moment: %s", str(error) or "no answer")
            return
        metrics.DISK_FREE_BYTES.set(free)
        counted = await self.counted.get(patience_seconds)
        if counted is not None:
            _write_history(counted)

    async def disk(self) -> tuple[int, int]:
        """The bytes free on the disk that holds the data folder, and of how many."""
        usage = await asyncio.to_thread(shutil.disk_usage, self._data_dir)
        return usage.free, usage.total

    async def _write_counts(self) -> None:
        now = utc_now()
        since = now - timedelta(seconds=ALIVE_SECONDS)
        async with self._database.read() as tx:
            counts = await overview.open_counts(tx)
            pause = await sending_queries.find_pause(tx)
            replicas = await overview.all_replicas(tx, since=since, limit=1000)
        for state, count in counts.items():
            metrics.RUNS.labels(state=state).set(count)
        metrics.QUEUE_LENGTH.set(counts[State.SAVED])
        metrics.RUNS_UNKNOWN.set(counts[State.UNKNOWN])
        metrics.SENDING_PAUSED.set(pause is not None and pause.holds(now))
        # On SQLite there is this one, which nobody has to hear from.
        alive = sum(replica.state != "gone" for replica in replicas)
        metrics.REPLICAS.set(1 if self._database.on_sqlite else alive)

    async def _count(self) -> Counted:
        async with self._database.read() as tx:
            return Counted(await overview.ended_counts(tx), await totals(tx))


def _write_history(counted: Counted) -> None:
    for state, count in counted.ended.items():
        metrics.RUNS.labels(state=state).set(count)
    kept = counted.kept
    amounts = {"results": kept.results, "inputs": kept.inputs, "prepared": kept.prepared}
    for what, amount in amounts.items():
        metrics.STORAGE_BYTES.labels(what=what).set(amount.size_bytes)
        metrics.STORAGE_FILES.labels(what=what).set(amount.count)
