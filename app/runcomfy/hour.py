"""What RunComfy has answered within the last hour, minute by minute and call by call; bounded."""

import math
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.runcomfy.trouble import RunComfyTrouble

MINUTES = 60
_TROUBLES = 5
_MOST_WORDS = 300  # characters of each
# Times are counted in steps of this ratio, so that a busy hour takes no more memory than a quiet
# one; what is told of them is right to 3 %.
_STEP = 1.05


@dataclass
class Tally:
    """Answers counted. silent: asked, and no answer came; errors: codes from 400 up."""

    asked: int = 0
    silent: int = 0
    errors: int = 0
    useful: int = 0
    slowest_seconds: float = 0.0
    _spread: Counter[int] = field(default_factory=Counter)

    def note(self, http_status: int | None, seconds: float) -> None:
        """Count one question and its answer, if one came."""
        self.asked += 1
        if http_status is None:
            self.silent += 1
            return
        self.errors += http_status >= 400
        self.useful += http_status < 500 and http_status != 429
        self.slowest_seconds = max(self.slowest_seconds, seconds)
        self._spread[math.floor(math.log(max(seconds, 0.001), _STEP))] += 1

    def add(self, other: "Tally") -> None:
        """Count what another has counted."""
        self.asked += other.asked
        self.silent += other.silent
        self.errors += other.errors
        self.useful += other.useful
        self.slowest_seconds = max(self.slowest_seconds, other.slowest_seconds)
        self._spread.update(other._spread)

    def seconds(self, part: float) -> float | None:
        """Within how long that part of the answers came; None when none came."""
        left = part * sum(self._spread.values())
        for step, count in sorted(self._spread.items()):
            left -= count
            if left <= 0:
                return min(math.pow(_STEP, step + 0.5), self.slowest_seconds)
        return None


@dataclass(frozen=True)
class Told:
    """The same trouble, once or in a row. words: RunComfy's, or ours where it said nothing."""

    at: datetime
    last_at: datetime
    times: int
    words: str
    http_status: int | None
    retry_after_seconds: float | None


@dataclass(frozen=True)
class Heard:
    """The last answer of all."""

    at: datetime
    http_status: int


class Hour:
    """One process's questions to RunComfy within the last hour."""

    def __init__(self) -> None:
        self.last: Heard | None = None
        self._minutes: dict[int, dict[str, Tally]] = {}
        self._troubles: deque[Told] = deque(maxlen=_TROUBLES)

    def note(self, call: str, http_status: int | None, seconds: float) -> None:
        """Count a question. http_status: None when no answer came."""
        now = datetime.now(UTC)
        if http_status is not None:
            self.last = Heard(now, http_status)
        minute = _minute(now)
        if minute not in self._minutes:
            self._minutes = {at: self._minutes[at] for at in self._minutes if _recent(at, minute)}
        self._minutes.setdefault(minute, {}).setdefault(call, Tally()).note(http_status, seconds)

    def trouble(
        self, words: str, http_status: int | None = None, retry_after_seconds: float | None = None
    ) -> None:
        """Keep what was said instead of an answer; the same again is counted with it."""
        now, words = datetime.now(UTC), words[:_MOST_WORDS]
        last = self._troubles[-1] if self._troubles else None
        if last is not None and (last.words, last.http_status) == (words, http_status):
            self._troubles[-1] = replace(last, last_at=now, times=last.times + 1)
            return
        self._troubles.append(Told(now, now, 1, words, http_status, retry_after_seconds))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Keep the trouble that is raised within the block."""
        try:
            yield
        except RunComfyTrouble as error:
            wait: float | None = getattr(error, "retry_after_seconds", None)
            self.trouble(error.words, error.http_status, wait)
            raise

    def minutes(self) -> list[tuple[datetime, Tally]]:
        """The last sixty minutes, oldest first, each with all its calls; the last goes on still."""
        now = _minute(datetime.now(UTC))
        return [(_at(minute), self._all(minute)) for minute in range(now - MINUTES + 1, now + 1)]

    def calls(self) -> dict[str, Tally]:
        """The same hour by call, the most asked first."""
        now, found = _minute(datetime.now(UTC)), dict[str, Tally]()
        for minute, calls in self._minutes.items():
            if _recent(minute, now):
                for call, tally in calls.items():
                    found.setdefault(call, Tally()).add(tally)
        return dict(sorted(found.items(), key=lambda one: -one[1].asked))

    def troubles(self) -> list[Told]:
        """The last few troubles of the hour, oldest first."""
        since = datetime.now(UTC) - timedelta(minutes=MINUTES)
        return [told for told in self._troubles if told.last_at > since]

    def _all(self, minute: int) -> Tally:
        every = Tally()
        for tally in self._minutes.get(minute, {}).values():
            every.add(tally)
        return every


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)


def _at(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _recent(minute: int, now: int) -> bool:
    # The clock may have been set back: what lies ahead of it is no longer of this hour.
    return now - MINUTES < minute <= now
