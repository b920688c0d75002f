"""Which input of a schema a kept file is given to."""

from typing import Any

import pytest

from app.media.takers import first_input


def inputs(*required: str, **formats: str) -> dict[str, Any]:
    described = {name: {"type": "string", "format": given} for name, given in formats.items()}
    return {"properties": described, "required": list(required)}


@pytest.mark.parametrize(
    ("schema", "kind", "name"),
    [
        (inputs(image_url="image_uri"), "image", "image_url"),
        (inputs(image_url="image_uri"), "video", None),
        (inputs(image_urls="image_uris"), "image", "image_urls"),
        (inputs("main_url", style_url="image_uri", main_url="image_uri"), "image", "main_url"),
        (inputs(mask_url="image_uri", image_url="image_uri"), "image", "image_url"),
        (inputs(mask_url="image_uri"), "image", None),
        (inputs(end_image="image_uri", start_image="image_uri"), "image", "start_image"),
        (inputs("end_image", end_image="image_uri"), "image", "end_image"),
        (inputs(audio_url="uri"), "audio", "audio_url"),
        (inputs(mask_image_url="uri", image_url="uri"), "image", "image_url"),
        (inputs(lora_url="uri"), "image", None),
        ({"properties": {"image_url": "a text"}}, "image", None),
        ({"properties": ["image_url"]}, "image", None),
        ({}, "image", None),
    ],
)
def test_the_first_fitting_input_takes_a_file(
    schema: dict[str, Any], kind: str, name: str | None
) -> None:
    assert first_input(schema, kind) == name
