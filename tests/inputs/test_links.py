"""A filled form as an address: what opens it again just so."""

import pytest

from app.inputs.fields import make_form
from app.inputs.links import link_pairs
from app.inputs.prefill import from_link, untouched
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted

ROW: JsonObject = {"type": "object", "properties": {"at": {"type": "integer", "default": 1}}}
FORM = make_form(
    {
        "properties": {
            "prompt": {"type": "string"},
            "scale": {"type": "number", "default": 2.5},
            "tiles": {"type": "boolean", "default": True},
            "images": {"type": "array", "items": {"type": "string"}},
            "camera": {"type": "object", "properties": {"a.b": {"type": "string"}}},
            "frames": {"type": "array", "items": ROW, "default": [{"at": 1}, {"at": 2}]},
            "note": {"type": ["string", "null"]},
            "password": {"type": "string", "format": "password"},
        }
    }
)
OPENED: JsonObject = {"scale": 2.5, "tiles": True, "frames": [{"at": 1}, {"at": 2}]}


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        OPENED,
        {**OPENED, "prompt": "two\nlines & 100%", "tiles": False, "images": ["a", "b"]},
        {"scale": 2.5, "frames": [{"at": 7}]},
        {**OPENED, "prompt": "", "note": None, "images": [], "camera": {"a.b": "c"}},
    ],
)
def test_a_link_opens_the_form_with_the_same_inputs(inputs: JsonObject) -> None:
    opened = from_link(FORM, link_pairs(FORM, inputs))

    assert read_posted(FORM, opened.items()).inputs == inputs


def test_a_link_tells_only_what_differs_and_no_secret() -> None:
    opened = read_posted(FORM, untouched(FORM).items()).inputs

    assert link_pairs(FORM, opened) == []
    assert link_pairs(FORM, {**opened, "scale": 3, "password": "hidden"}) == [("scale", "3")]
