"""A playground and its simulator as processes, and what a person does on its pages."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Locator, Page, Response, expect

from tests.support.plain import PLAIN
from tests.support.playground import FLASH, accepted
from tests.support.serve import Server, SimulatorProcess

# Quick; a test that looks at a passing state holds its run (`[held]`, Site.go_on).
QUEUE_SECONDS = 0.1
RUN_SECONDS = 0.3
WAIT_MILLISECONDS = 60_000
# Chromium's own account of what has moved by itself; a move within half a second of a key or a
# click is the person's doing.
NOTE_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (!entry.hadRecentInput)
          shifts.push([entry.value, ...entry.sources.map((source) => source.node?.className)]);
    }).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.01


class Site:
    """One server and the simulator it talks to, with all that they keep in one folder."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        queue_seconds: float = QUEUE_SECONDS,
        run_seconds: float = RUN_SECONDS,
        rough: bool = True,
    ) -> None:
        """Prepare both, without starting them.

        settings: of the server, beside the usual ones. rough: whether pictures may look less well.
        """
        self.simulator = SimulatorProcess(
            folder, queue_seconds=queue_seconds, run_seconds=run_seconds, rough=rough
        )
        self.server = Server(
            folder,
            {
                "RUNCOMFY_BASE_URL": self.simulator.address,
                "PLAYGROUND_POLL_SECONDS": "0.5",
                **(settings or {}),
            },
        )
        self._folder = folder

    @property
    def address(self) -> str:
        """Where its pages are."""
        return self.server.address

    def start(self) -> None:
        """Start both and wait until they answer."""
        self.simulator.start()
        self.server.start()

    def stop(self) -> None:
        """Ask both to stop, and wait."""
        self.server.stop()
        self.simulator.stop()

    def kill(self) -> None:
        """End both at once."""
        self.server.kill()
        self.simulator.kill()

    def accepted(self, prompt: str) -> list[Mapping[str, Any]]:
        """The inputs of every paid request with this prompt that the simulator has accepted."""
        requests = [request["inputs"] for request in accepted(self._folder / "simulator")]
        return [inputs for inputs in requests if inputs["prompt"] == prompt]

    def request_ids(self, prompt: str) -> list[str]:
        """RunComfy's names for those requests."""
        return [
            request["request_id"]
            for request in accepted(self._folder / "simulator")
            if request["inputs"]["prompt"] == prompt
        ]

    async def go_on(self, prompt: str) -> None:
        """Let the held run with this prompt go on: from the queue to work, from there to its end.

        So a test sees each state for as long as it looks, however busy the machine is.
        """
        async with httpx.AsyncClient(**PLAIN) as runcomfy:
            [request_id] = self.request_ids(prompt)
            answer = await runcomfy.post(f"{self.simulator.address}/go-on/{request_id}")
            answer.raise_for_status()


def form_of(model_id: str) -> str:
    """The path of a model's page, below the site's address."""
    return f"models/{model_id}"


def prompt_box(page: Page) -> Locator:
    """Where the prompt is typed."""
    return page.get_by_role("textbox", name="Prompt")


def run_button(page: Page) -> Locator:
    """The button that sends the form."""
    return page.locator("#form .go")


async def run(page: Page, prompt: str, model_id: str = FLASH) -> str:
    """Open a model's page, write the prompt and press Ctrl+Enter. Gives the new run's id."""
    await page.goto(form_of(model_id))
    await prompt_box(page).fill(prompt)
    return await send(page)


async def send(page: Page) -> str:
    """Press Ctrl+Enter in the form. Gives the new run's id."""
    await prompt_box(page).press("Control+Enter")
    await page.wait_for_url(re.compile(r"/runs/\w+$"))
    return page.url.rsplit("/", 1)[-1]


def shown(page: Page, state: str) -> Locator:
    """The run beside the form, in a state."""
    return page.locator(f'#shown [data-run][data-state="{state}"]')


async def until(page: Page, state: str) -> Locator:
    """Wait until the run beside the form is in a state, without touching the page."""
    run_shown = shown(page, state)
    await expect(run_shown).to_be_visible(timeout=WAIT_MILLISECONDS)
    return run_shown


async def reload_until(page: Page, state: str) -> None:
    """Load a page without scripts again and again: by itself it does so every three seconds."""
    while not await shown(page, state).count():
        await page.reload()


async def settled(page: Page) -> None:
    """Wait until htmx has made what it swapped in work."""
    await expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


async def has_loaded(picture: Locator) -> bool:
    """Whether a picture's bytes have come and could be drawn."""
    await expect(picture).to_be_visible()
    await picture.evaluate("async (image) => { await image.decode(); }")
    return bool(await picture.evaluate("(image) => image.naturalWidth > 0"))


def is_poll(response: Response) -> bool:
    """Whether an answer is one to an open page that asks what is new of its run."""
    return "/runs/" in response.url and "seen=" in response.url


async def check_nothing_moved(page: Page) -> None:
    """Check what NOTE_SHIFTS has noted since the page was loaded."""
    shifts = await page.evaluate("shifts")
    assert sum(value for value, *_ in shifts) <= MOST_SHIFT, (page.url, shifts)
