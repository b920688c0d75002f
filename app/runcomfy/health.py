"""Whether RunComfy answers at present, as pages show it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from app.runcomfy.hour import Hour


class Health:
    """The last answer and the last silence, and the last hour; times are UTC by the wall clock.

    on_change: called whenever RunComfy falls silent or is back.
    """

    def __init__(self) -> None:
        self.last_answer_at: datetime | None = None
        self.last_failure_at: datetime | None = None
        self.last_failure_words: str | None = None
        self.hour = Hour()
        self.on_change: Callable[[], None] | None = None
        self._failures_in_a_row = 0
        self._asks_at: float | None = None

    @property
    def failing(self) -> bool:
        """Two silences or 5xx in a row; one alone may be chance."""
        return self._failures_in_a_row >= 2

    @property
    def asks_again_seconds(self) -> float | None:
        """Until it is asked again, while it is failing; None where that is not known."""
        if not self.failing or self._asks_at is None:
            return None
        return max(self._asks_at - time.monotonic(), 0.0)

    @property
    def as_of(self) -> object:
        """Equal as long as pages say the same of it: while it is failing, for a few seconds."""
        return self.failing and int(time.monotonic() / 5)

    def answered(self) -> None:
        """Note an answer; refusing counts as answering."""
        self.last_answer_at = datetime.now(UTC)
        self._count(0)

    def failed(self, words: str) -> None:
        """Note a connection that failed or a 5xx. words: a sentence without secrets."""
        self.last_failure_at = datetime.now(UTC)
        self.last_failure_words = words
        self._count(self._failures_in_a_row + 1)

    def asks_again_in(self, seconds: float | None) -> None:
        """Note when it is asked next, for the pages."""
        self._asks_at = None if seconds is None else time.monotonic() + seconds

    def _count(self, failures: int) -> None:
        before = self.failing
        self._failures_in_a_row = failures
        if self.failing != before and self.on_change is not None:
            self.on_change()
