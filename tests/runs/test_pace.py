"""However many wait at RunComfy, asking after them costs little, and nobody is forgotten."""

import pytest

from app.runs.pace import among

AN_HOUR = 3600.0


@pytest.mark.parametrize(
    ("runs", "questions_a_second"), [(500, 100.0), (1000, 50.0), (2000, 25.0), (5000, 25.0)]
)
def test_a_crowd_shares_few_questions(runs: int, questions_a_second: float) -> None:
    pauses = [among(runs, 1.0, AN_HOUR) for _ in range(2000)]

    assert runs * len(pauses) / sum(pauses) == pytest.approx(questions_a_second, rel=0.02)


def test_those_asked_in_one_go_come_apart() -> None:
    pauses = [among(2000, 1.0, AN_HOUR) for _ in range(2000)]

    assert max(pauses) - min(pauses) > 20


def test_a_few_runs_are_asked_after_at_their_own_pace() -> None:
    assert among(1, 0.5, 0.1) == 0.5
    assert among(40, 0.5, AN_HOUR) == 0.5
    assert among(2000, 300.0, AN_HOUR) == 300.0


def test_a_new_run_in_a_crowd_is_asked_after_soon() -> None:
    assert among(2000, 1.0, 0.2) == 1.0
    assert among(2000, 1.0, 3.0) == 3.0
