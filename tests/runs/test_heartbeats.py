"""Whom a process takes for dead, by what it has listened to itself."""

from datetime import UTC, datetime, timedelta

from app.runs.heartbeats import DEAD_SECONDS, Heartbeats
from app.runs.replica_queries import Replica

BEGIN = datetime(2026, 11, 21, tzinfo=UTC)


def other(beat: int) -> Replica:
    """Another process, at its beat of this number."""
    return Replica("other", "ready", "", BEGIN + timedelta(seconds=beat), 0.0, None, None)


def test_one_that_beats_lives_whatever_the_clocks_say() -> None:
    silence = Heartbeats()

    for second in range(30):
        # Its clock is set back an hour in the middle.
        beat = second if second < 15 else second - 3600
        assert silence.dead([other(beat)], second) == []


def test_one_that_is_silent_is_dead_after_six_seconds() -> None:
    silence = Heartbeats()

    found = [bool(silence.dead([other(0)], second)) for second in range(10)]

    assert found.index(True) == DEAD_SECONDS


def test_who_has_not_listened_itself_takes_nobody_for_dead() -> None:
    silence = Heartbeats()
    for second in range(5):
        silence.dead([other(0)], second)

    # It was frozen, or the database was away: for the other as well, perhaps.
    assert silence.dead([other(0)], 60) == []
    assert silence.dead([other(0)], 61) == []
