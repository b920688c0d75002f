"""Sizes and shapes."""

import pytest

from app.inputs.schema import JsonObject
from app.inputs.sizes import NAMED_SIZES, expected_size, offers_custom_size, shape_of


@pytest.mark.parametrize(
    ("inputs", "size"),
    [
        ({"image_size": "landscape_4_3"}, (1024, 768)),
        ({"image_size": {"width": 1280, "height": 720}}, (1280, 720)),
        ({"image_size": "auto"}, None),
        ({"image_size": "1536x1024"}, (1536, 1024)),
        ({"width": 640, "height": 480, "aspect_ratio": "1:1"}, (640, 480)),
        ({"aspect_ratio": "16:9"}, (1024, 576)),
        ({"aspect_ratio": "9:16"}, (576, 1024)),
        ({"aspect_ratio": "adaptive"}, None),
        ({"image_size": {"width": 0, "height": 720}}, None),
        ({"image_size": {"width": True, "height": 720}}, None),
        ({"image_size": ["square"]}, None),
        ({"aspect_ratio": "0:9"}, None),
        ({}, None),
    ],
)
def test_the_shape_of_a_result_is_known_as_far_as_the_inputs_tell(
    inputs: JsonObject, size: tuple[int, int] | None
) -> None:
    assert expected_size(inputs) == size


@pytest.mark.parametrize("name", [*NAMED_SIZES, "21:9", "1:4", "auto"])
def test_every_frame_fits_its_cell(name: str) -> None:
    shape = shape_of(name)

    assert shape is not None
    assert shape.scale * shape.ratio**0.5 <= 35
    assert shape.scale / shape.ratio**0.5 <= 39


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ('For custom sizes, pass an object with width and height, {"width": 1280}', True),
        ("a custom `{width, height}` may be sent instead", True),
        ("256-1536 px in width and height", False),
        ("", False),
    ],
)
def test_a_custom_size_is_found_in_the_description(words: str, offered: bool) -> None:
    assert offers_custom_size(words) is offered
