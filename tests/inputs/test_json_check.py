"""Inputs written as JSON: each problem at its line, and what the form could not show."""

import json

import pytest

from app.inputs.fields import make_form
from app.inputs.form import Form
from app.inputs.json_check import json_problems, unshown
from app.inputs.json_text import write_json
from app.inputs.lossless import lost_in_form
from app.inputs.prefill import from_inputs
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted

FORM = make_form(
    {
        "properties": {
            "prompt": {"type": "string"},
            "duration": {"type": "number", "minimum": 0, "maximum": 10},
            "mode": {"enum": ["std", "pro"]},
            "steps": {"type": "array", "items": {"type": "integer", "maximum": 9}},
            "camera": {
                "type": "object",
                "properties": {"motion": {"type": "string"}, "speed": {"type": "integer"}},
                "required": ["speed"],
            },
            "seed": {"type": "integer"},
            "note": {"type": ["string", "null"]},
        },
        "required": ["prompt"],
    }
)


def told(text: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.name, one.message) for one in json_problems(FORM, text)]


def test_every_problem_is_told_with_its_line_and_its_path() -> None:
    text = """{
  "prompt": "a",
  "duration": "6.5",
  "mode": "ultra",
  "steps": [
    1,
    12
  ],
  "camera": {
    "motion": 5
  },
  "camera_motion": "in",
  "durations": 3
}"""

    assert told(text) == [
        (
            3,
            "duration",
            "The text “6.5” is not a number. Use a number from 0 to 10.",
        ),
        (4, "mode", '“ultra” is not offered. Use "std", "pro".'),
        (7, "steps.1", "12 is too high. Use 9 or less."),
        (9, "camera.speed", "Enter a whole number. This model requires one."),
        (10, "camera.motion", "This must be a text."),
        (12, "camera_motion", "This model has no such input. Did you mean “camera”?"),
        (13, "durations", "This model has no such input. Did you mean “duration”?"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{"prompt": "a",\n}', 1, "Character 15: The comma"),
        ("[1]", 1, "one object, in braces"),
        ("", 1, "There is nothing here"),
        ('{"prompt": "a",\n "prompt": "b"}', 2, "given twice, first on line 1"),
        ('{\n"seed": 1}', 1, "Write a prompt."),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, said: str) -> None:
    (found,) = json_problems(FORM, text)

    assert found.line == line
    assert said in found.message


def test_what_is_right_has_no_problem() -> None:
    inputs: JsonObject = {"prompt": "", "seed": 2**63 - 1, "note": None, "camera": {"speed": 1}}

    assert json_problems(FORM, write_json(inputs)) == []
    assert unshown(FORM, write_json(inputs)) == []


@pytest.mark.parametrize(
    ("value", "way"),
    [
        ({"duration": "abc"}, ("duration",)),
        ({"duration": "5"}, ("duration",)),
        ({"mode": "ultra"}, ("mode",)),
        ({"steps": [1, None]}, ("steps",)),
        ({"camera": {"speed": 1, "tilt": 2}}, ("camera", "tilt")),
        ({"prompt": "a\r\nb"}, ("prompt",)),
        ({"prompt": 5}, ("prompt",)),
        ({"nothing": 1}, ("nothing",)),
        ({"seed": True}, ("seed",)),
    ],
)
def test_what_the_form_would_change_is_found(value: JsonObject, way: tuple[str, ...]) -> None:
    assert lost_in_form(FORM, value) == [way]
    (found,) = unshown(FORM, write_json(value))
    assert found.name == ".".join(way)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"prompt": "", "note": None, "steps": [], "camera": {}},
        {"prompt": " \n two  spaces\n", "duration": 0.1, "seed": -(2**63), "steps": [3, 0]},
        {"mode": "pro", "camera": {"motion": "", "speed": 0}, "duration": 1.0},
    ],
)
def test_form_and_json_give_each_other_the_same_inputs(inputs: JsonObject) -> None:
    form: Form = FORM

    in_form = read_posted(form, from_inputs(form, inputs).items())
    in_json = read_posted(form, [("_json", write_json(in_form.inputs))])

    assert in_form.problems == in_json.problems == []
    assert in_form.inputs == in_json.inputs == inputs
    assert list(json.loads(write_json(in_form.inputs))) == [
        name for name in form.properties if name in inputs
    ]


def test_problems_in_rows_unions_and_sizes_are_told_where_they_stand() -> None:
    scale: JsonObject = {"type": "number", "maximum": 2}
    lora: JsonObject = {
        "type": "object",
        "properties": {"path": {"type": "string"}, "scale": scale},
    }
    own: JsonObject = {
        "title": "Own",
        "type": "object",
        "properties": {"speed": {"type": "integer", "maximum": 5}},
    }
    form = make_form(
        {
            "properties": {
                "loras": {"type": "array", "items": {**lora, "required": ["path"]}},
                "camera": {"oneOf": [{"title": "Preset", "enum": ["in", "out"]}, own]},
                "images": {"type": "array", "items": {"type": "string", "format": "image_uri"}},
            }
        }
    )
    inputs: JsonObject = {
        "loras": [{"path": "a"}, {"scale": 3}],
        "camera": {"speed": 9},
        "images": ["https://example.com/a.png", "ftp://b"],
    }

    found = json_problems(form, write_json(inputs))

    assert [(one.line, one.name) for one in found] == [
        (6, "loras.1.path"),
        (7, "loras.1.scale"),
        (11, "camera.speed"),
        (15, "images.1"),
    ]
    assert found[3].message == "“ftp://b” is not an address. Use one that begins with https://."
