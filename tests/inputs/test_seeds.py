"""Seeds that nobody chose."""

from typing import Any

import pytest

from app.inputs.fields import Form, make_form
from app.inputs.schema import JsonObject
from app.inputs.seeds import roll_seeds


def drawn_between(described: JsonObject) -> tuple[int, int]:
    """The range that a seed is drawn from."""
    asked: list[tuple[int, int]] = []

    def draw(least: int, most: int) -> int:
        asked.append((least, most))
        return least

    roll_seeds(make_form({"properties": {"seed": described}}), {}, draw)
    return asked[0]


def test_an_empty_seed_is_rolled_named_and_put_in_its_place(picture: Form) -> None:
    inputs, rolled = roll_seeds(picture, {"prompt": "x", "output_format": "png"}, lambda a, b: b)

    assert inputs == {"prompt": "x", "seed": 2**31 - 1, "output_format": "png"}
    assert list(inputs) == ["prompt", "seed", "output_format"]
    assert rolled == ["seed"]


@pytest.mark.parametrize("seed", [0, -1, 7, 2**63 - 1, None])
def test_a_chosen_seed_is_left_alone(picture: Form, seed: int | None) -> None:
    given: JsonObject = {"prompt": "x", "seed": seed}

    assert roll_seeds(picture, given, lambda a, b: 1) == (given, [])


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, (0, 2**31 - 1)),
        ({"minimum": 0, "maximum": 4294967295}, (0, 4294967295)),
        ({"minimum": -1, "maximum": 100, "default": -1}, (0, 100)),
        ({"minimum": 5}, (5, 2**31 - 1)),
        ({"maximum": -5}, (-4 - 2**31, -5)),
        ({"minimum": 2**40}, (2**40, 2**40 + 2**31 - 1)),
        ({"minimum": -9, "maximum": -5}, (-9, -5)),
        ({"minimum": 0, "description": "Use 0 to let the provider randomize."}, (1, 2**31 - 1)),
        ({"minimum": 0, "description": "Random seed (0–2147483647)."}, (0, 2**31 - 1)),
    ],
)
def test_a_seed_is_drawn_in_its_range(limits: JsonObject, expected: tuple[int, int]) -> None:
    assert drawn_between({"type": "integer", **limits}) == expected


def test_a_model_without_a_seed_gets_none() -> None:
    form = make_form({"properties": {"prompt": {"type": "string"}}})
    draw: Any = None

    assert roll_seeds(form, {"prompt": "x"}, draw) == ({"prompt": "x"}, [])
    assert not form.takes_seed
