"""A page of a run in line is mostly answered from memory, never about an older version."""

from app.runs.in_line import InLine


def test_what_was_told_lately_is_no_news() -> None:
    told = InLine()

    told.tell("run", "3.777")

    assert told.is_fresh("run", "3.777", 3)
    assert not told.is_fresh("run", "3.111", 3)
    assert not told.is_fresh("run", "3.777", 4)
    assert not told.is_fresh("other", "3.777", 3)
