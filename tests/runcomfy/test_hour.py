"""The last hour of RunComfy's answers: counted by minute and call, in little memory."""

import pytest

from app.runcomfy.hour import MINUTES, Hour, Tally
from app.runcomfy.trouble import Passing


def test_times_are_told_nearly_though_none_of_them_is_kept() -> None:
    tally = Tally()
    for milliseconds in range(1, 1001):
        tally.note(200, milliseconds / 1000)

    assert tally.seconds(0.5) == pytest.approx(0.5, rel=0.03)
    assert tally.seconds(0.95) == pytest.approx(0.95, rel=0.03)
    assert tally.slowest_seconds == 1.0
    assert Tally().seconds(0.5) is None


def test_a_refusal_is_an_answer_and_a_silence_or_too_many_requests_is_none() -> None:
    tally = Tally()
    for http_status in (200, 422, 429, 503, None):
        tally.note(http_status, 0.1)

    assert (tally.asked, tally.errors, tally.silent, tally.useful) == (5, 3, 1, 2)


def test_every_minute_of_the_hour_has_its_place_and_calls_are_counted_apart() -> None:
    hour = Hour()
    for call, times in (("submit", 1), ("status", 3)):
        for _ in range(times):
            hour.note(call, 200, 0.2)

    minutes = hour.minutes()
    assert len(minutes) == MINUTES
    assert sum(tally.asked for _, tally in minutes) == 4
    assert [(call, tally.asked) for call, tally in hour.calls().items()] == [
        ("status", 3),
        ("submit", 1),
    ]
    assert hour.last is not None
    assert hour.last.http_status == 200


def test_the_same_trouble_again_is_counted_and_only_the_last_few_are_kept() -> None:
    hour = Hour()
    for number in range(20):
        hour.trouble(f"trouble {number}", 503)
    for _ in range(3):
        with pytest.raises(Passing), hour.noting():
            raise Passing("x" * 10_000, 429, 30.0)

    troubles = hour.troubles()
    assert len(troubles) == 5
    last = troubles[-1]
    assert (last.times, last.http_status, last.retry_after_seconds) == (3, 429, 30.0)
    assert len(last.words) < 1000
