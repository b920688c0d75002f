"""`kill -9` at random instants with runs under way: nothing paid twice, nothing lost."""

import asyncio
import hashlib
import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from tests.support.playground import FLASH, accepted
from tests.support.serve import Server, SimulatorProcess

_RUNS = 20
# RunComfy has it and does not answer for two minutes, so each kill comes before the answer.
_HANGS = "never answered [hang]"
_KILLS = 4
_WAIT_SECONDS = 90.0


async def test_runs_survive_kill_9_at_random_instants(tmp_path: Path) -> None:
    seed = random.randrange(100_000)
    print(f"the instants' seed is {seed}")  # noqa: T201  # to have them again when it fails
    chance = random.Random(seed)
    simulator = SimulatorProcess(tmp_path, queue_seconds=0.3, run_seconds=1.0)
    settings = {"RUNCOMFY_BASE_URL": simulator.address, "PLAYGROUND_POLL_SECONDS": "0.5"}
    server = Server(tmp_path, settings)
    simulator.start()
    try:
        server.start()
        run_ids = await _submit(server, [_HANGS])
        await _arrived(tmp_path, _HANGS)
        run_ids += await _submit(server, [f"dunes, number {number}" for number in range(_RUNS)])
        unanswered: set[str] = set()
        for _ in range(_KILLS):
            await asyncio.sleep(chance.uniform(0.0, 0.8))
            server.kill()
            unanswered |= _in_state(tmp_path, "sending")
            server.start()
        states = await _ended(server, run_ids)

        sent = [line["inputs"]["prompt"] for line in accepted(tmp_path / "simulator")]
        assert len(sent) == len(set(sent)), "a paid request was sent twice"
        assert set(states.values()) <= {"completed", "unknown"}
        in_doubt = {run_id for run_id, state in states.items() if state == "unknown"}
        assert in_doubt == unanswered
        assert run_ids[0] in in_doubt
        for run_id in states.keys() - in_doubt:
            await _has_the_simulators_bytes(server, simulator, run_id)
    finally:
        if server.running:
            server.stop()
        simulator.stop()


async def _submit(server: Server, prompts: list[str]) -> list[str]:
    async with httpx.AsyncClient(base_url=server.address, timeout=30, trust_env=False) as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    f"/models/{FLASH}/runs", data={"prompt": prompt, "image_size": "square"}
                )
                for prompt in prompts
            )
        )
    assert [answer.status_code for answer in answers] == [303] * len(prompts)
    return [answer.headers["location"].rsplit("/", 1)[-1] for answer in answers]


async def _arrived(folder: Path, prompt: str) -> None:
    """Wait until the simulator has accepted a request."""
    async with asyncio.timeout(_WAIT_SECONDS):
        while True:
            if any(line["inputs"]["prompt"] == prompt for line in accepted(folder / "simulator")):
                return
            await asyncio.sleep(0.02)


def _in_state(folder: Path, state: str) -> set[str]:
    """The runs in a state as the killed server has left them on the disk.

    Read from a copy: to open the database itself would already be to mend it.
    """
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for part in (folder / "data").glob("playground.db*"):
        shutil.copy(part, copy)
    with closing(sqlite3.connect(copy / "playground.db")) as database:
        return {row[0] for row in database.execute("select id from runs where state = ?", [state])}


async def _ended(server: Server, run_ids: list[str]) -> dict[str, str]:
    """The state of each run once none is on its way any more; every one of them is there."""
    states: dict[str, str] = {}
    async with (
        asyncio.timeout(_WAIT_SECONDS),
        httpx.AsyncClient(base_url=server.address, timeout=30, trust_env=False) as client,
    ):
        while len(states) < len(run_ids):
            for run_id in run_ids:
                if run_id in states:
                    continue
                page = await client.get(f"/runs/{run_id}", headers={"HX-Request": "true"})
                assert page.status_code == 200, f"run {run_id} is lost"
                state = _found(r'data-state="(\w+)"', page.text)
                if state in ("completed", "failed", "cancelled", "unknown"):
                    states[run_id] = state
            await asyncio.sleep(0.5)
    return states


async def _has_the_simulators_bytes(
    server: Server, simulator: SimulatorProcess, run_id: str
) -> None:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        page = (await client.get(f"{server.address}/runs/{run_id}")).text
        picture = await client.get(server.address + _found(r'<img src="(/media/[^"]+)"', page))
        lightbox = await client.get(server.address + _found(r'href="(/gallery/\w{26})"', page))
        request_id = _found(r"<dt>Request</dt><dd><code>([\w-]+)", lightbox.text)
        original = await client.get(f"{simulator.address}/files/{request_id}/0.png")
    assert hashlib.sha256(picture.content).digest() == hashlib.sha256(original.content).digest()


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in the page"
    return found[1]
