"""Values of which each is one of several kinds."""

from typing import Any

import pytest

from app.inputs.check import check, check_posted
from app.inputs.fields import make_form
from app.inputs.prefill import from_inputs, untouched
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.values import read_posted

GROUND: JsonObject = {
    "oneOf": [
        {"const": "clear", "title": "Clear"},
        {
            "type": "object",
            "required": ["kind", "color"],
            "properties": {"kind": {"const": "plain"}, "color": {"type": "string"}},
        },
        {
            "type": "object",
            "required": ["kind", "stops"],
            "properties": {
                "kind": {"const": "fade"},
                "stops": {"type": "array", "minItems": 2, "items": {"type": "number"}},
            },
        },
    ]
}
FORM = make_form(
    {
        "properties": {
            "ground": GROUND,
            "length": {"type": ["integer", "string"], "default": 5},
            "maybe": {"anyOf": [{"type": "integer"}, {"type": "boolean"}, {"type": "null"}]},
            "parts": {"type": "array", "items": GROUND},
            "size": {
                "anyOf": [
                    {"enum": ["square", "auto"]},
                    {
                        "properties": {
                            "width": {"type": "integer", "multipleOf": 8},
                            "height": {"type": "integer", "maximum": 2048},
                        }
                    },
                ]
            },
        }
    }
)


def sent(*pairs: tuple[str, str]) -> JsonObject:
    """What is sent for a posted form without problems."""
    posted = read_posted(FORM, pairs)
    assert check_posted(FORM, posted) == []
    return posted.inputs


@pytest.mark.parametrize(
    "inputs",
    [
        {"ground": "clear", "length": 7, "maybe": True},
        {"ground": {"kind": "plain", "color": "red"}, "length": "7", "maybe": 0},
        {"ground": {"kind": "fade", "stops": [0, 0.5]}, "maybe": None},
        {"parts": ["clear", {"kind": "plain", "color": "blue"}, "clear"]},
        {"size": "auto"},
        {"size": {"width": 640, "height": 480}},
        {"length": ""},
    ],
)
def test_each_kind_survives_form_and_posting(inputs: JsonObject) -> None:
    assert check(FORM, inputs) == []
    assert read_posted(FORM, from_inputs(FORM, inputs).items()).inputs == inputs


def test_the_branches_are_called_by_title_constant_or_kind() -> None:
    titles = [[branch.title for branch in field.branches] for field in FORM]

    assert titles[:3] == [
        ["Clear", "Plain", "Fade"],
        ["Whole number", "Text"],
        ["Whole number", "Yes or no"],
    ]
    assert [branch.word for branch in FORM.named["ground"].branches] == ["clear", "plain", "fade"]


def test_the_default_chooses_the_branch_and_nothing_else_is_sent_unasked() -> None:
    assert read_posted(FORM, untouched(FORM).items()).inputs == {"length": 5}


def test_a_plain_client_need_not_say_what_is_clear() -> None:
    assert sent(("ground._as", "plain"), ("ground.color", "red")) == {
        "ground": {"kind": "plain", "color": "red"}
    }
    assert sent(("ground.stops", "1"), ("ground.stops", "2")) == {
        "ground": {"kind": "fade", "stops": [1, 2]}
    }
    assert sent(("length", "9")) == {"length": 9}
    assert sent(("length._as", "text"), ("length", "9")) == {"length": "9"}


@pytest.mark.parametrize(
    ("pairs", "name", "message"),
    [
        (
            [("ground._as", "fade"), ("ground.stops", "1")],
            "ground.stops",
            "1 of at least 2 values. Add 1 more.",
        ),
        ([("length._as", "whole_number"), ("length", "x")], "length", "“x” is not a whole number."),
        (
            [("parts.0._as", "plain"), ("parts.0.kind", "plain")],
            "parts.0.color",
            "Write the color. This model requires it.",
        ),
        (
            [("size", "custom"), ("size.width", "641"), ("size.height", "64")],
            "size.width",
            "641 is not a multiple of 8. Use 640 or 648.",
        ),
    ],
)
def test_a_mistake_is_said_at_the_control_of_the_branch(
    pairs: list[tuple[str, str]], name: str, message: str
) -> None:
    posted = read_posted(FORM, pairs)

    (found,) = check_posted(FORM, posted)

    assert (found.name, found.message) == (name, message)


@pytest.mark.parametrize(
    ("described", "control"),
    [
        ({"anyOf": [{"enum": ["a"]}, {"type": "string", "enum": ["b", "c"]}]}, "segments"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "union"),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": {}}}, "group"),
        ({"anyOf": [{"$ref": "#/nowhere"}, {"type": "string"}]}, "union"),
        ({"anyOf": [{}, {"type": "string"}]}, "json"),
        ({"oneOf": "x"}, "json"),
    ],
)
def test_what_is_no_union_has_another_control(described: JsonObject, control: str) -> None:
    (field,) = make_form({"properties": {"a": described}})

    assert field.control == control


def test_any_value_at_all_is_judged_without_failing() -> None:
    odd: list[JsonValue] = [None, [], {}, 5.5, True, "x", {"kind": []}, [{"kind": "plain"}]]
    values: list[Any] = [{name: value} for name in FORM.properties for value in odd]

    for inputs in values:
        check(FORM, inputs)
        read_posted(FORM, from_inputs(FORM, inputs).items())


def test_a_default_that_is_shown_is_no_change() -> None:
    opened = untouched(FORM)
    changed = from_inputs(FORM, {"length": 6})

    assert opened.touched(FORM.fields) == 0
    assert changed.touched(FORM.fields) == 1


def test_what_the_chosen_branch_lacks_is_asked_for_there() -> None:
    form = make_form({"properties": {"ground": GROUND}, "required": ["ground"]})
    plain = form.named["ground"].branches[1]

    found = check_posted(form, read_posted(form, [("ground._as", plain.word)]))

    assert [one.name for one in found] == ["ground.color"]
