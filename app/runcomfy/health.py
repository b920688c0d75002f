"""Whether RunComfy answers at present, as pages show it."""

from datetime import UTC, datetime

from app.runcomfy.hour import Hour


class Health:
    """The last answer and the last silence, and the last hour; times are UTC by the wall clock."""

    def __init__(self) -> None:
        self.last_answer_at: datetime | None = None
        self.last_failure_at: datetime | None = None
        self.last_failure_words: str | None = None
        self.hour = Hour()
        self._failures_in_a_row = 0

    @property
    def failing(self) -> bool:
        """Two silences or 5xx in a row; one alone may be chance."""
        return self._failures_in_a_row >= 2

    def answered(self) -> None:
        """Note an answer; refusing counts as answering."""
        self.last_answer_at = datetime.now(UTC)
        self._failures_in_a_row = 0

    def failed(self, words: str) -> None:
        """Note a connection that failed or a 5xx. words: a sentence without secrets."""
        self.last_failure_at = datetime.now(UTC)
        self.last_failure_words = words
        self._failures_in_a_row += 1
