"""The catalogue."""

import io
import json
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from app.simulator.models import Catalogue
from tests.simulator.conftest import EDIT, FLASH, Caller, calling, data_uri

ALL = Catalogue().page({"include_schema": "true"}, "http://here")["models"]


async def test_the_catalogue_is_listed_page_by_page(instant: Caller) -> None:
    whole = (await instant.http.get("/v1/models")).json()
    first = (await instant.http.get("/v1/models?limit=2")).json()
    rest = (await instant.http.get("/v1/models?limit=50&offset=2")).json()

    assert first["models"] + rest["models"] == whole["models"]
    assert first["total"] == whole["total"] == len(whole["models"])
    assert [model["model_id"] for model in first["models"]] == [FLASH, EDIT]
    assert all("input_schema" not in model for model in whole["models"])


async def test_models_are_found_by_words_and_by_category(instant: Caller) -> None:
    found = (await instant.http.get("/v1/models?search=FLUX+edit")).json()
    voice = (await instant.http.get("/v1/models?category=text-to-audio&search=voice")).json()
    nothing = (await instant.http.get("/v1/models?kind=lora")).json()

    assert [model["model_id"] for model in found["models"]] == [EDIT]
    assert [model["model_id"] for model in voice["models"]] == ["wren/voice-1/text-to-audio"]
    assert nothing == {"models": [], "total": 0}


async def test_categories_are_not_taken_for_a_model(instant: Caller) -> None:
    answer = (await instant.http.get("/v1/models/categories")).json()

    assert answer["categories"][:2] == ["text-to-image", "image-to-image"]


async def test_a_model_tells_its_price_and_its_schema_in_the_published_dialect(
    instant: Caller,
) -> None:
    flash = (await instant.http.get(f"/v1/models/{FLASH}")).json()

    properties = flash["input_schema"]["properties"]
    assert (flash["base_price_usd"], flash["price_unit"]) == (0.005, "output")
    assert properties["guidance_scale"]["type"] == "float"
    assert properties["seed"]["default"] is None
    assert flash["input_schema"]["required"] == ["prompt"]


async def test_an_example_picture_lies_at_the_simulator_itself(instant: Caller) -> None:
    edit = (await instant.http.get(f"/v1/models/{EDIT}")).json()

    (address,) = edit["input_schema"]["properties"]["image_urls"]["default"]
    assert address.startswith(str(instant.http.base_url))
    assert (await instant.http.get(address)).headers["content-type"] == "image/jpeg"


async def test_listing_with_schemas_gives_what_each_model_gives(instant: Caller) -> None:
    listed = (await instant.http.get("/v1/models?include_schema=true")).json()["models"]

    for model in listed:
        assert (await instant.http.get(f"/v1/models/{model['model_id']}")).json() == model


def test_the_catalogue_can_be_read_by_people() -> None:
    ids = [model["model_id"] for model in ALL]
    names = [model["display_name"] for model in ALL]

    assert len(ids) == len(set(ids)) == len(set(names)) > 40
    assert all(0 < len(model["description"]) < 200 for model in ALL)
    assert all(model.get("base_price_usd", 1) > 0 for model in ALL)
    assert sum("base_price_usd" not in model for model in ALL) >= 3
    assert {model.get("price_unit") for model in ALL} == {"output", "second", None}


def test_the_catalogue_shows_what_schemas_are_made_of() -> None:
    written = json.dumps([model["input_schema"] for model in ALL])

    for shape in (
        *('"float"', '"default": null', '"nullable": true', '["integer", "string"]'),
        *("anyOf", "oneOf", "allOf", "$ref", '"const"', '"if"', "dependentRequired"),
        *("image_uri", "video_uri", "audio_uri", "image_uris", "video_uris", "audio_uris"),
        *("validations", "mask", "multipleOf", "exclusiveMinimum", "pattern", "maxLength"),
        *("date-time", "email", "password", "color", "enumNames", "prefixItems", "promptImage"),
        *("additionalProperties", "image_url_9", '"width"', '"minItems": 0', '"4K"'),
    ):
        assert shape in written, shape
    properties = [model["input_schema"].get("properties", {}) for model in ALL]
    assert max(len(one) for one in properties) == 1000
    assert max(len(one.get("style", {}).get("enum", [])) for one in properties) == 5000


