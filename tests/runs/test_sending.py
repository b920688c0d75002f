"""Saved runs wait for their turn: fair turns, limits, pauses, and each is sent once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.db.columns import new_id
from app.runs import queries
from app.runs.pauses import Pause
from app.runs.sending import Sender
from app.runs.sending_queries import UNDER_WAY, find_pause
from app.runs.states import State
from app.simulator.beside import simulator_beside
from tests.runs.samples import run as sample
from tests.support.playground import (
    FLASH,
    HTMX,
    SMALL,
    Playground,
    accepted,
    playground,
)

HELD = "[held] first"


async def save_for(play: Playground, owner_id: str, prompts: list[str]) -> list[str]:
    """Save runs of somebody, all at once, in this order, and let them be sent."""
    model = play.services.shelf.get(FLASH)
    # Made within a millisecond, new ids have no order of their own.
    ids = sorted(new_id() for _ in prompts)
    runs = [
        sample(
            id=run_id,
            owner_id=owner_id,
            inputs={"prompt": prompt, **SMALL},
            model_id=FLASH,
            schema_id=model.schema_id,
        )
        for run_id, prompt in zip(ids, prompts, strict=True)
    ]
    async with play.services.database.begin() as tx:
        for run in runs:
            await queries.save(tx, run)
    play.app.state.engine.sender.wake()
    return [run.id for run in runs]


async def let_go(play: Playground, run_id: str) -> None:
    """Let a held run go on to its end."""
    await play.go_on(await play.until(run_id, "queued"), times=2)
    assert (await play.until(run_id)).state == "completed"


def order(folder: Path) -> list[str]:
    """The prompts of the accepted requests, in order."""
    return [line["inputs"]["prompt"] for line in accepted(folder / "simulator")]


def posts(folder: Path) -> Counter[str]:
    """How often each prompt was POSTed, accepted or refused."""
    path = folder / "simulator" / "refused.jsonl"
    refused = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return Counter(line["inputs"]["prompt"] for line in [*accepted(folder / "simulator"), *refused])


async def pause_of(play: Playground) -> Pause | None:
    async with play.services.database.read() as tx:
        return await find_pause(tx)


@asynccontextmanager
async def limited(folder: Path, address: str, **settings: Any) -> AsyncIterator[Playground]:
    """A playground with limits, which asks the test's simulator."""
    async with playground(folder, runcomfy_base_url=address, **settings) as play:
        yield play


async def test_one_run_of_a_colleague_is_not_kept_waiting_by_thirty(
    tmp_path: Path, simulator: str
) -> None:
    async with limited(tmp_path, simulator, runs_at_once=1) as play:
        mine = await save_for(play, "ann", [HELD, *(f"[takes 0] {n}" for n in range(30))])
        await play.until(mine[0], "queued")
        [theirs] = await save_for(play, "ben", ["[takes 0] ben's only one"])
        await let_go(play, mine[0])
        await play.until(theirs)
        await play.until(mine[1])

    assert order(tmp_path)[:3] == [HELD, "[takes 0] ben's only one", "[takes 0] 0"]


async def test_no_more_are_under_way_than_the_limit_and_the_page_says_so(
    tmp_path: Path, simulator: str
) -> None:
    async with limited(tmp_path, simulator, runs_at_once=2) as play:
        ids = [await play.run(prompt=f"[held] {n}", **SMALL) for n in range(5)]
        for run_id in ids[:2]:
            await play.until(run_id, "queued")
        await past_a_moment(play, ids[4])
        page = await play.page(f"/runs/{ids[4]}")
        listed = await play.page("/runs")
        states = [(await play.services.read(run_id)).state for run_id in ids]
        await let_go(play, ids[0])
        await play.until(ids[2], "queued")
        fragment = await play.client.get(f"/runs/{ids[4]}", headers=HTMX)

    assert states == ["queued", "queued", "saved", "saved", "saved"]
    assert '<p class="big num">3<small>rd</small></p>' in page
    assert "2 runs are under way, which is this playground’s limit." in page
    assert 'data-state="saved"' in page
    assert '<span class="state">Waiting</span>' in page
    assert f'action="/runs/{ids[4]}/cancel"' in page
    assert "Waiting, 3rd in line" in listed
    assert "2<small>nd</small>" in fragment.text


async def past_a_moment(play: Playground, run_id: str) -> str:
    """Wait until a saved run is said to wait; gives the fragment that says so."""
    async with asyncio.timeout(30):
        while True:
            fragment = await play.client.get(f"/runs/{run_id}", headers=HTMX)
            if '<span class="state">Waiting</span>' in fragment.text:
                return fragment.text
            await asyncio.sleep(0.1)


