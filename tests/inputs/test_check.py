"""Typed values against the schema."""

import time
from typing import Any

import pytest

from app.inputs.check import MOST_PROBLEMS, check, check_posted
from app.inputs.fields import Form, make_form
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.values import read_posted


def said(described: JsonObject, value: JsonValue, required: bool = False) -> str:
    """What is said about a value, or nothing."""
    form = make_form({"properties": {"thing": described}, "required": ["thing"] * required})
    problems = check(form, {} if value is None else {"thing": value})
    return problems[0].message if problems else ""


def test_the_three_mistakes_of_the_picture_form_are_said_in_its_order(picture: Form) -> None:
    posted = read_posted(picture, [("seed", "12a4"), ("guidance_scale", "25"), ("prompt", " ")])

    problems = check_posted(picture, posted)

    assert [problem.short for problem in problems] == [
        "Prompt is empty",
        "Guidance scale is above 20",
        "Seed is not a whole number",
    ]
    assert [problem.message for problem in problems] == [
        "Write a prompt. This model requires one.",
        "25 is too high. Use a number from 0 to 20.",
        "“12a4” is not a whole number. Leave it empty to have one rolled.",
    ]
    assert [problem.id for problem in problems] == ["prompt", "guidance_scale", "seed"]


@pytest.mark.parametrize(
    ("described", "value", "message"),
    [
        ({"type": "float", "minimum": 0, "maximum": 20}, 7.25, ""),
        ({"type": "float", "minimum": 0, "maximum": 20}, 0, ""),
        ({"type": "float", "minimum": 0, "maximum": 20}, 20, ""),
        ({"type": "integer", "minimum": 1}, 0, "0 is too low. Use 1 or more."),
        ({"type": "integer", "maximum": 3}, 4, "4 is too high. Use 3 or less."),
        ({"type": "float", "exclusiveMinimum": 0}, 0, "0 is too low. Use a number above 0."),
        ({"type": "integer", "multipleOf": 8}, 30, "30 is not a multiple of 8. Use 24 or 32."),
        ({"type": "float", "multipleOf": 0.1}, 0.3, ""),
        (
            {"type": "float", "multipleOf": 0.1},
            0.35,
            "0.35 is not a multiple of 0.1. Use 0.3 or 0.4.",
        ),
        ({"type": "integer", "multipleOf": 0.5}, 10**400, ""),
        ({"type": "string", "maxLength": 2}, "👩👩", ""),
        ({"type": "string", "maxLength": 2}, "abc", "This has 3 characters; at most 2 are taken."),
        ({"type": "string", "minLength": 2}, "a", "This has 1 characters; at least 2 are taken."),
        (
            {"type": "string", "pattern": "^[a-z]+$"},
            "ABC",
            "This does not fit the pattern ^[a-z]+$.",
        ),
        ({"type": "string"}, 5, "This must be a text."),
        ({"type": "boolean"}, "true", "This must be yes or no."),
        ({"type": "integer"}, True, "“true” is not a whole number."),
        ({"enum": ["a", "b"]}, "c", "“c” is not offered. Choose one of the values shown."),
        ({"enum": [1, 2]}, True, "“true” is not offered. Choose one of the values shown."),
        (
            {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
            [1, 2, 3],
            "3 of at most 2 values. Remove 1.",
        ),
        (
            {"type": "array", "items": {"type": "integer", "maximum": 5}},
            [1, 9],
            "9 is too high. Use 5 or less.",
        ),
        ({"type": "object", "required": ["path"]}, {}, "At path: “path” is missing."),
        ({"type": ["integer", "null"], "maximum": 5}, 6, "6 is too high. Use 5 or less."),
    ],
)
def test_a_value_is_taken_or_the_way_out_is_said(
    described: JsonObject, value: JsonValue, message: str
) -> None:
    assert said(described, value) == message


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"type": "string"}, "Write the thing. This model requires it."),
        ({"type": "integer"}, "Enter a whole number. This model requires one."),
        ({"enum": ["a", "b"]}, "Choose one. This model requires it."),
        ({"format": "image_uri"}, "Add an image. This model requires one."),
        ({"format": "video_uris"}, "Add a video. This model requires one."),
        ({"format": "image_uris", "minItems": 2}, "Add 2 images. This model requires 2."),
        ({"type": "object"}, "Fill in the thing. This model requires it."),
    ],
)
def test_what_is_required_is_asked_for_in_its_own_words(
    described: JsonObject, message: str
) -> None:
    assert said(described, None, required=True) == message


