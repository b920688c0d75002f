"""Whose turn it is to put its result away here; while there is no room, one alone tries."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.db.columns import utc_now
from app.errors import PlaygroundError
from app.media.store import StorageFull, StorageUnavailable
from app.runs.queries import Run

# RunComfy deletes its copies after seven days.
KEPT_THERE = timedelta(days=7)
_AT_ONCE = 8
_FIRST_PAUSE_SECONDS = 1.0
_SLOWEST_SECONDS = 300.0
# So often the soonest to expire has tried in a row before others may show that they fit.
_ALONE_TIMES = 3


class Shut(Exception):
    """There is no room at present, and the run's page does not say so yet."""


@dataclass
class _Waiting:
    run_id: str
    told: bool
    admitted: asyncio.Future[None] = field(default_factory=asyncio.Future)
    tries_for_all: bool = False


class Keeping:
    """Lets runs in, those that RunComfy deletes first before all others.

    However many wait while the storage is full or gone, one of them tries for all, ever more
    slowly; once it worked, the others follow.
    """

    def __init__(self, *, first_pause_seconds: float = _FIRST_PAUSE_SECONDS) -> None:
        self.words: str | None = None
        """Why nothing can be kept at present, or None."""
        self.next_try_at: datetime | None = None
        self._first_pause_seconds = first_pause_seconds
        self._order = itertools.count()
        self._line: list[tuple[datetime, int, _Waiting]] = []
        self._waiting: dict[str, _Waiting] = {}
        self._under_way = 0
        self._failures = 0
        self._tried: set[str] = set()
        self._trying = False
        self._asked_for: str | None = None
        self._pause: asyncio.TimerHandle | None = None

    def waits(self, run_id: str) -> bool:
        """Whether the run waits here for its turn."""
        return run_id in self._waiting

    @asynccontextmanager
    async def turn(self, run: Run, *, told: bool) -> AsyncIterator[None]:
        """Wait until the run may fetch its files, and note what the storage said within the block.

        told: its page says already why it waits. Raises Shut, where it does not and should.
        """
        if self.words is not None and not told:
            raise Shut
        waiting = await self._let_in(run, told)
        failures = self._failures
        try:
            yield
        except (StorageFull, StorageUnavailable) as trouble:
            self._shut(run.id, trouble, failures)
            raise
        finally:
            self._leave(waiting)

    def worked(self) -> None:
        """Note that a file was put away: there is room."""
        if self.words is None:
            return
        self.words = self.next_try_at = None
        self._failures = 0
        self._tried.clear()
        self._stop_pausing()
        self._admit()

    def try_now(self, run_id: str) -> bool:
        """Let a run try before all others, and at once; False when it does not wait here."""
        if run_id not in self._waiting:
            return False
        self._asked_for = run_id
        self._stop_pausing()
        self._admit()
        return True

    async def _let_in(self, run: Run, told: bool) -> _Waiting:
        waiting = _Waiting(run.id, told)
        heapq.heappush(self._line, (deleted_there_at(run), next(self._order), waiting))
        self._waiting[run.id] = waiting
        self._admit()
        try:
            await waiting.admitted
        except asyncio.CancelledError:
            admitted = waiting.admitted.done() and not waiting.admitted.cancelled()
            if admitted and waiting.admitted.exception() is None:
                self._leave(waiting)
            raise
        finally:
            if self._waiting.get(run.id) is waiting:
                del self._waiting[run.id]
        return waiting

    def _leave(self, waiting: _Waiting) -> None:
        self._under_way -= 1
        if waiting.tries_for_all:
            self._trying = False
        self._admit()

    def _shut(self, run_id: str, trouble: PlaygroundError, failures: int) -> None:
        self._tried.add(run_id)
        if self.words is not None and failures != self._failures:
            # It began before this was known, and tells nothing new.
            return
        self._failures += 1
        self.words = in_words(trouble)
        seconds = min(
            self._first_pause_seconds * 2 ** min(self._failures - 1, 20), _SLOWEST_SECONDS
        )
        self.next_try_at = utc_now() + timedelta(seconds=seconds)
        self._stop_pausing()
        self._pause = asyncio.get_running_loop().call_later(seconds, self._pause_over)
        untold = [waiting for waiting in self._waiting.values() if not waiting.told]
        for waiting in untold:
            if not waiting.admitted.done():
                waiting.admitted.set_exception(Shut())

    def _pause_over(self) -> None:
        self._pause = None
        self._admit()

    def _stop_pausing(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _admit(self) -> None:
        while self._may_admit() and (waiting := self._next()) is not None:
            self._under_way += 1
            if self.words is not None:
                self._trying = waiting.tries_for_all = True
            waiting.admitted.set_result(None)

    def _may_admit(self) -> bool:
        if self.words is None:
            return self._under_way < _AT_ONCE
        return not self._trying and self._pause is None

    def _next(self) -> _Waiting | None:
        asked_for = self._waiting.get(self._asked_for or "")
        self._asked_for = None
        if asked_for is not None and not asked_for.admitted.done():
            return asked_for
        # One too large for what room is left must not keep out for ever what would fit.
        others = self._failures > _ALONE_TIMES and self._failures % 2 == 0
        return (self._soonest(untried=True) if others else None) or self._soonest(untried=False)

    def _soonest(self, *, untried: bool) -> _Waiting | None:
        passed_over = []
        found = None
        while self._line and found is None:
            entry = heapq.heappop(self._line)
            if entry[2].admitted.done():
                continue
            if untried and entry[2].run_id in self._tried:
                passed_over.append(entry)
            else:
                found = entry[2]
        for entry in passed_over:
            heapq.heappush(self._line, entry)
        return found


def deleted_there_at(run: Run) -> datetime:
    """When RunComfy deletes its copies of what a run has made, as far as is known."""
    return (run.ended_there_at or run.ended_at or run.updated_at) + KEPT_THERE


def in_words(trouble: PlaygroundError) -> str:
    """Why a result is not kept, for its page."""
    if isinstance(trouble, StorageFull):
        return "This server’s storage is full."
    return "This server’s storage does not answer."
