"""Every model: its form is asked for, filled and sent, and what arrived is what was meant.

The simulator's own models, and those of a folder of real schemas where it lies beside the
checkout; the latter are no part of it.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.inputs.fields import make_form
from app.simulator.beside import simulator_beside
from tests.runs.meant import Meant, Pairs
from tests.support.forms import filled, posted_by
from tests.support.playground import Playground, accepted, playground

OWN = Path(__file__).resolve().parents[2] / "app" / "simulator" / "models"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "runcomfy" / "schemas"
WAIT_SECONDS = 60.0

# What a schema alone does not tell: values that fit a union or a broken part, as posted and as
# sent, for the least of a model or the whole of it.
OTHERWISE: dict[str, tuple[dict[str, str | list[str]], dict[str, Any]]] = {
    "paperlantern/collage/text-to-image whole": (
        {
            "image_size": "custom",
            "image_size.width": "640",
            "image_size.height": "480",
            "background._as": "fade",
            "background.kind": "fade",
            "background.from": "#000000",
            "background.to": "#ffffff",
            "background.angle": "45",
            "edition._as": "text",
            "edition": "7",
        },
        {
            "image_size": {"width": 640, "height": 480},
            "background": {"kind": "fade", "from": "#000000", "to": "#ffffff", "angle": 45},
            "edition": "7",
        },
    ),
    # Two of its defaults break its own rules: the form shows and says so, and lets none pass.
    "workbench/cracked/text-to-image": (
        {"style": "rich", "level": "1"},
        {"style": "rich", "level": 1},
    ),
    "workbench/cracked/text-to-image whole": (
        {"amount": "5", "steps": "3", "kind": '"red"', "missing": "[1]", "plain words": "{}"},
        {"amount": 5, "steps": 3, "kind": "red", "missing": [1], "plain words": {}},
    ),
    "workbench/free-form/text-to-image": ({"prompt": "x"}, {"prompt": "x"}),
    "workbench/free-form/text-to-image whole": (
        {
            "prompt": "x",
            "strength": "1",
            "count": "2",
            "bright": "false",
            "words": "one",
            "box": ["1", "2", "3", "4"],
            "anything": "[null]",
        },
        {
            "prompt": "x",
            "strength": 1,
            "count": 2,
            "bright": False,
            "words": ["one"],
            "box": [1, 2, 3, 4],
            "anything": [None],
        },
    ),
}
# What no control can be made for.
BOXES = {
    "workbench/cracked/text-to-image": {"kind", "missing", "plain words"},
    "workbench/free-form/text-to-image": {"weights", "anything"},
}


@dataclass
class Trial:
    """One model's form, sent once."""

    model_id: str
    schema: dict[str, Any]
    whole: bool

    @property
    def name(self) -> str:
        return f"{self.model_id}{' whole' if self.whole else ''}"

    def meant(self) -> tuple[Pairs, dict[str, Any]]:
        """The pairs that are posted in place of the form's own, and the body meant."""
        told = Meant(self.schema, whole=self.whole)
        texts, body = OTHERWISE.get(self.name, ({}, {}))
        pairs = [
            (name, text)
            for name, said in texts.items()
            for text in (said if isinstance(said, list) else [said])
        ]
        inputs = told.inputs()
        return filled(told.pairs(inputs), pairs), inputs | body


def trials(folder: Path) -> list[Trial]:
    models = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))
    ]
    return [
        Trial(model["model_id"], model["input_schema"], whole)
        for model in models
        for whole in (False, True)
    ]


ALL = {folder: trials(folder) for folder in (OWN, SHARED) if folder.is_dir()}


@pytest.fixture(scope="module")
async def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What went wrong with each trial, nothing where all is well; they wait side by side."""
    folder = tmp_path_factory.mktemp("all")
    every = [trial for listed in ALL.values() for trial in listed]
    # In the queue for longer than the test lasts: what arrives is looked at, no picture drawn.
    times = {"queue_seconds": 600, "run_seconds": 600}
    models = SHARED if SHARED in ALL else None
    with simulator_beside(folder / "simulator", models=models, **times) as address:
        async with playground(folder, runcomfy_base_url=address, poll_seconds=60) as running:
            find = running.services.shelf.find
            await until(lambda: all(find(trial.model_id) for trial in every))
            sent = [await send(running, trial) for trial in every]
            refused = [words or await refusal(running, run_id) for run_id, words in sent]
    arrived: dict[str, list[Any]] = {}
    for line in accepted(folder / "simulator"):
        arrived.setdefault(line["model_id"], []).append(line["inputs"])
    return {
        trial.name: words or compared(trial, arrived.get(trial.model_id, []))
        for trial, words in zip(every, refused, strict=True)
    }


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not holds():  # noqa: ASYNC110 - another process's file tells
            await asyncio.sleep(0.05)


async def send(running: Playground, trial: Trial) -> tuple[str, str]:
    """Fill the form and send it; gives the run's id, and in words what the playground refused."""
    page = await running.client.get(f"/models/{trial.model_id}")
    if page.status_code != 200:
        return "", f"the form answers {page.status_code}"
    pairs = filled(posted_by(page.text, target="/runs"), trial.meant()[0])
    answer = await running.client.post(
        f"/models/{trial.model_id}/runs",
        content=urlencode(pairs),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    if answer.status_code == 303:
        return answer.headers["location"].rsplit("/", 1)[-1], ""
    problems = re.findall(r'<p class="err"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    return "", f"{answer.status_code}: {' | '.join(problems) or answer.text[:300]}"


async def refusal(running: Playground, run_id: str) -> str:
    """What the simulator refused, in its words."""
    run = await running.until(run_id, "queued", "running")
    return f"{run.http_status}: {run.words}" if run.ended else ""


def compared(trial: Trial, arrived: list[Any]) -> str:
    """How the body meant differs from the nearest that arrived; nothing when it arrived."""
    meant = as_numbers(trial.meant()[1])
    bodies = []
    for inputs in arrived:
        body = as_numbers(inputs)
        if "seed" not in meant and isinstance(body.get("seed"), int):
            del body["seed"]  # rolled, since nobody chose one
        bodies.append(body)
    if meant in bodies:
        return ""
    return f"meant {meant}, arrived {bodies}"


def as_numbers(value: Any) -> Any:
    """The same with 1 for 1.0, which are one in JSON, and true marked, which is not 1 there."""
    if isinstance(value, dict):
        return {name: as_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_numbers(one) for one in value]
    if isinstance(value, bool):
        return f"boolean {value}"
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.mark.parametrize("folder", ALL, ids=lambda folder: folder.name)
async def test_what_arrives_is_what_was_meant(outcomes: dict[str, str], folder: Path) -> None:
    names = [trial.name for trial in ALL[folder]]

    assert [f"{name}: {outcomes[name]}" for name in names if outcomes[name]] == []


@pytest.mark.parametrize("folder", ALL, ids=lambda folder: folder.name)
def test_every_input_has_a_control_of_its_own(folder: Path) -> None:
    boxes = {
        trial.model_id: found
        for trial in ALL[folder]
        if (found := boxes_in(trial.schema) - BOXES.get(trial.model_id, set()))
    }

    assert boxes == {}


def boxes_in(schema: dict[str, Any]) -> set[str]:
    """The names of inputs that are offered as nothing better than JSON."""
    named = make_form(schema).named
    return {name for name, field in named.items() if field.control == "json"}
