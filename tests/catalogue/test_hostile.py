"""Models whose descriptions are hostile: deep, in circles, enormous, wrongly typed, explosive."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.simulator.beside import simulator_beside
from tests.support.playground import Playground, playground

PROMPT = {"type": "string"}
SECONDS, BYTES = 5.0, 8_000_000
TEXT = "a" * 40 + "!"


def deep(levels: int) -> dict[str, Any]:
    """Objects in objects, lists in lists."""
    inside: dict[str, Any] = {"type": "string"}
    for level in range(levels):
        inside = (
            {"type": "array", "items": inside}
            if level % 2
            else {"type": "object", "properties": {"a": inside}, "required": ["a"]}
        )
    return inside


SCHEMAS: dict[str, Any] = {
    "deep": {"prompt": PROMPT, "tree": deep(150)},
    "circles": {
        "prompt": PROMPT,
        "self": {"$ref": "#/properties/self"},
        "there": {"$ref": "#/properties/back"},
        "back": {"$ref": "#/properties/there"},
        "whole": {"$ref": "#"},
        "union": {"anyOf": [{"$ref": "#/properties/union"}, {"$ref": "#/properties/union"}]},
    },
    "outside": {
        "prompt": PROMPT,
        "http": {"$ref": "{origin}/elsewhere/schema.json"},
        "id": {"$id": "{origin}/elsewhere/", "$ref": "other.json"},
        "dynamic": {"$dynamicRef": "{origin}/elsewhere/d.json#x", "$schema": "{origin}/elsewhere"},
        "file": {"$ref": "file:///etc/passwd"},
    },
    "patterns": {
        "prompt": {"type": "string", "pattern": "^(a+)+$"},
        "one": {"type": "string", "pattern": "(a|aa)+$"},
        "two": {"type": "string", "pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"},
        "three": {"type": "string", "pattern": "(?:a*)*(?:a*)*b"},
        "four": {"type": "string", "pattern": "([a-z"},
        "five": {"type": "string", "pattern": "a{1,65535}{1,65535}"},
        "six": {"type": "string", "pattern": 7},
        "names": {"type": "object", "patternProperties": {"^(a+)+$": PROMPT}},
    },
    "types": {
        "prompt": PROMPT,
        "one": [],
        "two": 7,
        "three": {"type": {}, "enum": 5, "required": "a", "properties": []},
        "four": {"type": "array", "items": 5, "minItems": "x", "maxItems": -3},
        "five": {"enum": [{}, [], None, {"a": [1]}], "default": {"b": {}}},
        "six": {"type": "integer", "minimum": "low", "maximum": [], "multipleOf": 0},
        "seven": {"anyOf": {}, "oneOf": 5, "allOf": [7], "not": [], "if": 3},
        "eight": {"title": {}, "description": [], "default": 1e308, "format": 9},
        "": {"type": "string"},
        "a.b[c]": {"type": "string"},
        "_key": {"type": "string"},
        "<script>alert(1)</script>": {"type": "string", "title": "</script><b>"},
    },
    "enormous": {
        "prompt": PROMPT | {"description": "words " * 1_000_000, "default": "x" * 2_000_000},
        "choice": {"type": "string", "enum": [f"choice {number}" for number in range(50_000)]},
        "many": {"type": "object", "properties": {f"p{n}": PROMPT for n in range(5_000)}},
        **{f"property_{number}": {"type": "string"} for number in range(3_000)},
    },
}


@pytest.fixture(scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A playground whose RunComfy offers all of them."""
    folder = tmp_path_factory.mktemp("hostile")
    models = folder / "models"
    models.mkdir()
    for name, properties in SCHEMAS.items():
        described = {
            "model_id": f"hostile/{name}/text-to-image",
            "input_schema": {"type": "object", "properties": properties, "required": ["prompt"]},
        }
        (models / f"{name}.json").write_text(json.dumps(described))
    with simulator_beside(folder / "simulator", models=models, queue_seconds=0) as address:
        async with playground(folder, runcomfy_base_url=address) as play:
            await play.until_catalogue()
            yield play


@pytest.mark.parametrize("name", SCHEMAS)
async def test_the_page_comes_in_time_and_is_no_larger_than_it_may(
    hostile: Playground, name: str
) -> None:
    began = time.monotonic()
    answer = await hostile.client.get(f"/models/hostile/{name}/text-to-image")

    assert answer.status_code == 200
    assert len(answer.content) < BYTES
    assert "<script>alert" not in answer.text
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("name", SCHEMAS)
async def test_sending_gives_a_run_or_says_what_to_change(hostile: Playground, name: str) -> None:
    began = time.monotonic()
    filled = {"prompt": TEXT, **dict.fromkeys(("one", "two", "three", "a", "_json.x"), TEXT)}
    answer = await hostile.client.post(f"/models/hostile/{name}/text-to-image/runs", data=filled)

    assert answer.status_code in (303, 422)
    assert time.monotonic() - began < SECONDS


async def test_the_catalogue_lists_them_and_fetched_nothing_they_name(hostile: Playground) -> None:
    for name in SCHEMAS:
        assert f"hostile/{name}" in await hostile.page(f"/models?q=hostile+{name}")
    assert not (hostile.folder / "simulator" / "strays.jsonl").exists()
