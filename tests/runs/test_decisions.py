"""What a person decides about a run in doubt or a failed one, and what is refused."""

import asyncio
import re

import httpx
import pytest

from tests.support.playground import HTMX, SMALL, Playground


async def decide(play: Playground, run_id: str, what: str, **data: str) -> httpx.Response:
    """Press one of the run's buttons in a browser without scripts."""
    return await play.client.post(f"/runs/{run_id}/{what}", data=data)


async def in_doubt(play: Playground, prompt: str) -> str:
    """A run in doubt, which RunComfy has; the prompt must say so."""
    run_id = await play.run(prompt=prompt, **SMALL)
    assert (await play.until(run_id)).state == "unknown"
    return run_id


async def test_a_running_run_is_not_cancelled_and_that_is_said(shared: Playground) -> None:
    run_id = await shared.run(prompt="running [takes 4]", **SMALL)
    await shared.until(run_id, "running")

    answer = await decide(shared, run_id, "cancel")

    assert answer.status_code == 409
    assert "RunComfy had already started it, so it will finish and be charged." in answer.text
    assert (await shared.until(run_id)).state == "completed"


async def test_a_refusal_is_told_to_htmx_beside_the_run(shared: Playground) -> None:
    run_id = await shared.run(prompt="refused [refuse 422]")
    await shared.until(run_id)

    answer = await shared.client.post(f"/runs/{run_id}/cancel", headers=HTMX)

    assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#notice")
    assert "nothing left to cancel" in answer.text


async def test_sending_again_makes_one_new_run_however_often_it_is_pressed(
    shared: Playground,
) -> None:
    prompt = "again [500]"
    run_id = await in_doubt(shared, prompt)

    answers = await asyncio.gather(*(decide(shared, run_id, "send-again") for _ in range(8)))
    later = await decide(shared, run_id, "send-again")

    (location,) = {answer.headers["location"] for answer in [*answers, later]}
    again = await shared.until(location.rsplit("/", 1)[-1])
    old = await shared.services.read(run_id)
    assert again.id != run_id
    assert (old.state, old.sent_again_as) == ("failed", again.id)
    assert again.inputs == old.inputs
    assert len(shared.sent(prompt)) == 2
    assert again.id in await shared.page(f"/runs/{run_id}")


async def test_a_run_written_off_is_over_and_does_not_claim_to_be_free(
    shared: Playground,
) -> None:
    run_id = await in_doubt(shared, "leave it [lost answer]")

    answer = await decide(shared, run_id, "write-off")

    assert answer.status_code == 303
    run = await shared.services.read(run_id)
    assert run.state == "failed"
    page = await shared.page(f"/runs/{run_id}")
    assert "Maybe charged" in page
    assert "counted as maybe charged" in page
    assert "Nothing was charged" not in page
    assert (await decide(shared, run_id, "send-again")).status_code == 409
    assert (await decide(shared, run_id, "attach", request_id="x")).status_code == 409
    assert len(shared.sent("leave it [lost answer]")) == 1


async def test_the_true_request_id_takes_the_run_to_its_end(shared: Playground) -> None:
    prompt = "found it [html]"
    run_id = await in_doubt(shared, prompt)
    journal = (shared.folder / "simulator" / "journal.jsonl").read_text()
    line = next(line for line in journal.splitlines() if "found it" in line)
    request_id = re.search(r'"request_id": "([^"]+)"', line)
    assert request_id is not None

    answer = await decide(shared, run_id, "attach", request_id=f"  {request_id[1]} ")

    assert answer.status_code == 303
    run = await shared.until(run_id)
    assert (run.state, run.request_id, run.words) == ("completed", request_id[1], None)
    assert len(shared.sent(prompt)) == 1
    assert '<img src="/media/' in await shared.page(f"/runs/{run_id}")


@pytest.mark.parametrize("request_id", ["", "two words", "x" * 201, "a\nb", "\x00"])
async def test_what_is_no_request_id_is_refused_and_the_run_stays_in_doubt(
    shared: Playground, request_id: str
) -> None:
    run_id = await in_doubt(shared, f"no id {len(request_id)} [500]")

    answer = await decide(shared, run_id, "attach", request_id=request_id)

    assert answer.status_code == 422
    assert "request id" in answer.text
    assert (await shared.services.read(run_id)).state == "unknown"


async def test_looking_again_needs_a_request_id(shared: Playground) -> None:
    run_id = await in_doubt(shared, "look where [500]")

    answer = await decide(shared, run_id, "look-again")

    assert answer.status_code == 409
    assert "cannot be asked about it" in answer.text


async def test_looking_again_reopens_a_failed_run_and_asks_runcomfy(shared: Playground) -> None:
    run_id = await shared.run(prompt="look again [foreign file]", **SMALL)
    failed = await shared.until(run_id)
    assert failed.state == "failed"

    answer = await decide(shared, run_id, "look-again")

    assert answer.status_code == 303
    again = await shared.until_it(run_id, lambda run: run.ended and run.version > failed.version)
    assert (again.state, again.request_id) == ("failed", failed.request_id)
    assert len(shared.sent("look again [foreign file]")) == 1


async def test_a_completed_run_has_nothing_to_decide(shared: Playground) -> None:
    run_id = await shared.run(prompt="all well", **SMALL)
    await shared.until(run_id)

    for decision in ("cancel", "look-again", "write-off", "send-again"):
        assert (await decide(shared, run_id, decision)).status_code == 409
    assert (await shared.services.read(run_id)).state == "completed"
    assert len(shared.sent("all well")) == 1
