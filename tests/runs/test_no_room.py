"""A disk without room, as a real server meets it: pages answer, and what was made is kept later.

How large a file of the server's may grow is limited from outside, as a quota does; the error is
the disk's own, and nobody needs to be root for it.
"""

import asyncio
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.simulator.beside import simulator_beside
from tests.support.plain import PLAIN
from tests.support.playground import FLASH, SMALL, accepted
from tests.support.postgres import Postgres
from tests.support.serve import Server

# No picture of the simulator is so small.
_NO_PICTURE_BYTES = 20_000


@pytest.fixture
def runcomfy(tmp_path: Path) -> Iterator[str]:
    """The simulator's address, whose own files have no limit."""
    with simulator_beside(tmp_path / "simulator", queue_seconds=0.1, run_seconds=0.2) as address:
        yield address


def limit(server: Server, size_bytes: int = resource.RLIM_INFINITY) -> None:
    """Let no file of the server's grow larger from now on."""
    resource.prlimit(server.process_id, resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


async def test_results_wait_for_room_through_a_kill_and_are_all_kept(
    tmp_path: Path, runcomfy: str, postgres: Postgres
) -> None:
    settings = {
        "RUNCOMFY_BASE_URL": runcomfy,
        "PLAYGROUND_POLL_SECONDS": "0.5",
        "PLAYGROUND_DATABASE_URL": postgres.fresh_database(),
    }
    server = Server(tmp_path, settings)
    try:
        server.start()
        limit(server, _NO_PICTURE_BYTES)
        async with httpx.AsyncClient(base_url=server.address, timeout=30, **PLAIN) as client:
            paths = [await submit(client, f"no room, number {number}") for number in range(4)]
            for path in paths:
                page = await shows(client, path, lambda text: "Not kept yet" in text)
                assert "This server’s storage is full." in page

            server.kill()
            server.start()
            limit(server, _NO_PICTURE_BYTES)
            page = await shows(client, paths[-1], lambda text: "Trying again" in text)
            assert "Not kept yet" in page
            assert (await client.get("/")).status_code == 200

            limit(server)
            answer = await client.post(f"{paths[-1]}/collect-now")
            assert answer.status_code == 303
            for path in paths:
                await shows(client, path, lambda text: 'data-state="completed"' in text)
    finally:
        if server.running:
            server.stop()
    assert len(accepted(tmp_path / "simulator")) == len(paths)


async def test_with_no_room_for_the_database_pages_answer_and_nothing_is_sent(
    tmp_path: Path, runcomfy: str
) -> None:
    settings = {"RUNCOMFY_BASE_URL": runcomfy, "PLAYGROUND_POLL_SECONDS": "0.5"}
    server = Server(tmp_path, settings)
    try:
        server.start()
        async with httpx.AsyncClient(base_url=server.address, timeout=60, **PLAIN) as client:
            before = await submit(client, "while there was room")
            await shows(client, before, lambda text: 'data-state="completed"' in text)
            limit(server, 1)

            refused = await client.post(
                f"/models/{FLASH}/runs", data={"prompt": "without room", **SMALL}
            )
            assert refused.status_code in (503, 507), refused.text
            for path in ("/", "/models", f"/models/{FLASH}", "/gallery", before, "/healthz"):
                assert (await client.get(path)).status_code == 200, path

            limit(server)
            after = await submit(client, "with room again")
            await shows(client, after, lambda text: 'data-state="completed"' in text)
    finally:
        if server.running:
            server.stop()
    sent = [line["inputs"]["prompt"] for line in accepted(tmp_path / "simulator")]
    assert sent == ["while there was room", "with room again"]


async def submit(client: httpx.AsyncClient, prompt: str) -> str:
    """Send the form; gives the path of the run's page."""
    answer = await client.post(f"/models/{FLASH}/runs", data={"prompt": prompt, **SMALL})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def shows(client: httpx.AsyncClient, path: str, wanted: Callable[[str], bool]) -> str:
    """Load a page until it is as wanted."""
    async with asyncio.timeout(60):
        while True:
            page = await client.get(path)
            assert page.status_code == 200, page.text
            if wanted(page.text):
                return page.text
            await asyncio.sleep(0.1)
