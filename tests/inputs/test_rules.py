"""RunComfy's own rules about files."""

import pytest

from app.inputs.fields import make_form
from app.inputs.rules import Measures, broken_rules, read_rules
from app.inputs.schema import JsonObject, JsonValue


def rule(name: JsonValue, value: JsonValue, words: str = "Not so.") -> JsonObject:
    """One rule as RunComfy writes it."""
    return {"validation_rule": name, "validation_value": value, "validation_error": words}


@pytest.mark.parametrize(
    ("name", "value", "measures", "is_broken"),
    [
        ("width_pixels>", 14, Measures(width=14), True),
        ("width_pixels>", 14, Measures(width=15), False),
        ("height_pixels<", 300, Measures(height=300), True),
        ("height_pixels<", 300, Measures(height=299), False),
        ("width/height<", 16, Measures(width=1600, height=100), True),
        ("width/height>", 0.0625, Measures(width=100, height=1600), True),
        ("width/height>", 0.0625, Measures(width=101, height=1600), False),
        ("file_size_mb<", 16, Measures(size_bytes=16 * 2**20), True),
        ("file_size_mb<", 16, Measures(size_bytes=16 * 2**20 - 1), False),
        ("file_size_mb>", 1, Measures(size_bytes=10**6), True),
        ("file_size_mb>", 1, Measures(size_bytes=10**6 + 1), False),
        ("width_pixels>", 14, Measures(), False),
        ("moon_phase>", 14, Measures(1, 1, 1), False),
        ("width_pixels=", 14, Measures(width=1), False),
        ("width_pixels>", "14", Measures(width=1), False),
    ],
)
def test_a_rule_is_strict_and_what_cannot_be_measured_breaks_none(
    name: str, value: JsonValue, measures: Measures, is_broken: bool
) -> None:
    rules = read_rules({"validations": [rule(name, value)]})

    assert broken_rules(rules, measures) == (["Not so."] if is_broken else [])


@pytest.mark.parametrize("odd", [None, 5, "x", {}, [None, 5, {}, {"validation_rule": 3}]])
def test_rules_that_are_none_are_passed_over(odd: JsonValue) -> None:
    assert read_rules({"validations": odd}) == ()


def test_the_words_stand_beside_the_control_each_once() -> None:
    twice: list[JsonValue] = [
        rule("width_pixels>", 9),
        rule("height_pixels>", 9),
        rule("?", 1, "Or."),
    ]
    form = make_form(
        {"properties": {"image": {"format": "image_uris", "items": {"validations": twice}}}}
    )

    assert form.named["image"].warning == "Not so. Or."
