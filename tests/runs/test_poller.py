"""Trouble with questions never ends a run; only RunComfy's own word does."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from app.db.columns import utc_now
from app.runcomfy.client import RunComfy
from app.runs.poller import Poller
from tests.runs.samples import run as sample
from tests.runs.trials import ASKING, Trials
from tests.support.playground import Playground


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


async def test_it_leaves_off_though_it_is_woken_at_the_same_moment(shared: Playground) -> None:
    async with AsyncExitStack() as stack:
        runcomfy = RunComfy(base_url="http://127.0.0.1:9", token=None)
        stack.push_async_callback(runcomfy.aclose)
        for moments in range(6):
            poller = Poller(replace(shared.services, runcomfy=runcomfy))
            asking = asyncio.create_task(poller.ask_forever())
            watched = sample(state="queued", request_id="due later", created_at=utc_now())
            watching = asyncio.create_task(poller.ending(watched))
            await asyncio.sleep(0.1)
            await poller.silence.ask_now(patience_seconds=0)
            for _ in range(moments):
                await asyncio.sleep(0)

            asking.cancel()
            watching.cancel()

            _, going_on = await asyncio.wait({asking}, timeout=5)
            assert not going_on, f"{moments} moments after it was woken"
