"""Whose turn it is: people take turns, each one's oldest first, as far as the limits go."""

from datetime import timedelta

import pytest

from app.runs.turns import (
    Limit,
    Limits,
    Line,
    Load,
    in_turn,
    next_turns,
    place_in_line,
    reached,
    without_one,
)
from tests.runs.samples import NOON

NO_LIMITS = Limits()


def line(owner_id: str, waiting: int, sent_minutes_ago: float | None = None) -> Line:
    ago = sent_minutes_ago
    return Line(owner_id, waiting, None if ago is None else NOON - timedelta(minutes=ago))


def test_people_take_turns_whatever_each_has_waiting() -> None:
    lines = [line("ann", 200, sent_minutes_ago=1), line("ben", 2, sent_minutes_ago=2)]

    turns = next_turns(lines, NO_LIMITS, Load(), {}, free=6)

    assert turns == ["ben", "ann", "ben", "ann", "ann", "ann"]


def test_who_was_never_sent_for_comes_first_then_who_waits_longest() -> None:
    lines = [line("a", 1, 1), line("b", 1, 3), line("c", 1), line("d", 1, 2)]

    assert [one.owner_id for one in in_turn(lines)] == ["c", "b", "d", "a"]


def test_whose_run_is_being_made_ready_has_had_a_turn() -> None:
    lines = [line("ann", 5), line("ben", 5, sent_minutes_ago=1)]

    assert next_turns(lines, NO_LIMITS, Load(), {"ann": 1}, free=1) == ["ben"]
    assert next_turns([line("ann", 1)], NO_LIMITS, Load(), {"ann": 1}, free=8) == []


@pytest.mark.parametrize(
    ("limits", "load", "turns"),
    [
        (Limits(at_once=3), Load({"ann": 1}), ["ann", "ben"]),
        (Limits(at_once=1), Load({"cleo": 1}), []),
        (Limits(per_minute=5), Load(within_minute=4), ["ann"]),
        (Limits(per_person=2), Load({"ann": 1}), ["ann", "ben", "ben"]),
        (Limits(per_person=1), Load({"ann": 1}), ["ben"]),
        (Limits(at_once=4, per_person=1), Load({"cleo": 2}), ["ann", "ben"]),
    ],
)
def test_a_limit_leaves_as_many_as_it_allows(limits: Limits, load: Load, turns: list[str]) -> None:
    lines = [line("ann", 9, sent_minutes_ago=2), line("ben", 9, sent_minutes_ago=1)]

    assert next_turns(lines, limits, load, {}, free=8) == turns


def test_what_is_being_made_ready_counts_against_the_limits() -> None:
    lines = [line("ann", 9), line("ben", 9)]

    assert next_turns(lines, Limits(at_once=2), Load({"ann": 1}), {"ben": 1}, free=8) == []
    assert next_turns(lines, Limits(per_person=1), Load(), {"ben": 1}, free=8) == ["ann"]


def test_the_limit_that_is_reached_is_named() -> None:
    limits = Limits(at_once=2, per_minute=3, per_person=1)

    assert reached(limits, Load({"ann": 2}), "ben") == Limit.AT_ONCE
    assert reached(limits, Load({"ann": 1}, within_minute=3), "ben") == Limit.PER_MINUTE
    assert reached(limits, Load({"ann": 1}), "ann") == Limit.PER_PERSON
    assert reached(limits, Load({"ann": 1}), "ben") is None
    assert reached(limits, without_one(Load({"ann": 2}, 1), "ann"), "ben") is None


def test_a_place_in_line_counts_those_whose_turn_comes_before() -> None:
    lines = [line("ann", 30, sent_minutes_ago=1), line("ben", 2, sent_minutes_ago=2)]

    # ben, ann, ben, ann, ann, …
    assert [place_in_line(lines, "ben", place) for place in (1, 2)] == [1, 3]
    assert [place_in_line(lines, "ann", place) for place in (1, 2, 3, 30)] == [2, 4, 5, 32]
