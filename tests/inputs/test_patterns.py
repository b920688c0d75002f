"""Which patterns of a schema may be run."""

import pytest

from app.inputs.patterns import LONGEST_TEXT, matches, runnable


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+$", r"^\d{4}-\d{2}-\d{2}$", "^#[0-9a-f]{6}$", "a|b", r"\(\)*", "[(+*)]+"]
)
def test_a_plain_pattern_is_run(pattern: str) -> None:
    assert runnable(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|a)*", "(a{1,9}){1,9}", "a+b+c+", "(", "(?=a)", r"(a)\1", "a" * 301, "a?" * 9],
)
def test_a_pattern_that_could_run_long_or_is_none_is_not(pattern: str) -> None:
    assert not runnable(pattern)


def test_a_text_too_long_to_try_fits() -> None:
    assert not matches("^a+$", "b")
    assert matches("^a+$", "b" * (LONGEST_TEXT + 1))
