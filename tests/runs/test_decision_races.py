"""Many people, or one who is impatient, decide about the same runs at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.runs.doubtful import decide, request_id, saved
from tests.support.playground import SMALL, Playground, quick_playground
from tests.support.postgres import Postgres


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
async def play(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Playground]:
    """One playground for each kind of database."""
    url = ""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.fresh_database()
    async with quick_playground(tmp_path_factory.mktemp("races"), database_url=url) as running:
        yield running


async def test_of_many_decisions_at_once_one_stands_and_the_others_are_told(
    play: Playground,
) -> None:
    prompt = "pressed by everybody [500]"
    run_id = await play.run(prompt=prompt, **SMALL)
    await play.until(run_id)
    own_id = request_id(play, prompt)
    pressed = [
        play.client.post(f"/runs/{run_id}/{what}", data={"request_id": own_id})
        for what in ("attach", "write-off", "send-again") * 4
    ]

    answers = await asyncio.gather(*pressed)
    run = await play.services.read(run_id)

    won = {answer.headers["location"] for answer in answers if answer.status_code == 303}
    lost = [answer.text for answer in answers if answer.status_code == 409]
    assert len(won) == 1
    # The first press made again is told the same, as long as its run has not moved on.
    assert {answer.status_code for answer in answers} <= {303, 409}
    assert len(lost) >= 8
    assert all("This run has been decided already" in text for text in lost)
    assert run.decision is not None
    again = run.sent_again_as
    assert won == {f"/runs/{again or run_id}"}
    await play.until(again or run_id)
    assert len(play.sent(prompt)) == (2 if again else 1)


async def test_two_runs_given_one_request_at_once_share_it_not(
    play: Playground,
) -> None:
    runs = [await saved(play) for _ in range(6)]

    answers = await asyncio.gather(
        *(decide(play, run, "attach", request_id="the-one-request") for run in runs)
    )

    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 5
