"""References, merged parts and conditions of a schema."""

import time
from typing import Any

import pytest

from app.inputs.check import check, check_posted
from app.inputs.fields import make_form
from app.inputs.prefill import from_inputs
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted

DEFINED: JsonObject = {
    "Lora": {"title": "LoRA", "properties": {"path": {"type": "string", "maxLength": 3}}},
    "Tree": {
        "properties": {
            "name": {"type": "string"},
            "twigs": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
        }
    },
    "a/b ~": {"type": "integer", "maximum": 5},
}


def one(described: JsonObject, **more: Any) -> Any:
    """The only field of a form with definitions, and its form."""
    form = make_form({"properties": {"a": described}, "$defs": DEFINED, **more})
    return form.fields[0], form


@pytest.mark.parametrize(
    ("described", "control"),
    [
        ({"$ref": "#/$defs/Lora"}, "group"),
        ({"$ref": "#/$defs/a~1b%20~0"}, "number"),
        (
            {"$ref": "#/properties/a/x-own", "x-own": {"type": "boolean", "default": True}},
            "checkbox",
        ),
        ({"type": "array", "items": {"$ref": "#/$defs/Lora"}}, "rows"),
        ({"allOf": [{"$ref": "#/$defs/a~1b%20~0"}, {"minimum": 1}]}, "slider"),
        ({"anyOf": [{"$ref": "#/$defs/Lora"}, {"type": "null"}]}, "group"),
        ({"$ref": "#/$defs/none"}, "json"),
        ({"$ref": "https://example.com/schema"}, "json"),
        ({"$ref": "#/$defs/Tree/properties/name/type"}, "json"),
        ({"$ref": "#/properties/a"}, "json"),
        ({"$ref": 5}, "json"),
    ],
)
def test_what_a_reference_points_at_stands_in_its_place(
    described: JsonObject, control: str
) -> None:
    field, form = one(described)

    assert field.control == control
    assert bool(form.notes) == (control == "json" and described["$ref"] != 5)


def test_words_beside_a_reference_are_about_this_place() -> None:
    field, _ = one({"$ref": "#/$defs/a~1b%20~0", "title": "Amount", "description": "How many."})

    assert (field.label, field.help, field.maximum) == ("Amount", "How many.", 5)


def test_a_circle_ends_in_a_json_box_and_loses_nothing() -> None:
    form = make_form({"properties": {"tree": {"$ref": "#/$defs/Tree"}}, "$defs": DEFINED})
    twig: JsonObject = {"name": "c", "twigs": [{"name": "d"}]}
    inputs: JsonObject = {"tree": {"name": "a", "twigs": [{"name": "b", "twigs": [twig]}]}}

    assert read_posted(form, from_inputs(form, inputs).items()).inputs == inputs
    assert [note.done for note in form.notes] == ["Beyond 2 levels it is offered as JSON."]


def test_references_that_double_each_other_end_soon() -> None:
    doubling: JsonObject = {
        f"d{level}": {
            "properties": {side: {"$ref": f"#/$defs/d{level + 1}"} for side in ("l", "r")}
        }
        for level in range(40)
    }
    started = time.process_time()

    form = make_form({"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": doubling})

    assert time.process_time() - started < 3
    assert form.notes


def test_merged_parts_say_what_each_of_them_says() -> None:
    field, form = one(
        {
            "allOf": [
                {"properties": {"x": {"type": "integer", "minimum": 1}}, "required": ["x"]},
                {"properties": {"x": {"minimum": 3, "maximum": 9}, "y": {"type": "string"}}},
            ]
        }
    )

    assert [(child.name, child.required) for child in field.children] == [
        ("a.x", True),
        ("a.y", False),
    ]
    assert [found.name for found in check(form, {"a": {"x": 2}})] == ["a.x"]


VIDEO: JsonObject = {
    "properties": {
        "mode": {"enum": ["image", "video"], "default": "image"},
        "fps": {"type": "integer"},
        "image": {"type": "string"},
        "mask": {"type": "string"},
        "words": {"type": "string"},
    },
    "if": {"properties": {"mode": {"const": "video"}}, "required": ["mode"]},
    "then": {
        "required": ["fps", "length"],
        "properties": {"length": {"type": "integer", "default": 5, "maximum": 10}},
    },
    "else": {"properties": {"fps": {"maximum": 1}}},
    "dependentRequired": {"mask": ["image"]},
    "dependencies": {"words": {"properties": {"image": {"maxLength": 3}}}},
    "allOf": [{"if": {"required": ["words"]}, "then": {"required": ["mask"]}}],
    "anyOf": [{"required": ["image"]}, {"required": ["mode"]}],
}


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ({"mode": "image"}, {}),
        (
            {"mode": "video"},
            {"fps": "Needed when mode is “video”.", "length": "Needed when mode is “video”."},
        ),
        ({"mode": "video", "fps": "5", "length": "5"}, {}),
        (
            {"mode": "video", "fps": "5", "length": "11"},
            {"length": "11 is too high. Use 10 or less. This holds when mode is “video”."},
        ),
        (
            {"mode": "image", "fps": "2"},
            {"fps": "2 is too high. This holds when mode is not “video”."},
        ),
        ({"mode": "image", "mask": "m"}, {"image": "Needed when mask is filled."}),
        (
            {"mode": "image", "words": "w", "mask": "m", "image": "long"},
            {
                "image": "This has 4 characters; at most 3 are taken."
                " This holds when words is filled."
            },
        ),
        ({"mode": "image", "words": "w"}, {"mask": "Needed when words is filled."}),
        ({}, {"image": "Fill in image or mode. This model requires one of them."}),
    ],
)
def test_what_holds_under_a_condition_is_said_at_its_control(
    pairs: dict[str, str], said: dict[str, str]
) -> None:
    form = make_form(VIDEO)

    problems = check_posted(form, read_posted(form, pairs.items()))

    assert {found.name: found.message for found in problems} == said
    assert len(problems) == len(said)
    assert all(found.id == found.name for found in problems)


def test_what_only_a_condition_describes_is_shown_with_it_and_sent_when_filled() -> None:
    form = make_form(VIDEO)

    assert form.named["length"].hint == "when mode is “video” · 10 or less"
    assert form.named["length"].shown == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"if": 5, "then": []},
        {"if": {"properties": 5}, "then": {"required": ["x"]}},
        {"allOf": [5, {"if": {}}, {"allOf": {}}], "properties": {"a": {}}},
        {"dependentRequired": {"a": "b", "c": 5}, "dependencies": []},
        {"anyOf": [{"required": "a"}, {"required": [5]}]},
        {"if": {"properties": {"a": {"pattern": "(x+)+"}}}, "then": {"required": ["b"]}},
        {"$ref": "#"},
        {"properties": {"a": {"items": {"$ref": "#"}}}},
        {"allOf": [{"$ref": "#"}]},
        {"$defs": 5, "properties": {"a": {"$ref": "#/$defs/x"}}},
    ],
)
def test_odd_conditions_are_passed_over(odd: JsonObject) -> None:
    form = make_form({"properties": {"a": {"type": "string"}}, **odd})

    for inputs in ({}, {"a": "x"}):
        check(form, inputs)  # type: ignore[arg-type]
