"""Sizes and shapes."""

import pytest

from app.inputs.check import check
from app.inputs.fields import make_form
from app.inputs.schema import JsonObject
from app.inputs.sizes import (
    NAMED_SIZES,
    Side,
    expected_size,
    offers_custom_size,
    shape_of,
    told_side,
)


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


@pytest.mark.parametrize("name", [*NAMED_SIZES, "21:9", "1:4", "auto", "1024x1024", "4096*512"])
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


@pytest.mark.parametrize(
    ("name", "made", "has_picture", "words"),
    [
        ("landscape_4_3", None, False, "about 1024 × 768"),
        ("landscape_4_3", (1152, 864), False, "1152 × 864"),
        ("16:9", None, False, ""),
        ("16:9", (1344, 756), False, "1344 × 756"),
        ("1536x1024", (1, 1), False, ""),
        ("auto", None, False, "Auto: the model decides"),
        ("auto", None, True, "Auto: as the first picture"),
    ],
)
def test_a_named_size_is_about_right_until_a_result_has_shown_it(
    name: str, made: tuple[int, int] | None, has_picture: bool, words: str
) -> None:
    shape = shape_of(name)

    assert shape is not None
    assert shape.words_with(made, has_picture=has_picture) == words


@pytest.mark.parametrize(
    ("words", "side", "hint"),
    [
        (
            "256-1536 px in width and height, multiples of 16",
            Side(256, 1536, 16),
            "256 to 1,536, in steps of 16",
        ),
        ("Between 512 and 2048 pixels.", Side(512, 2048), "512 to 2,048"),
        ("Both must be divisible by 8.", Side(multiple=8), "in steps of 8"),
        ('Pass {"width": 1280, "height": 720}.', Side(), ""),
        ("2048 to 512 px", Side(), ""),
    ],
)
def test_what_a_model_asks_of_a_side_is_read_from_its_words(
    words: str, side: Side, hint: str
) -> None:
    assert told_side(words) == side
    assert side.in_words == hint


def test_a_custom_size_is_checked_against_the_words_beside_it() -> None:
    form = make_form(
        {
            "properties": {
                "image_size": {
                    "enum": ["square", "portrait_4_3"],
                    "description": "A custom {width, height} object may be sent instead,"
                    " 256 to 1536 px, multiples of 16.",
                }
            }
        }
    )

    problems = check(form, {"image_size": {"width": 1000, "height": 2048}})

    assert [(one.name, one.message) for one in problems] == [
        ("image_size.width", "1,000 is not a multiple of 16. Use 992 or 1,008."),
        ("image_size.height", "2,048 is too high. Use 256 to 1,536, in steps of 16."),
    ]
    assert check(form, {"image_size": {"width": 1024, "height": 768}}) == []


def test_two_whole_numbers_called_width_and_height_are_a_pair() -> None:
    sides: JsonObject = {
        side: {"type": "integer", "minimum": 256, "maximum": 2048, "multipleOf": 32}
        for side in ("width", "height")
    }
    form = make_form({"properties": {"prompt": {"type": "string"}, **sides}})

    assert form.pair is not None
    assert [field.as_side for field in form.pair] == [Side(256, 2048, 32)] * 2
    assert make_form({"properties": {"width": {"type": "integer"}}}).pair is None
