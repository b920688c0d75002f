"""One task asks RunComfy after every run that is on its way, each ever more slowly."""

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from app import metrics
from app.db.columns import utc_now
from app.errors import Unavailable
from app.runcomfy.answers import Status
from app.runcomfy.trouble import Failed, Gone, Passing
from app.runs.pace import SECONDS_BETWEEN_QUESTIONS, among
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.silence import Silence, slower
from app.runs.states import State
from app.runs.times import usual_time

_QUESTIONS_AT_ONCE = 16
_SLOWEST_SECONDS = 30.0
_USUAL_SECONDS = 30.0  # of a model that has no usual time here yet
_GONE_TIMES = 4  # a request just accepted may not be known everywhere yet

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ending:
    """How RunComfy says a run has ended; `words` are its own where it gave any."""

    state: State
    words: str | None = None
    http_status: int | None = None


@dataclass
class _Watched:
    run: Run
    request_id: str
    ending: asyncio.Future[Ending]
    sent_at: float
    steady_seconds: float
    pause_seconds: float
    trouble_seconds: float = 0.0
    not_before: float = 0.0
    gone: int = 0
    in_place_since: datetime = field(default_factory=utc_now)


class Poller:
    """Asks after runs when they are due, those due longest first."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._watched: dict[str, _Watched] = {}
        self._due: list[tuple[float, int, str]] = []
        self._order = itertools.count()
        self._woken = asyncio.Event()
        self._questions = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
        self._asking: set[asyncio.Task[None]] = set()
        self.silence = Silence(
            services.runcomfy,
            first_seconds=services.settings.poll_seconds,
            changed=self._silence_changed,
        )

    async def ending(self, run: Run) -> Ending:
        """Wait until RunComfy says that the run has ended."""
        watched = self._watched.get(run.id)
        if watched is None:
            watched = await self._watch(run)
        return await asyncio.shield(watched.ending)

    def end(self, run_id: str, ending: Ending) -> None:
        """Stop asking: the run's end has become known otherwise."""
        watched = self._watched.pop(run_id, None)
        metrics.RUNS_WATCHED.set(len(self._watched))
        if watched is not None and not watched.ending.done():
            watched.ending.set_result(ending)

    async def ask_forever(self) -> None:
        """Ask after what is due; runs until it is cancelled."""
        try:
            while True:
                if self.silence.fallen:
                    await self.silence.ask(self._due_question())
                    continue
                if not await self._until_due():
                    continue
                _, _, run_id = heapq.heappop(self._due)
                if run_id not in self._watched:
                    continue
                await self._questions.acquire()
                task = asyncio.create_task(self._ask(run_id))
                self._asking.add(task)
                task.add_done_callback(self._asked)
                await asyncio.sleep(SECONDS_BETWEEN_QUESTIONS)
        finally:
            for task in self._asking:
                task.cancel()

    async def _watch(self, run: Run) -> _Watched:
        usual = await usual_time(self._services, run.model_id)
        steady = 2 * (usual.high_seconds or _USUAL_SECONDS)
        # Below zero where the clock was set back since.
        since = max((utc_now() - (run.answered_at or run.created_at)).total_seconds(), 0.0)
        pause = self._services.settings.poll_seconds
        watched = _Watched(
            run=run,
            request_id=run.request_id or "",
            ending=asyncio.get_running_loop().create_future(),
            sent_at=time.monotonic() - since,
            steady_seconds=steady,
            pause_seconds=pause,
        )
        # Another may have begun to watch it while the usual time was read.
        watched = self._watched.setdefault(run.id, watched)
        metrics.RUNS_WATCHED.set(len(self._watched))
        # After a restart the answer may have been there for long: ask at once.
        self._ask_again(run.id, max(pause - since, 0.0))
        return watched

    def _ask_again(self, run_id: str, seconds: float) -> None:
        due = (time.monotonic() + seconds, next(self._order), run_id)
        heapq.heappush(self._due, due)
        if self._due[0] is due:
            self._woken.set()

    async def _until_due(self) -> bool:
        """Wait until a question is due; False when silence has fallen meanwhile."""
        while not self.silence.fallen:
            self._woken.clear()
            wait = self._due[0][0] - time.monotonic() if self._due else None
            if wait is not None and wait <= 0:
                return True
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()
        return False

    def _due_question(self) -> Callable[[], Awaitable[None]] | None:
        """Ask after the run that is due longest, if any is due."""
        while self._due and self._due[0][0] <= time.monotonic():
            _, _, run_id = self._due[0]
            if run_id in self._watched:
                return partial(self._ask_first, self._due[0])
            heapq.heappop(self._due)
        return None

    async def _ask_first(self, due: tuple[float, int, str]) -> None:
        self._due.remove(due)
        heapq.heapify(self._due)
        await self._ask(due[2])

    def _silence_changed(self) -> None:
        """After a long silence all are asked after soon: what ended meanwhile waits there."""
        if not self.silence.fallen and self.silence.was_long:
            now = time.monotonic()
            self._due = [
                (max(min(at, now), self._watched[run_id].not_before), number, run_id)
                for at, number, run_id in self._due
                if run_id in self._watched
            ]
            heapq.heapify(self._due)
        self._woken.set()

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._questions.release()
        if not task.cancelled() and task.exception() is not None:
            _log.error("asking after a run broke", exc_info=task.exception())

    async def _ask(self, run_id: str) -> None:
        watched = self._watched.get(run_id)
        if watched is None:
            # Its end has become known while this question waited for its turn.
            return
        wait = _SLOWEST_SECONDS
        try:
            wait = await self._answer(watched)
        except Passing as trouble:
            wait = self._trouble(watched, trouble.retry_after_seconds)
        except Unavailable:
            wait = self._trouble(watched, None)
        finally:
            # Whatever has happened here, a run that was sent is asked after again.
            if run_id in self._watched:
                self._ask_again(run_id, wait)

    async def _answer(self, watched: _Watched) -> float:
        """Ask once, write down what is new, and tell after how many seconds to ask again."""
        try:
            status = await self._services.runcomfy.status(watched.request_id)
        except Gone as gone:
            return self._gone(watched, gone)
        except Failed as failed:
            self.end(watched.run.id, Ending(State.FAILED, str(failed), None))
            return 0.0
        watched.gone = 0
        watched.trouble_seconds = 0.0
        if status.state in (State.COMPLETED, State.FAILED, State.CANCELLED):
            self.end(watched.run.id, Ending(State(status.state), status.error_words))
            return 0.0
        await self._write(watched, status)
        return self._pause(watched)

    async def _write(self, watched: _Watched, status: Status) -> None:
        run, now = watched.run, utc_now()
        state = State(status.state)
        if state == run.state and status.queue_position == run.queue_position:
            return
        values: dict[str, object] = {"queue_position": status.queue_position}
        if state == State.QUEUED and run.queue_position != status.queue_position:
            values |= {
                "queue_position_before": run.queue_position,
                "queue_moved_at": watched.in_place_since,
            }
            watched.in_place_since = now
        if state == State.RUNNING and run.running_at is None:
            values["running_at"] = now
        written = await self._services.move(run.id, state, **values)
        if written is None:
            # Somebody has ended it here meanwhile; that end stands.
            current = await self._services.read(run.id)
            self.end(run.id, Ending(current.state))
        else:
            watched.run = replace(written)

    def _gone(self, watched: _Watched, gone: Gone) -> float:
        watched.gone += 1
        if watched.gone >= _GONE_TIMES:
            self.end(watched.run.id, Ending(State.FAILED, str(gone), 404))
        return min(5.0 * watched.gone, 10.0)

    def _pause(self, watched: _Watched) -> float:
        age = time.monotonic() - watched.sent_at
        if age > watched.steady_seconds:
            slowest = max(_SLOWEST_SECONDS, self._services.settings.poll_seconds)
            watched.pause_seconds = min(watched.pause_seconds * 1.5, slowest)
        return among(len(self._watched), watched.pause_seconds, age)

    def _trouble(self, watched: _Watched, retry_after_seconds: float | None) -> float:
        least = self._services.settings.poll_seconds
        before = watched.trouble_seconds
        watched.trouble_seconds = max(slower(before), least)
        watched.not_before = time.monotonic() + (retry_after_seconds or 0.0)
        return max(watched.trouble_seconds, retry_after_seconds or 0.0)
