"""The paid request leaves once, whatever comes back; and a restart sends nothing a second time."""

from pathlib import Path

import pytest

from app.simulator.beside import simulator_beside
from tests.runs.trials import CANCELLED, SENDING, SLOW_ANSWER, TOKEN, UNDER_WAY, Trials
from tests.support.playground import playground
from tests.support.processes import free_port

UNKNOWN = [row[0] for row in SENDING if row[1] == "unknown"]


@pytest.mark.parametrize(("words", "state", "status", "said", "_times"), SENDING)
async def test_each_answer_to_the_paid_request_has_its_state_and_keeps_the_words(
    trials: Trials, words: str, state: str, status: int | None, said: str, _times: int
) -> None:
    run = trials.runs[words]

    assert (run.state, run.http_status) == (state, status)
    assert run.words
    assert said in run.words
    assert said in trials.pages[words]


@pytest.mark.parametrize(("words", "_state", "_status", "_said", "times"), SENDING)
async def test_no_answer_and_no_restart_makes_the_request_leave_twice(
    trials: Trials, words: str, _state: str, _status: int | None, _said: str, times: int
) -> None:
    assert trials.accepted[words] == times


@pytest.mark.parametrize("words", [row[0] for row in SENDING])
async def test_a_restart_leaves_what_has_ended_or_is_in_doubt_as_it_was(
    trials: Trials, words: str
) -> None:
    assert trials.at_stop[words] == trials.at_start[words] == trials.runs[words]


@pytest.mark.parametrize("words", UNDER_WAY)
async def test_what_was_under_way_at_a_stop_is_sent_once_and_completes_after_the_restart(
    trials: Trials, words: str
) -> None:
    assert trials.at_stop[words].state == UNDER_WAY[words]
    assert trials.runs[words].state == "completed"
    assert trials.accepted[words] == 1


async def test_a_saved_run_is_cancelled_without_asking_runcomfy(trials: Trials) -> None:
    assert trials.at_stop[CANCELLED].state == "cancelled"
    assert trials.runs[CANCELLED].state == "cancelled"
    assert trials.accepted[CANCELLED] == 0


async def test_a_stop_waits_for_the_answers_on_their_way_and_writes_them_down(
    trials: Trials,
) -> None:
    waited = [run for words, run in trials.runs.items() if words.startswith(SLOW_ANSWER)]

    assert len(waited) == 8
    for run in waited:
        assert run.sent_at is not None
        assert run.answered_at is not None
        assert (run.answered_at - run.sent_at).total_seconds() > 11


@pytest.mark.parametrize("words", UNKNOWN)
async def test_a_run_in_doubt_offers_the_decisions_and_stands_on_the_desk(
    trials: Trials, words: str
) -> None:
    page = trials.pages[words]

    assert 'data-state="unknown"' in page
    for decision in ("send-again", "write-off", "attach"):
        assert f'action="/runs/{trials.ids[words]}/{decision}"' in page
    assert trials.ids[words] in trials.pages["/runs?state=unknown"]
    # Only a person can change it, so the page does not ask.
    assert "hx-get" not in page[page.index('data-state="unknown"') :].split("</figure>")[0]


async def test_too_many_requests_shows_how_long_to_wait(trials: Trials) -> None:
    assert trials.runs["[refuse 429]"].retry_after_seconds == 2.0
    assert "Try again in 2.0 s." in trials.pages["[refuse 429]"]


async def test_an_empty_account_says_what_to_do(trials: Trials) -> None:
    assert "no credit left" in trials.pages["[refuse 402]"]


async def test_the_token_stands_in_no_page_no_record_no_file_and_no_log(trials: Trials) -> None:
    everything = {
        **trials.pages,
        **{f"run {words}": repr(run) for words, run in trials.runs.items()},
        "log": "\n".join(trials.log),
    }

    assert [place for place, text in everything.items() if TOKEN in text] == []
    assert not any(TOKEN.encode() in content for content, _ in trials.files.values())
    assert trials.log


async def test_with_runcomfy_down_nothing_was_sent_and_that_is_said(tmp_path: Path) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    async with playground(tmp_path, runcomfy_base_url=closed) as play:
        run_id = await play.run(prompt="nobody there")
        run = await play.until(run_id)
        page = await play.page(f"/runs/{run_id}")
        start = await play.page("/")

    assert (run.state, run.request_id, run.nothing_sent) == ("failed", None, True)
    assert "Nothing was sent or charged. Try again once RunComfy can be reached." in page
    assert "RunComfy is not answering." in start


async def test_a_token_that_runcomfy_refuses_is_said_on_the_run(tmp_path: Path) -> None:
    with simulator_beside(tmp_path / "simulator", token="right") as address:
        settings = {"runcomfy_base_url": address, "runcomfy_token": "wrong"}
        async with playground(tmp_path, **settings) as play:
            run_id = await play.run(prompt="with the wrong one")
            run = await play.until(run_id)
            page = await play.page(f"/runs/{run_id}")

    assert (run.state, run.http_status) == ("failed", 401)
    assert "the token is missing or not valid" in page
    assert "RUNCOMFY_TOKEN" in page
    assert "Nothing was charged." in page
