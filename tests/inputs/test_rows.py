"""Lists whose rows have fields of their own, within objects, rows and lists."""

import pytest

from app.inputs.check import check_posted
from app.inputs.fields import make_form
from app.inputs.prefill import from_inputs, from_link, untouched
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted

LORA: JsonObject = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string"},
        "scale": {"type": "float", "minimum": 0, "maximum": 2, "default": 1},
    },
}
FORM = make_form(
    {
        "required": ["frames"],
        "properties": {
            "frames": {
                "type": "array",
                "minItems": 2,
                "maxItems": 4,
                "items": {
                    "type": "object",
                    "required": ["at"],
                    "properties": {
                        "at": {"type": "integer", "maximum": 10},
                        "picture": {"type": "string", "format": "image_uri"},
                        "a.b": {"type": "string"},
                        "loras": {"type": "array", "items": LORA},
                    },
                },
            },
            "loras": {"type": "array", "title": "LoRAs", "items": LORA},
            "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
            "maybe": {"type": "array", "items": {"type": ["string", "null"]}},
            "deep": {"properties": {"loras": {"type": "array", "items": LORA}}},
        },
    }
)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"frames": [{"at": 1}, {"at": 2, "picture": "https://a.b/c", "a.b": "x\ny"}]},
        {"frames": [{"at": 1, "loras": [{"path": "p", "scale": 0.5}, {"path": "q"}]}, {"at": 3}]},
        {"loras": [], "grid": [[1, 2], [], [3]], "maybe": ["a", None, "", "b"]},
        {"deep": {"loras": [{"path": "p"}]}, "loras": [{}, {"path": "x"}]},
    ],
)
def test_rows_survive_form_and_posting(inputs: JsonObject) -> None:
    assert read_posted(FORM, from_inputs(FORM, inputs).items()).inputs == inputs


def test_a_required_list_opens_with_the_rows_it_needs_and_another_with_none() -> None:
    opened = untouched(FORM)

    assert (opened.count("frames"), opened.count("loras")) == (2, 0)


def test_rows_left_blank_and_gaps_in_the_numbers_fall_away() -> None:
    posted = read_posted(
        FORM,
        [
            *[("frames.0.at", "1"), ("frames.1", ""), ("frames.1.at", " ")],
            *[("frames.40.at", "2"), ("frames.40.loras.7.path", "p"), ("frames.007.at", "3")],
        ],
    )

    assert posted.inputs == {"frames": [{"at": 1}, {"at": 2, "loras": [{"path": "p"}]}]}
    assert [found.name for found in posted.problems] == ["frames.007.at"]


def test_mistakes_are_said_at_the_controls_of_their_rows() -> None:
    posted = read_posted(
        FORM,
        [
            *[("frames.0.at", "11"), ("frames.0.picture", "x"), ("frames.1.at", "soon")],
            *[("frames.1.loras.0.scale", "3"), ("loras.0.scale", "1")],
        ],
    )

    problems = check_posted(FORM, posted)

    assert [(found.name, found.short) for found in problems] == [
        ("frames.0.at", "Frame 1, at is above 10"),
        ("frames.0.picture", "Frame 1, picture is not an address"),
        ("frames.1.at", "Frame 2, at is not a whole number"),
        ("frames.1.loras.0.path", "Frame 2, lora 1, path is empty"),
        ("frames.1.loras.0.scale", "Frame 2, lora 1, scale is above 2"),
        ("loras.0.path", "LoRA 1, path is empty"),
    ]
    ids = [found.id for found in problems]
    assert len(set(ids)) == len(ids)


def test_too_few_rows_are_said_at_the_list() -> None:
    posted = read_posted(FORM, [("frames.0.at", "1")])

    (found,) = check_posted(FORM, posted)

    assert (found.name, found.message) == ("frames", "1 of at least 2 frames. Add 1 more.")


def test_the_rows_of_a_link_stand_for_the_whole_list() -> None:
    posted = from_link(FORM, [("frames.3.at", "7")])

    assert read_posted(FORM, posted.items()).inputs == {"frames": [{"at": 7}]}


def test_a_thousand_rows_far_apart_are_read() -> None:
    pairs = [(f"frames.{row}.loras.{row}.path", "x") for row in range(0, 9_000, 9)]

    posted = read_posted(FORM, pairs)

    assert len(posted.inputs["frames"]) == 1_000  # type: ignore[arg-type]
