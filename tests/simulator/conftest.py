"""A simulator over real HTTP, and the few calls that tests make again and again."""

import base64
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app.simulator.beside import simulator_beside
from tests.support.plain import PLAIN

FLASH = "blackforestlabs/flux-2/flash/text-to-image"
EDIT = "blackforestlabs/flux-2/pro/edit"


@dataclass
class Caller:
    """Asks one simulator."""

    http: httpx.AsyncClient
    folder: Path
    before: dict[str, int] = field(default_factory=dict)
    """How many lines each journal had when the test began."""

    async def submit(self, model_id: str = FLASH, **inputs: Any) -> httpx.Response:
        return await self.http.post(f"/v1/models/{model_id}", json=inputs)

    async def accepted(self, model_id: str = FLASH, **inputs: Any) -> str:
        answer = await self.submit(model_id, **inputs)
        assert answer.status_code == 200, answer.text
        request_id = answer.json()["request_id"]
        assert isinstance(request_id, str)
        return request_id

    async def status(self, request_id: str) -> Any:
        return (await self.http.get(f"/v1/requests/{request_id}/status")).json()

    async def result(self, request_id: str) -> Any:
        path = f"/v1/requests/{request_id}/result?include_cost=true"
        return (await self.http.get(path)).json()

    async def file(self, model_id: str = FLASH, **inputs: Any) -> httpx.Response:
        """Run a model whose simulator ends at once, and get the first file of its output."""
        result = await self.result(await self.accepted(model_id, **inputs))
        output = result["output"]
        link = output["images"][0] if "images" in output else next(iter(output.values()))
        return await self.http.get(link)

    async def picture(self, model_id: str = FLASH, **inputs: Any) -> Image.Image:
        answer = await self.file(model_id, **inputs)
        assert answer.status_code == 200, answer.text
        return Image.open(io.BytesIO(answer.content))

    def journal(self, name: str = "journal") -> list[Any]:
        """What was accepted since the test began; with `refused`, what was refused."""
        return lines_of(self.folder, name)[self.before.get(name, 0) :]


def lines_of(folder: Path, name: str) -> list[Any]:
    path = folder / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@asynccontextmanager
async def calling(folder: Path, **options: Any) -> AsyncIterator[Caller]:
    with simulator_beside(folder, **options) as address:
        async with httpx.AsyncClient(base_url=address, timeout=20, **PLAIN) as http:
            yield Caller(http, folder)


@pytest.fixture(scope="session")
def instant_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("instant")
    with simulator_beside(folder, queue_seconds=0, run_seconds=0) as address:
        yield address, folder


@pytest.fixture
async def instant(instant_address: tuple[str, Path]) -> AsyncIterator[Caller]:
    """A simulator whose requests have ended when they are first asked after."""
    address, folder = instant_address
    before = {name: len(lines_of(folder, name)) for name in ("journal", "refused")}
    async with httpx.AsyncClient(base_url=address, timeout=20, **PLAIN) as http:
        yield Caller(http, folder, before)


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Caller]:
    """A simulator whose requests stay in the queue for as long as any test lasts."""
    async with calling(tmp_path / "simulator", queue_seconds=600, run_seconds=600) as caller:
        yield caller


@pytest.fixture
def until() -> Callable[[Callable[[], Awaitable[Any]], Callable[[Any], bool]], Awaitable[Any]]:
    """Ask again and again until an answer is as wanted; the test's time limit ends it."""

    async def ask(question: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool]) -> Any:
        while True:
            answer = await question()
            if wanted(answer):
                return answer

    return ask


def data_uri(picture: Image.Image) -> str:
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return f"data:image/png;base64,{base64.b64encode(kept.getvalue()).decode()}"