async def test_one_person_s_limit_leaves_the_others_alone(tmp_path: Path, simulator: str) -> None:
    async with limited(tmp_path, simulator, runs_per_person=1) as play:
        own = [await play.run(prompt=f"[held] {n}", **SMALL) for n in range(2)]
        await play.until(own[0], "queued")
        theirs = await save_for(play, "ben", ["[held] ben", "[held] ben again"])
        await play.until(theirs[0], "queued")
        said = await past_a_moment(play, own[1])
        states = [(await play.services.read(one)).state for one in (*own, *theirs)]

    assert states == ["queued", "saved", "queued", "saved"]
    assert "1 of yours is under way, which is the limit for one person." in said


async def test_no_more_are_sent_within_a_minute_than_the_limit(
    tmp_path: Path, simulator: str
) -> None:
    async with limited(tmp_path, simulator, runs_per_minute=2) as play:
        ids = [await play.run(prompt=f"[takes 0] {n}", **SMALL) for n in range(3)]
        for run_id in ids[:2]:
            await play.until(run_id)
        said = await past_a_moment(play, ids[2])

    assert "2 runs were sent within a minute, which is this playground’s limit." in said
    assert "The next is sent at <time" in said
    assert order(tmp_path) == ["[takes 0] 0", "[takes 0] 1"]


async def test_limits_hold_for_several_senders_on_one_database(
    tmp_path: Path, simulator: str, database_url: str
) -> None:
    prompts = [f"[takes 0] {n}" for n in range(6)]
    settings = {"runs_at_once": 2, "database_url": database_url}
    async with limited(tmp_path, simulator, **settings) as play:
        engine = play.app.state.engine
        # As another process has it: of one database, and of nothing else.
        other = Sender(
            replace(play.services, replica_id=new_id(), turn=asyncio.Event()), engine.follow
        )
        sending = asyncio.create_task(other.send_forever())
        await save_for(play, "ann", prompts)
        most = 0
        async with asyncio.timeout(60):
            while True:
                other.wake()
                async with play.services.database.read() as tx:
                    found = Counter(
                        run.state for run in await queries.in_state(tx, "ann", "", limit=50)
                    )
                most = max(most, sum(found[one] for one in UNDER_WAY))
                if found[State.COMPLETED] == len(prompts):
                    break
                await asyncio.sleep(0.02)
        sending.cancel()

    assert most == 2
    assert posts(tmp_path) == Counter(prompts)


