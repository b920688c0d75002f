"""After which answers sending pauses, and for how long."""

from datetime import datetime, timedelta

import pytest

from app.runcomfy.trouble import NothingSent, Refused
from app.runs.pauses import Cause, Pause, pause_after
from tests.runs.samples import NOON


def refused(status: int, retry_after_seconds: float | None = None) -> Refused:
    return Refused("RunComfy's words.", status, None, retry_after_seconds)


def seconds(value: float) -> datetime:
    return NOON + timedelta(seconds=value)


def made(error: Refused | NothingSent, before: Pause | None = None, at: float = 0.0) -> Pause:
    """The pause after an answer to a run that was sent at that moment."""
    pause = pause_after(error, seconds(at), before, seconds(at))
    assert pause is not None
    return pause


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 200])
def test_what_is_the_run_s_own_fault_pauses_nothing(status: int) -> None:
    assert pause_after(refused(status), NOON, None, NOON) is None


@pytest.mark.parametrize(
    ("asked", "lasts"), [(7.0, 7), (0.0, 1), (1e9, 3600), (float("inf"), 3600), (None, 30)]
)
def test_after_429_it_lasts_as_long_as_runcomfy_asks_within_reason(
    asked: float | None, lasts: float
) -> None:
    pause = made(refused(429, asked))

    assert (pause.cause, pause.until, pause.http_status) == (Cause.BUSY, seconds(lasts), 429)
    assert pause.words == "RunComfy's words."


def test_after_402_it_lasts_until_a_person_says_so() -> None:
    pause = made(refused(402))

    assert (pause.cause, pause.until) == (Cause.CREDIT, None)
    assert pause.holds(seconds(10_000_000))
    # What was under way then ends as it ends.
    assert pause_after(refused(429, 5), NOON, pause, seconds(1)) is None


@pytest.mark.parametrize("error", [refused(503), NothingSent("Nothing was sent. No route.")])
def test_after_trouble_it_grows_each_time_in_a_row_up_to_a_minute(
    error: Refused | NothingSent,
) -> None:
    lengths, pause, now = [], None, 0.0
    for _ in range(8):
        pause = made(error, pause, at=now)
        assert pause.until is not None
        lengths.append((pause.until - pause.since).total_seconds())
        now = (pause.until - NOON).total_seconds() + 0.5

    assert lengths == [2, 4, 8, 16, 32, 60, 60, 60]
    assert pause is not None
    assert pause.times == 8


def test_of_several_refused_at_once_only_the_first_counts() -> None:
    first = made(refused(503))

    second = pause_after(refused(503), seconds(-1), first, seconds(0.5))

    assert second is not None
    assert (second.times, second.until) == (1, seconds(2.5))


def test_a_shorter_pause_never_shortens_a_longer_one() -> None:
    asked = made(refused(429, 60))

    second = pause_after(refused(503), seconds(-1), asked, seconds(0.1))

    assert second is not None
    assert second.until == seconds(60)


def test_a_pause_holds_until_its_time_even_when_the_clock_is_set() -> None:
    pause = made(refused(429, 600))

    assert pause.holds(NOON)
    assert pause.holds(seconds(599))
    assert not pause.holds(seconds(600))
    assert not pause.holds(seconds(-3600))
