"""What a form shows when it opens."""

from typing import Any

import pytest

from app.inputs.check import check
from app.inputs.fields import Form, make_form
from app.inputs.prefill import from_inputs, from_link, untouched
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted


def opened(described: JsonObject, required: bool = False, name: str = "thing") -> Any:
    """The texts, the offered texts and what is sent when the form is posted untouched."""
    form = make_form({"properties": {name: described}, "required": [name] * required})
    posted = read_posted(form, untouched(form).items())
    return untouched(form).texts.get(name), form.named[name].example, posted.inputs


@pytest.mark.parametrize(
    ("described", "required", "shown", "offered", "sent"),
    [
        ({"type": "string", "default": "A cup"}, True, None, ("A cup",), {}),
        ({"type": "string", "default": "A cup"}, False, ["A cup"], (), {"thing": "A cup"}),
        ({"type": "string", "default": ""}, False, None, (), {}),
        ({"type": "string", "examples": ["A cup"]}, False, None, ("A cup",), {}),
        ({"type": "float", "default": 2.5}, False, ["2.5"], (), {"thing": 2.5}),
        ({"type": "integer", "default": 0}, False, ["0"], (), {"thing": 0}),
        ({"type": "integer", "default": 0}, True, ["0"], (), {"thing": 0}),
        ({"type": "boolean", "default": True}, False, ["true"], (), {"thing": True}),
        ({"type": "boolean", "default": False}, False, ["false"], (), {"thing": False}),
        ({"type": "boolean"}, False, None, (), {}),
        ({"type": "boolean"}, True, ["false"], (), {"thing": False}),
        ({"enum": ["a", "b"], "default": "b"}, False, ["b"], (), {"thing": "b"}),
        ({"enum": ["a", "b"]}, False, None, (), {}),
        ({"enum": ["a"]}, True, ["a"], (), {"thing": "a"}),
        ({"enum": ["a"], "default": "a"}, False, ["a"], (), {"thing": "a"}),
        ({"type": "array", "default": ["a", "b"]}, False, ["a", "b"], (), {"thing": ["a", "b"]}),
        (
            {"format": "image_uris", "default": ["https://a.b/c"]},
            True,
            None,
            ("https://a.b/c",),
            {},
        ),
        ({"format": "image_uri", "default": "https://a.b/c"}, False, None, ("https://a.b/c",), {}),
    ],
)
def test_a_default_is_shown_and_sent_or_only_offered(
    described: JsonObject, required: bool, shown: object, offered: object, sent: object
) -> None:
    assert opened(described, required) == (shown, offered, sent)


@pytest.mark.parametrize("default", [None, 0, -1])
def test_a_seed_opens_empty(default: int | None) -> None:
    assert opened({"type": "integer", "default": default}, name="seed") == (None, (), {})


def test_a_seed_with_another_default_shows_it() -> None:
    assert opened({"type": "integer", "default": 42}, name="seed")[2] == {"seed": 42}


def test_an_optional_object_is_not_sent_when_its_defaults_would_not_make_it_whole() -> None:
    parts: JsonObject = {
        "strength": {"type": "float", "default": 1},
        "path": {"type": "string"},
    }
    lora: JsonObject = {"type": "object", "properties": parts, "required": ["path"]}

    assert opened(lora)[2] == {}
    assert opened({"type": "object", "properties": parts})[2] == {"thing": {"strength": 1}}


def test_a_runs_inputs_fill_the_form_and_a_rolled_seed_stays_empty(edit: Form) -> None:
    inputs: JsonObject = {
        "prompt": "a\ncup",
        "image_size": {"width": 1280, "height": 720},
        "seed": 2**63 - 1,
        "image_urls": ["https://a.b/1", "https://a.b/2"],
    }

    kept, rolled = from_inputs(edit, inputs), from_inputs(edit, inputs, rolled=["seed"])

    assert read_posted(edit, kept.items()).inputs == inputs
    assert kept.text("seed") == "9223372036854775807"
    assert rolled.text("seed") == ""
    assert rolled.rows("image_urls") == ["https://a.b/1", "https://a.b/2"]


def test_what_a_run_left_out_stays_left_out_though_it_has_a_default() -> None:
    form = make_form(
        {
            "properties": {
                "a": {"type": "boolean", "default": True},
                "b": {"enum": ["x"], "default": "x"},
                "c": {"type": "string", "default": "x"},
            }
        }
    )

    assert read_posted(form, from_inputs(form, {}).items()).inputs == {}


def test_an_input_the_form_no_longer_has_is_named(picture: Form) -> None:
    posted = from_inputs(picture, {"prompt": "x", "style": "oil"})

    assert [problem.name for problem in posted.problems] == ["style"]


def test_a_link_fills_what_it_names_and_leaves_the_rest_untouched(edit: Form) -> None:
    posted = from_link(
        edit,
        [
            ("prompt", "a\r\ncup"),
            ("image_urls", "https://a.b/1"),
            ("image_urls", "https://a.b/2"),
            ("image_size", "custom"),
            ("image_size.width", "640"),
            ("utm_source", "mail"),
            ("_key", "x"),
        ],
    )

    assert posted.text("prompt") == "a\ncup"
    assert posted.rows("image_urls") == ["https://a.b/1", "https://a.b/2"]
    assert posted.text("image_size.width") == "640"
    assert posted.text("seed") == ""
    assert set(posted.texts) == {"prompt", "image_urls", "image_size", "image_size.width"}
    assert posted.problems == []


def test_an_untouched_form_is_only_missing_what_a_person_must_give(picture: Form) -> None:
    posted = read_posted(picture, untouched(picture).items())

    assert posted.inputs == {
        "guidance_scale": 2.5,
        "image_size": "landscape_4_3",
        "output_format": "png",
    }
    assert [problem.name for problem in check(picture, posted.inputs)] == ["prompt"]