@pytest.mark.parametrize(
    ("model_id", "inputs", "files", "cost"),
    [
        ("meadow/clover-sketch/text-to-image", {}, {"image": "image/png"}, None),
        (
            "meadow/tiles/text-to-image",
            {"num_images": 2},
            {"images": ["image/png", "image/png"]},
            0.012,
        ),
        (
            "paperlantern/scribe/image-to-text",
            {"image_url": "{origin}/samples/dusk.jpg"},
            {"text": None, "file": "text/plain; charset=utf-8"},
            0.002,
        ),
        (
            "paperlantern/bundle/text-to-video",
            {},
            {"video": "video/mp4", "audio": "audio/wav", "images": ["image/png"]},
            0.15,
        ),
    ],
)
async def test_each_kind_of_model_yields_files_of_its_kind(
    instant: Caller, model_id: str, inputs: Any, files: Any, cost: float | None
) -> None:
    origin = str(instant.http.base_url).rstrip("/")
    given = json.loads(json.dumps({"prompt": "sea", **inputs}).replace("{origin}", origin))

    result = await instant.result(await instant.accepted(model_id, **given))

    assert await kinds(instant, result["output"]) == files
    assert result.get("cost") == cost


@pytest.mark.parametrize(
    ("model_id", "inputs", "cost"),
    [
        ("tidewater/drift-3/text-to-video", {"duration": "10"}, 0.5),
        ("tidewater/drift-3/text-to-video", {"duration": "auto"}, 0.25),
        (
            "tidewater/storyboard/text-to-video",
            {"scenes": [{"prompt": "sea", "duration": 2}, {"prompt": "dunes", "duration": 5}]},
            0.42,
        ),
        ("simulated/moving/text-to-video", {}, 0.04),
    ],
)
async def test_what_lasts_is_paid_for_by_the_second(
    instant: Caller, model_id: str, inputs: Any, cost: float
) -> None:
    request_id = await instant.accepted(model_id, prompt="sea", **inputs)

    assert (await instant.result(request_id))["cost"] == cost


async def kinds(caller: Caller, output: Any) -> Any:
    """The output with the media type of each file in place of its address."""
    if isinstance(output, dict):
        return {name: await kinds(caller, one) for name, one in output.items()}
    if isinstance(output, list):
        return [await kinds(caller, one) for one in output]
    if not output.startswith("http"):
        return None
    return (await caller.http.get(output)).headers["content-type"]


async def test_a_video_from_a_picture_moves_over_that_picture(instant: Caller) -> None:
    red = data_uri(Image.new("RGB", (320, 180), (200, 20, 20)))

    answer = await instant.file("tidewater/drift-3/4K/image-to-video", image=red, duration=3)

    with av.open(io.BytesIO(answer.content), "r") as video:
        frame = next(video.decode(video=0))
        seen = frame.to_image().resize((1, 1))  # type: ignore[no-untyped-call]
    assert [round(band, -1) for band in seen.getpixel((0, 0))] == [200, 20, 20]


async def test_samples_that_move_and_sound_are_there(instant: Caller) -> None:
    assert (await instant.http.get("/samples/walk.mp4")).headers["content-type"] == "video/mp4"
    assert (await instant.http.get("/samples/chords.wav")).headers["content-type"] == "audio/wav"


async def test_further_models_come_from_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    schema = {"type": "object", "properties": {"prompt": {"type": "string"}}, "required": []}
    short = {"model_id": "own/One.5/image-to-video", "name": "One", "category": "image-to-video"}
    (folder / "one.json").write_text(json.dumps({**short, "input_schema": schema}))

    async with calling(tmp_path / "simulator", models=folder, run_seconds=0) as caller:
        (one,) = (await caller.http.get("/v1/models?search=own/One")).json()["models"]
        request_id = await caller.accepted("own/One.5/image-to-video", prompt="sea")
        total = (await caller.http.get("/v1/models?limit=1")).json()["total"]

    assert total == len(ALL) + 1
    assert (one["display_name"], one["categories"]) == ("One", ["image-to-video"])
    assert "base_price_usd" not in one
    assert caller.journal()[0]["request_id"] == request_id
