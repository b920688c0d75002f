"""When RunComfy refuses a run for no fault of its own, those behind it wait: why, how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.runcomfy.trouble import NothingSent, Refused
from app.runs.turns import SLACK

# Where RunComfy names no time after 429; doubled each time in a row.
_BUSY = timedelta(seconds=30)
_BUSY_LONGEST = timedelta(minutes=10)
# After 503 and lost connections; doubled each time in a row.
_TROUBLE = timedelta(seconds=2)
_TROUBLE_LONGEST = timedelta(seconds=60)
# Of the time that RunComfy names.
_ASKED_SHORTEST, _ASKED_LONGEST = timedelta(seconds=1), timedelta(hours=1)
_MOST_WORDS = 300
_NOT_SENT = "Nothing was sent. "


class Cause(StrEnum):
    """What made sending pause: 429, 402, 503 or no connection, somebody here."""

    BUSY = "busy"
    CREDIT = "credit"
    TROUBLE = "trouble"
    PERSON = "person"


@dataclass(frozen=True)
class Pause:
    """Nothing is sent until a time, or until a person says so where that is None.

    Then one run is tried; when it gets through, the pause is forgotten. times: how often in a row.
    """

    cause: Cause
    words: str
    http_status: int | None
    since: datetime
    until: datetime | None
    times: int

    def holds(self, now: datetime) -> bool:
        """Whether nothing may be sent, not even one to try."""
        # Made in what is the future now: the clock was set back, and it would hold for ever.
        return self.until is None or self.since - SLACK <= now < self.until


def pause_after(
    error: Refused | NothingSent, sent_at: datetime, before: Pause | None, now: datetime
) -> Pause | None:
    """The pause that an answer makes, or None when it makes none.

    before: the one in force. Of several refused at once the first counts: the others were sent
    before anybody could know.
    """
    cause = _cause(error)
    if cause is None:
        return None
    times = 1 if before is None else before.times + (sent_at >= before.since)
    until = _until(error, cause, max(times, 1), now)
    if before is not None and before.holds(now):
        if before.until is None:
            return None
        if until is not None:
            until = max(until, before.until)
    words = error.words.removeprefix(_NOT_SENT)[:_MOST_WORDS]
    return Pause(cause, words, error.http_status, now, until, max(times, 1))


def person_s_pause(now: datetime) -> Pause:
    """Somebody here wants nothing sent for the time being."""
    return Pause(Cause.PERSON, "Somebody stopped sending here.", None, now, None, 0)


def _cause(error: Refused | NothingSent) -> Cause | None:
    if isinstance(error, NothingSent):
        return Cause.TROUBLE
    if error.http_status == 429:
        return Cause.BUSY
    if error.http_status == 402:
        return Cause.CREDIT
    # With RunComfy's own words, or it would be a doubt.
    return Cause.TROUBLE if error.http_status is not None and error.http_status >= 500 else None


def _until(
    error: Refused | NothingSent, cause: Cause, times: int, now: datetime
) -> datetime | None:
    if cause == Cause.CREDIT:
        return None
    asked = error.retry_after_seconds if isinstance(error, Refused) else None
    if asked is not None:
        wished = timedelta(seconds=min(asked, _ASKED_LONGEST.total_seconds()))
        return now + max(wished, _ASKED_SHORTEST)
    first, longest = (_BUSY, _BUSY_LONGEST) if cause == Cause.BUSY else (_TROUBLE, _TROUBLE_LONGEST)
    # Doubled no more often than it takes to reach the longest.
    return now + min(first * (1 << min(times - 1, 10)), longest)
