"""A scripted RunComfy, and our client of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.runcomfy.client import RunComfy
from app.runcomfy.download import Downloader
from tests.runcomfy.scripted import TOKEN, Scripted, scripted_server


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted_server() as scripted:
        yield scripted


@pytest.fixture
async def runcomfy(server: Scripted) -> AsyncIterator[RunComfy]:
    client = RunComfy(base_url=server.address, token=TOKEN, retry_seconds=0.01)
    yield client
    await client.aclose()


@pytest.fixture
async def hasty(server: Scripted) -> AsyncIterator[RunComfy]:
    """Gives up after a third of a second."""
    client = RunComfy(
        base_url=server.address,
        token=TOKEN,
        read_seconds=0.3,
        submit_seconds=0.3,
        retry_seconds=0.01,
    )
    yield client
    await client.aclose()


@pytest.fixture
async def downloader(server: Scripted) -> AsyncIterator[Downloader]:
    client = Downloader(base_url=server.address, silence_seconds=0.3)
    yield client
    await client.aclose()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "output"
