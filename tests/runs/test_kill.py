"""`kill -9` at random instants with runs under way: nothing paid twice, nothing lost."""

import asyncio
import hashlib
import random
import re
from pathlib import Path

import httpx
import pytest

from tests.support.playground import FLASH, accepted
from tests.support.serve import Server, SimulatorProcess

_RUNS = 20
_KILLS = 4
_WAIT_SECONDS = 90.0


@pytest.mark.parametrize("seed", [11])
async def test_runs_survive_kill_9_at_random_instants(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # instants, not secrets
    simulator = SimulatorProcess(tmp_path, queue_seconds=0.3, run_seconds=1.0)
    settings = {"RUNCOMFY_BASE_URL": simulator.address, "PLAYGROUND_POLL_SECONDS": "0.5"}
    server = Server(tmp_path, settings)
    simulator.start()
    try:
        server.start()
        run_ids = await _submit(server, _RUNS)
        for _ in range(_KILLS):
            await asyncio.sleep(chance.uniform(0.0, 0.8))
            server.kill()
            server.start()
        states = await _ended(server, run_ids)

        sent = [line["inputs"]["prompt"] for line in accepted(tmp_path / "simulator")]
        assert len(sent) == len(set(sent)), "a paid request was sent twice"
        assert set(states.values()) <= {"completed", "unknown"}
        # Only those whose answer was awaited at a kill may be in doubt: at most 8 are sent at once.
        assert sum(state == "unknown" for state in states.values()) <= 8 * _KILLS
        for run_id, state in states.items():
            if state == "completed":
                await _has_the_simulators_bytes(server, simulator, run_id)
    finally:
        if server.running:
            server.stop()
        simulator.stop()


async def _submit(server: Server, count: int) -> list[str]:
    async with httpx.AsyncClient(base_url=server.address, timeout=30, trust_env=False) as client:
        answers = await asyncio.gather(
            *(
                client.post(f"/models/{FLASH}/runs", data={"prompt": f"dunes, number {number}"})
                for number in range(count)
            )
        )
    assert [answer.status_code for answer in answers] == [303] * count
    return [answer.headers["location"].rsplit("/", 1)[-1] for answer in answers]


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