async def test_after_402_those_behind_wait_until_somebody_says_so(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        refused = await play.until(await play.run(prompt="[refuse 402]", **SMALL))
        behind = [await play.run(prompt=f"[takes 0] {n}", **SMALL) for n in range(3)]
        said = await past_a_moment(play, behind[1])
        states = [(await play.services.read(one)).state for one in behind]
        before = posts(tmp_path)
        pressed = await play.client.post(
            "/operations/resume", headers={"referer": f"http://127.0.0.1:8000/runs/{behind[0]}"}
        )
        for run_id in behind:
            assert (await play.until(run_id)).state == "completed"
        assert await pause_of(play) is None

    assert (refused.state, refused.http_status) == ("failed", 402)
    assert states == ["saved"] * 3
    assert before == Counter({"[refuse 402]": 1})
    assert "no credit left (402: Your balance is used up" in said
    assert "Sending goes on when somebody says so." in said
    assert 'action="/operations/resume"' in said
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/runs/{behind[0]}")
    assert set(posts(tmp_path).values()) == {1}


async def test_after_429_those_behind_wait_as_long_as_runcomfy_asks(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        refused = await play.until(await play.run(prompt="[refuse 429]", **SMALL))
        pause = await pause_of(play)
        behind = [await play.run(prompt=f"[takes 0] {n}", **SMALL) for n in range(3)]
        ended = [await play.until(run_id) for run_id in behind]
        after = await pause_of(play)

    assert pause is not None
    assert pause.until is not None
    assert (pause.until - pause.since).total_seconds() == refused.retry_after_seconds == 2
    assert [run.state for run in ended] == ["completed"] * 3
    assert all(run.sent_at is not None and run.sent_at >= pause.until for run in ended)
    assert after is None
    assert set(posts(tmp_path).values()) == {1}


async def test_when_a_pause_ends_one_run_is_tried_before_the_rest(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        await play.until(await play.run(prompt="[refuse 402]", **SMALL))
        behind = [await play.run(prompt=f"[refuse 402] {n}", **SMALL) for n in range(3)]
        for run_id in behind:
            await play.client.post("/operations/resume", headers=HTMX)
            assert (await play.until(run_id)).http_status == 402
        assert [line["inputs"]["prompt"] for line in refused(tmp_path)] == [
            "[refuse 402]",
            *(f"[refuse 402] {n}" for n in range(3)),
        ]
        answered = await play.client.post("/operations/resume", headers=HTMX)
        assert (answered.status_code, answered.headers["hx-trigger"]) == (204, "ask")


def refused(folder: Path) -> list[dict[str, Any]]:
    """Every paid request that the simulator has refused, in order."""
    path = folder / "simulator" / "refused.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_with_runcomfy_gone_one_run_fails_at_a_time_and_the_rest_wait_for_it(
    tmp_path: Path,
) -> None:
    with simulator_beside(tmp_path / "simulator") as address:
        # Gone again, and later back on the same port.
        pass
    async with playground(tmp_path, runcomfy_base_url=address) as play:
        first = await play.until(await play.run(prompt="nobody there", **SMALL))
        pause = await pause_of(play)
        behind = [await play.run(prompt=f"[takes 0] {n}", **SMALL) for n in range(3)]
        said = await past_a_moment(play, behind[2])
        with simulator_beside(tmp_path / "simulator"):
            await play.client.post("/operations/resume")
            ended = [await play.until(run_id) for run_id in behind]

    assert (first.state, first.nothing_sent) == ("failed", True)
    assert pause is not None
    assert pause.times == 1
    assert "RunComfy cannot be reached" in said
    # A try while it was still gone costs the run that was tried, and no other.
    assert ended[-1].state == "completed"
    assert set(posts(tmp_path).values()) == {1}


async def test_a_pause_outlives_a_restart_and_a_person_may_make_one(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        await play.client.post("/operations/pause")
        waits = await play.run(prompt="[takes 0] waits", **SMALL)
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        said = await past_a_moment(play, waits)
        cancelled = await play.run(prompt="cancelled in line", **SMALL)
        await play.client.post(f"/runs/{cancelled}/cancel")
        await play.client.post("/operations/resume")
        assert (await play.until(waits)).state == "completed"
        assert (await play.services.read(cancelled)).state == "cancelled"

    assert "Somebody stopped sending here. Sending goes on when somebody says so." in said
    assert order(tmp_path) == ["[takes 0] waits"]


async def test_an_open_page_hears_of_its_place_alone_and_only_when_it_has_changed(
    tmp_path: Path, simulator: str
) -> None:
    async with limited(tmp_path, simulator, runs_at_once=1) as play:
        first = await play.run(prompt=HELD, **SMALL)
        await play.until(first, "queued")
        second = await play.run(prompt="[held] second", **SMALL)
        third = await play.run(prompt="third", **SMALL)
        said = await past_a_moment(play, third)
        asked = said.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
        same = await play.client.get(asked, headers=HTMX)
        many = asked.split("seen=")[1].split("&")[0]
        same_of_many = await play.client.get(f"/runs/changes?run={third}:{many}", headers=HTMX)
        await let_go(play, first)
        await play.until(second, "queued")
        moved = await past(play, asked)

    assert "2<small>nd</small>" in said
    assert (same.status_code, same_of_many.status_code) == (204, 204)
    assert "1<small>st</small>" in moved


async def past(play: Playground, asked: str) -> str:
    """Ask as an open page does until there is something new."""
    async with asyncio.timeout(30):
        while True:
            answer = await play.client.get(asked, headers=HTMX)
            if answer.status_code == 200:
                return answer.text
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("words", ["[503 json]", "[refuse 429]"])
async def test_several_refused_at_once_make_one_pause(
    tmp_path: Path, simulator: str, words: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        # All are on their way before the first answer comes.
        ids = await save_for(play, "ann", [f"[answers 3] {words} {n}" for n in range(4)])
        ended = [await play.until(run_id) for run_id in ids]
        pause = await pause_of(play)

    assert {run.state for run in ended} == {"failed"}
    assert pause is not None
    assert pause.times == 1


async def test_what_was_sent_is_known_by_its_hash_and_its_sender(play: Playground) -> None:
    one = await play.until(await play.run(prompt="the same 🦊", seed="7"))
    same = await play.until(await play.run(prompt="the same 🦊", seed="7"))
    other = await play.until(await play.run(prompt="the same 🦊", seed="8"))

    assert one.body_sha256 == same.body_sha256 != other.body_sha256
    assert {one.sent_by, same.sent_by} == {play.services.replica_id}
