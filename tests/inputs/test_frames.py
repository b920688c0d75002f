"""The four numbers of outpainting, whatever a model calls them."""

from typing import Any

import pytest

from app.inputs.fields import make_form
from app.inputs.form import Form
from app.inputs.frames import SIDES, frame_of

PICTURE: dict[str, Any] = {"image_url": {"type": "string", "format": "image_uri"}}


def form_with(names: list[str], picture: dict[str, Any] = PICTURE, **number: Any) -> Form:
    described = {"type": "integer", "minimum": 0, "maximum": 512, **number}
    return make_form({"properties": {**picture, **dict.fromkeys(names, described)}})


@pytest.mark.parametrize(
    "pattern", ["expand_{}", "outpaint_{}", "{}", "padding_{}", "{}_padding", "pad_{}_px"]
)
def test_four_numbers_around_a_picture_are_a_frame(pattern: str) -> None:
    names = [pattern.format(side) for side in SIDES]

    frame = frame_of(form_with(names))

    assert frame is not None
    assert list(frame.names.values()) == names
    assert frame.over == "image_url"
    assert frame.most["left"] == 512
    assert not frame.shares


def test_up_and_down_are_sides_too() -> None:
    frame = frame_of(form_with(["left", "right", "up", "down"]))

    assert frame is not None
    assert frame.names == {"left": "left", "right": "right", "top": "up", "bottom": "down"}


def test_small_fractions_are_shares_of_the_picture() -> None:
    names = [f"expand_{side}" for side in SIDES]

    frame = frame_of(form_with(names, type="float", maximum=1))

    assert frame is not None
    assert frame.shares


@pytest.mark.parametrize(
    "form",
    [
        form_with([f"expand_{side}" for side in SIDES[:3]]),
        form_with(["expand_left", "outpaint_right", "expand_top", "expand_bottom"]),
        form_with([f"crop_{side}" for side in SIDES]),
        form_with([f"expand_{side}" for side in SIDES], picture={}),
        form_with([f"expand_{side}" for side in SIDES], type="string"),
    ],
    ids=["three sides", "two families", "a crop", "no picture", "texts"],
)
def test_anything_else_is_none(form: Form) -> None:
    assert frame_of(form) is None
