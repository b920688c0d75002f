"""The product in the test's own process: the whole app with its lifespan, asked over ASGI."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.main import create_app
from app.runs.queries import Run
from app.runs.services import Services
from app.settings import load_settings
from app.simulator.beside import simulator_beside
from tests.support.plain import PLAIN

FLASH = "blackforestlabs/flux-2/flash/text-to-image"
EDIT = "blackforestlabs/flux-2/pro/edit"
HTMX = {"HX-Request": "true"}
SMALL = {"image_size": "square"}
_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Playground:
    """A running playground: its app, a client as a browser would be, and its inner parts."""

    app: FastAPI
    client: httpx.AsyncClient
    folder: Path

    @property
    def services(self) -> Services:
        """What its runs work with."""
        found: Services = self.app.state.services
        return found

    async def run(self, model_id: str = FLASH, /, **values: Any) -> str:
        """Send a model's form as a browser without JavaScript does; gives the run's id."""
        answer = await self.client.post(f"/models/{model_id}/runs", data=values)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rsplit("/", 1)[-1]

    async def until(self, run_id: str, *states: str) -> Run:
        """Wait until a run is in one of some states, or has ended."""
        return await self.until_it(
            run_id,
            lambda run: run.state in states or run.ended or (not states and run.state == "unknown"),
        )

    async def until_it(self, run_id: str, fits: Callable[[Run], bool]) -> Run:
        """Wait until a run is as wanted."""
        async with asyncio.timeout(_WAIT_SECONDS):
            while True:
                run = await self.services.read(run_id)
                if fits(run):
                    return run
                await asyncio.sleep(0.05)

    async def until_catalogue(self) -> None:
        """Wait until the simulator's catalogue and samples are taken over, soon after the start."""
        async with asyncio.timeout(_WAIT_SECONDS):
            while True:
                if self.services.shelf.find("simulated/odd/anything") is not None:
                    return
                await asyncio.sleep(0.02)

    def sent(self, prompt: str) -> list[Mapping[str, Any]]:
        """The inputs of every paid request with this prompt that its own simulator accepted."""
        lines = accepted(self.folder / "simulator")
        return [line["inputs"] for line in lines if line["inputs"]["prompt"] == prompt]

    async def go_on(self, run: Run, times: int = 1) -> None:
        """Let what the simulator holds of a run go on: from its queue to work, then to its end."""
        address = self.services.settings.runcomfy_base_url
        async with httpx.AsyncClient(base_url=address, **PLAIN) as runcomfy:
            for _ in range(times):
                (await runcomfy.post(f"/go-on/{run.request_id}")).raise_for_status()

    async def page(self, path: str) -> str:
        """A page's text."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def shows(self, path: str, wanted: Callable[[str], bool]) -> str:
        """Load a page until its text is as wanted; what is counted is counted every few seconds."""
        async with asyncio.timeout(_WAIT_SECONDS):
            while True:
                page = await self.page(path)
                if wanted(page):
                    return page
                await asyncio.sleep(0.1)


@asynccontextmanager
async def playground(folder: Path, **settings: Any) -> AsyncIterator[Playground]:
    """Start the whole app, with its data in a folder; the settings are named as in Settings."""
    usual: dict[str, Any] = {"data_dir": folder / "data", "poll_seconds": 0.5, "port": 8000}
    app = create_app(load_settings(_env_file=None, **usual | settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", timeout=30
        ) as client:
            yield Playground(app, client, folder)


@asynccontextmanager
async def quick_playground(
    folder: Path, *, token: str | None = None, **settings: Any
) -> AsyncIterator[Playground]:
    """A playground with a quick simulator of its own, whose journal lies in `folder/simulator`.

    token: what the simulator demands, and the playground sends.
    """
    quick = {"queue_seconds": 0.1, "run_seconds": 0.2, "rough": True}
    with simulator_beside(folder / "simulator", token=token, **quick) as address:
        usual = {"runcomfy_base_url": address, "runcomfy_token": token}
        async with playground(folder, **usual | settings) as running:
            await running.until_catalogue()
            yield running


def accepted(folder: Path) -> list[Mapping[str, Any]]:
    """Every paid request that the simulator with this folder has accepted, in order."""
    journal = folder / "journal.jsonl"
    if not journal.exists():
        return []
    return [json.loads(line) for line in journal.read_text().splitlines()]


def one_time_key(page: str) -> str:
    """The one-time key in a form's page."""
    found = re.search(r'name="_key" value="([^"]+)"', page)
    assert found, "the page has no one-time key"
    return found[1]
