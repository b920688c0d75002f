"""RunComfy falls silent and comes back: nothing fails, one asks for all, and all are fetched."""

from contextlib import ExitStack
from itertools import accumulate, repeat
from pathlib import Path

from app.runcomfy.health import Health
from app.runs.not_heard import down_in_words
from app.runs.queries import Run
from app.runs.silence import slower
from app.simulator.beside import simulator_beside
from tests.support.playground import HTMX, SMALL, Playground, playground

QUICK = {"queue_seconds": 0.1, "run_seconds": 0.2, "rough": True}
DOWN = "RunComfy is not answering."
REST = "Runs already sent go on there; their results are fetched as soon as it answers."


async def test_runs_outlive_a_silence_and_the_page_says_what_is_known_of_them(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        address = stack.enter_context(simulator_beside(tmp_path / "simulator", **QUICK))
        async with playground(tmp_path, runcomfy_base_url=address) as play:
            running = await under_way(play, "heard of [held] one", "running")
            queued = await under_way(play, "heard of [held] two", "queued")
            fragment = f"/runs/{running.id}?seen={running.version}&until=9999999999"
            assert (await play.client.get(fragment, headers=HTMX)).status_code == 204

            stack.close()
            start = await play.shows("/", lambda text: DOWN in text)
            assert "Last answer" in start
            assert "Asking again" in start
            assert REST in start
            page = await play.page(f"/runs/{running.id}")
            assert "Not heard from" in page
            assert "when last heard of, just now. It may well be finished there;" in page
            assert "Nothing is lost or sent twice." in page
            assert '<div class="wait" data-clock' not in page
            waiting = await play.page(f"/runs/{queued.id}")
            assert "in RunComfy’s queue when last heard of" in waiting
            # An open page learns of it, although nothing is new of its run.
            told = await play.client.get(fragment, headers=HTMX)
            assert 'hx-swap-oob="beforebegin:#main"' in told.text
            assert DOWN in told.text
            asked = await play.client.post("/runcomfy/ask-now", headers={"referer": "http://x/a?b"})
            assert (asked.status_code, asked.headers["location"]) == (303, "/a?b")
            assert DOWN in (await play.client.get("/strips/down")).text

            stack.enter_context(simulator_beside(tmp_path / "simulator", **QUICK))
            asked = await play.client.post("/runcomfy/ask-now", headers=HTMX)
            assert asked.headers["hx-refresh"] == "true"
            await play.shows("/", lambda text: DOWN not in text)
            assert (await play.client.get("/strips/down")).text.strip() == ""
            for run, times in ((running, 1), (queued, 2)):
                await play.go_on(run, times)
                assert (await play.until(run.id)).state == "completed"
                assert len(play.sent(str(run.inputs["prompt"]))) == 1


async def under_way(play: Playground, prompt: str, state: str) -> Run:
    """A run that RunComfy has, held in a state."""
    run_id = await play.run(prompt=prompt, **SMALL)
    run = await play.until_it(run_id, lambda run: run.queue_position is not None)
    if state == "running":
        await play.go_on(run, 1)
    return await play.until(run_id, state)


def test_pauses_grow_to_a_minute_and_no_further() -> None:
    pauses = list(accumulate(repeat(2.0, 20), lambda pause, _: slower(pause)))

    assert pauses[:3] == [2.0, 3.0, 4.5]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60.0


def test_the_strip_says_when_it_is_asked_again_and_nothing_while_runcomfy_answers() -> None:
    health, changes = Health(), []
    health.on_change = lambda: changes.append(health.failing)

    assert down_in_words(health) is None
    health.failed("one alone may be chance")
    assert down_in_words(health) is None
    health.failed("twice")
    assert down_in_words(health) == "It has not answered since this server started."
    health.asks_again_in(20.4)
    assert 'Asking again <span class="num">in 20 s</span>.' in str(down_in_words(health))
    health.asks_again_in(0.0)
    assert "Asking again now." in str(down_in_words(health))
    health.answered()
    assert down_in_words(health) is None
    assert changes == [True, False]
