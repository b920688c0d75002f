"""One task a process sends what is saved: whose turn it is, within the limits, each run once.

The rows in `saved` are the line; nothing else remembers who waits. A run is made ready (its
files handed over, its body written), claimed in the database, and only then sent.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from app.db.columns import utc_now
from app.errors import Unavailable
from app.runcomfy.paid import PaidRequest, paid_request
from app.runcomfy.trouble import NothingSent
from app.runs import sending_queries as line
from app.runs.claiming import Claim, claimed
from app.runs.files import NotHandedOver, handed_over
from app.runs.posting import failed, post
from app.runs.queries import Run
from app.runs.replica_queries import READY, STOPPING, living
from app.runs.services import Services, until_it_works
from app.runs.states import State
from app.runs.turns import limits_of, next_turns

# More at once in one process would only make each of them later.
AT_ONCE = 8

# Other processes save and end runs, too, and nobody tells.
_LOOK_AROUND_SECONDS = 1.0
# A clock may be set while it is waited for.
_LONGEST_SECONDS = 30.0
_FIRST_RETRY, _SLOWEST_RETRY = timedelta(seconds=2), timedelta(seconds=30)

_log = logging.getLogger(__name__)


class Sender:
    """Sends saved runs as their turn comes; `follow` is given each that RunComfy has taken."""

    def __init__(self, services: Services, follow: Callable[[Run], Awaitable[None]]) -> None:
        self._services = services
        self._follow = follow
        self._limits = limits_of(services.settings)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Of those, by run: whose it is, as long as it is not claimed.
        self._preparing: dict[str, str] = {}

    def wake(self) -> None:
        """Look anew whose turn it is: something was saved, has ended, or may go on."""
        self._services.turn.set()

    async def send_forever(self) -> None:
        """Send what is saved; runs until it is cancelled."""
        turn = self._services.turn
        try:
            while True:
                turn.clear()
                seconds = await until_it_works(self._look)
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await turn.wait()
        finally:
            left = list(self._tasks.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _look(self) -> float | None:
        """Begin with the runs whose turn it is; gives for how long nothing can change by itself."""
        services, now = self._services, utc_now()
        free = AT_ONCE - len(self._tasks)
        if free < 1 or services.stopping.is_set():
            return None
        async with services.database.read() as tx:
            services.waiting = await line.some_saved(tx)
            if not services.waiting:
                return self._around([])
            pause = await line.find_pause(tx)
            if pause is not None:
                if pause.holds(now):
                    return self._around([pause.until])
                tried = self._preparing or await line.one_is_tried(tx, pause)
                free = 0 if tried else 1
            lines = await line.lines(tx, now)
            load = await line.load(tx, self._limits, now)
            preparing = Counter(self._preparing.values())
            turns = Counter(next_turns(lines, self._limits, load, preparing, free))
            runs = [
                run
                for owner_id, times in turns.items()
                for run in await line.oldest_saved(
                    tx, owner_id, now=now, without=self._tasks, limit=times
                )
            ]
        for run in runs:
            self._preparing[run.id] = run.owner_id
            self._begin(run, self._send(run))
        return self._around([load.minute_frees_at, *(one.next_try_at for one in lines)])

    def _around(self, changes: list[datetime | None]) -> float | None:
        """For how long to look away: until the first of these changes, or until it is called."""
        now = utc_now()
        waits = [max((at - now).total_seconds(), 0.05) for at in changes if at is not None]
        if waits:
            waits.append(_LONGEST_SECONDS)
        if not self._services.database.on_sqlite:
            waits.append(_LOOK_AROUND_SECONDS)
        return min(waits, default=None)

    def _begin(self, run: Run, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks[run.id] = task
        task.add_done_callback(lambda task: self._done(run, task))

    def _done(self, run: Run, task: asyncio.Task[None]) -> None:
        self._tasks.pop(run.id, None)
        unsent = self._preparing.pop(run.id, None) is not None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("run %s: sending it broke", run.id, exc_info=error)
            if unsent:
                self._begin(run, self._later(run, "Something broke here before it was sent."))
        # A look costs as much for many as for one.
        if self._services.waiting and len(self._tasks) <= AT_ONCE // 2:
            self.wake()

    async def _send(self, run: Run) -> None:
        """Hand the files over, claim the run, send it; a file that cannot be had ends it unsent."""
        services = self._services
        try:
            async with handed_over(services, run) as inputs:
                paid = paid_request(run.model_id, inputs)
                with services.sending_now(run.id):
                    claim = await claimed(services, self._limits, run, paid)
                    self._preparing.pop(run.id, None)
                    if claim is not None:
                        if self._limits.some:
                            # Counted twice until now, it may have kept another from its turn.
                            self.wake()
                        await self._send_claimed(claim, paid)
        except NotHandedOver as error:
            await failed(services, run, str(error), "files")
        except NothingSent as error:
            await failed(services, run, str(error), "connection")
        except Unavailable as error:
            await self._later(run, str(error))

    async def _send_claimed(self, claim: Claim, paid: PaidRequest) -> None:
        # What belongs around a paid request is done here: nothing may delay it but what must.
        answered = await post(self._services, claim, paid)
        if answered is not None and answered.state == State.QUEUED:
            await self._follow(answered)

    async def _later(self, run: Run, words: str) -> None:
        """Try again after a while: those behind it go ahead meanwhile."""
        pause = _FIRST_RETRY
        if run.next_try_at is not None:
            pause = max(pause, min(2 * (run.next_try_at - run.updated_at), _SLOWEST_RETRY))
        await until_it_works(
            lambda: self._services.note(
                run.id, State.SAVED, held_up=words, next_try_at=utc_now() + pause
            )
        )


async def doubt_interrupted(services: Services) -> list[Run]:
    """Put in doubt each run whose sender is gone: RunComfy may have it, and nobody can tell."""
    async with services.database.read() as tx:
        found = await line.being_sent(tx)
        # Only after that question: who begins between the two may send what is no matter of ours.
        others = await living(tx, READY, STOPPING)
    doubted = [
        await services.move(
            run.id,
            State.UNKNOWN,
            words="The playground stopped while the request was on its way, before an answer came.",
            words_from="playground",
        )
        for run in found
        if not services.is_sending(run.id) and run.sent_by not in others
    ]
    return [run for run in doubted if run is not None]
