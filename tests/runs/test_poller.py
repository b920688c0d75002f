"""Trouble with questions never ends a run; only RunComfy's own word does."""

import pytest

from tests.runs.trials import ASKING, Trials


@pytest.mark.parametrize("words", ASKING)
async def test_passing_trouble_and_odd_answers_never_end_a_run(trials: Trials, words: str) -> None:
    run = trials.runs[words]

    assert (run.state, run.words) == ("completed", None)
    assert len(trials.media[words]) == 1
    assert trials.accepted[words] == 1


async def test_a_run_that_never_ends_stays_open(trials: Trials) -> None:
    run = trials.runs["[never]"]

    assert (run.state, run.ended_at) == ("running", None)
    assert "hx-get=" in trials.pages["[never]"]


async def test_an_absurd_place_in_the_queue_is_left_out(trials: Trials) -> None:
    run = trials.runs["[odd position]"]

    assert run.queue_position is None
    assert run.queue_position_before is None


async def test_a_request_that_is_gone_at_runcomfy_fails_with_its_words_and_can_be_looked_at_again(
    trials: Trials,
) -> None:
    run = trials.runs["[status 404]"]

    assert run.ended_at is not None
    assert run.answered_at is not None
    assert 10 < (run.ended_at - run.answered_at).total_seconds() < 60
    assert f'action="/runs/{run.id}/look-again"' in trials.pages["[status 404]"]