def test_null_is_taken_where_the_schema_says_so() -> None:
    form = make_form({"properties": {"a": {"enum": ["x"], "nullable": True}, "b": {"enum": ["x"]}}})

    assert [problem.name for problem in check(form, {"a": None, "b": None})] == ["b"]


def test_eleven_images_of_ten_are_counted(edit: Form) -> None:
    images: list[JsonValue] = [f"https://example.com/{number}.png" for number in range(11)]

    problems = check(edit, {"prompt": "x", "image_urls": images})

    assert [problem.message for problem in problems] == ["11 of at most 10 images. Remove 1."]
    assert check(edit, {"prompt": "x", "image_urls": images[:10]}) == []


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("https://example.com/a b.png", "is not an address"),
        ("roses.png", "is not an address"),
        ("https://", "is not an address"),
        ("https://[::1/a.png", "is not an address"),
        ("https://example.com:99999/a", "is not an address"),
        ("javascript:alert(1)", "is not an address"),
        ("file:///etc/passwd", "is not an address"),
        ("http://example.com/a.png", "does not begin with https://"),
        ("http://127.0.0.1:8188/a.png", "does not begin with https://"),
        ("https://me:secret@example.com/a.png", "holds a user name"),
        ("https://@example.com/a.png", "holds a user name"),
        ("data:image/png;base64,AAAA", "is a data address"),
        (f"https://example.com/{'a' * 5000}", "is too long"),
    ],
)
def test_what_cannot_be_fetched_is_said_beside_its_row(
    edit: Form, address: str, short: str
) -> None:
    images: list[JsonValue] = ["https://example.com/ok.png", address]

    (problem,) = check(edit, {"prompt": "x", "image_urls": images})

    assert (problem.short, problem.row, problem.id) == (f"Images, 2 {short}", 1, "image_urls-2")


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("http://127.0.0.1:8188/samples/a.png", True),
        ("http://127.0.0.1:8189/samples/a.png", False),
        ("http://127.0.0.1:81880/a.png", False),
        ("http://127.0.0.1:8188@evil.example/a.png", False),
        ("http://127.0.0.1.evil.example:8188/a.png", False),
        ("http://localhost:8188/a.png", False),
        ("https://example.com/ä.png?x=1#y", True),
    ],
)
def test_one_loopback_origin_may_be_allowed_and_no_other(
    edit: Form, address: str, taken: bool
) -> None:
    problems = check(edit, {"prompt": "x", "image_urls": [address]}, "http://127.0.0.1:8188")

    assert (problems == []) is taken


@pytest.mark.parametrize(
    ("size", "taken"),
    [
        ({"width": 1280, "height": 720}, True),
        ({"width": 0, "height": 720}, False),
        ({"width": 1280}, False),
        ({"width": 1280, "height": 720, "depth": 1}, False),
        ({"width": "1280", "height": 720}, False),
        ("square", True),
        ("huge", False),
    ],
)
def test_a_custom_size_is_judged_beside_the_named_ones(
    edit: Form, size: JsonValue, taken: bool
) -> None:
    inputs: JsonObject = {"prompt": "x", "image_urls": ["https://a.b/c"], "image_size": size}

    assert (check(edit, inputs) == []) is taken


def test_a_part_of_a_nested_object_has_its_message_at_its_own_control() -> None:
    parts: JsonObject = {"speed": {"type": "integer", "maximum": 5}, "mode": {"type": "string"}}
    camera: JsonObject = {"type": "object", "properties": parts, "required": ["mode"]}
    form = make_form({"properties": {"camera": camera}})

    problems = check(form, {"camera": {"speed": 9}})

    assert {problem.name for problem in problems} == {"camera.speed", "camera.mode"}


def test_names_the_model_does_not_have_are_refused(picture: Form) -> None:
    problems = check(picture, {"prompt": "x", "strength": 1})

    assert [problem.short for problem in problems] == ["“strength” is not an input of this model"]


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a|aa)*b", "(.*)*x", "a*a*a*a*a*b", "(", "\\1"])
def test_a_pattern_that_explodes_is_noted_and_not_run(pattern: str) -> None:
    form = make_form({"properties": {"code": {"type": "string", "pattern": pattern}}})
    started = time.process_time()

    problems = check(form, {"code": "a" * 50_000 + "!"})

    assert problems == []
    assert time.process_time() - started < 1
    assert "pattern" in form.notes[0].fault


def test_a_flood_of_wrong_values_is_cut_off() -> None:
    form = make_form({"properties": {"n": {"type": "array", "items": {"type": "integer"}}}})
    wrong: Any = ["x"] * 200_000

    assert len(check(form, {"n": wrong})) == MOST_PROBLEMS
