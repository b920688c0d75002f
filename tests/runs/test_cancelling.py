"""Cancelling: while it is queued, at RunComfy, whose answer decides."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.simulator.beside import simulator_beside
from tests.support.playground import HTMX, Playground, playground


@pytest.fixture(scope="module")
async def patient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A playground whose simulator keeps everything in its queue for at least ten seconds."""
    folder = tmp_path_factory.mktemp("patient")
    with simulator_beside(folder / "simulator", queue_seconds=10, run_seconds=0.1) as address:
        async with playground(folder, runcomfy_base_url=address) as running:
            yield running


async def decide(play: Playground, run_id: str, what: str, **data: str) -> httpx.Response:
    """Press one of the run's buttons in a browser without scripts."""
    return await play.client.post(f"/runs/{run_id}/{what}", data=data)


async def test_a_queued_run_is_cancelled_at_runcomfy_and_costs_nothing(
    patient: Playground,
) -> None:
    run_id = await patient.run(prompt="cancel me")
    await patient.until(run_id, "queued")

    answer = await decide(patient, run_id, "cancel")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{run_id}")
    run = await patient.services.read(run_id)
    assert (run.state, run.cost_usd) == ("cancelled", None)
    assert run.ended_at is not None
    page = await patient.page(f"/runs/{run_id}")
    assert "Cancelled while queued. Nothing was charged." in page
    client = patient.services.runcomfy
    assert (await client.status(run.request_id or "")).state == "cancelled"


async def test_cancelling_answers_htmx_with_the_whole_run(patient: Playground) -> None:
    run_id = await patient.run(prompt="cancel me by htmx")
    await patient.until(run_id, "queued")

    answer = await patient.client.post(f"/runs/{run_id}/cancel", headers=HTMX)

    assert answer.status_code == 200
    assert f'id="run-{run_id}"' in answer.text
    assert 'data-state="cancelled"' in answer.text
    assert "hx-get" not in answer.text


async def test_a_second_cancel_is_told_that_it_is_over(patient: Playground) -> None:
    run_id = await patient.run(prompt="cancel me twice")
    await patient.until(run_id, "queued")
    await decide(patient, run_id, "cancel")

    again = await decide(patient, run_id, "cancel")

    assert again.status_code == 409
    assert "The run has ended; there is nothing left to cancel." in again.text


async def test_many_cancels_at_once_end_it_once(patient: Playground) -> None:
    run_id = await patient.run(prompt="cancel me often")
    await patient.until(run_id, "queued")

    answers = await asyncio.gather(*(decide(patient, run_id, "cancel") for _ in range(5)))

    assert {answer.status_code for answer in answers} <= {303, 409}
    assert 303 in {answer.status_code for answer in answers}
    assert (await patient.services.read(run_id)).state == "cancelled"


async def test_cancelling_one_run_leaves_its_neighbour_alone(patient: Playground) -> None:
    first, second = await patient.run(prompt="one"), await patient.run(prompt="other")
    await asyncio.gather(patient.until(first, "queued"), patient.until(second, "queued"))

    await decide(patient, first, "cancel")

    assert (await patient.services.read(second)).state == "queued"


async def test_a_refused_cancel_is_said_and_the_run_goes_on(patient: Playground) -> None:
    run_id = await patient.run(prompt="too late [cancel late]")
    await patient.until(run_id, "queued")

    answer = await decide(patient, run_id, "cancel")

    run = await patient.services.read(run_id)
    assert answer.status_code == 303
    assert (run.state, run.cancel_refused) == ("queued", True)
    assert "RunComfy did not cancel it" in await patient.page(f"/runs/{run_id}")
