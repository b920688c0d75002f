"""Which control a property gets."""

import pytest

from app.inputs.controls import CONTROLS, slider_step
from app.inputs.fields import make_form
from app.inputs.schema import JsonObject
from app.paths import TEMPLATES


@pytest.mark.parametrize(
    ("name", "described", "control"),
    [
        ("prompt", {"type": "string"}, "paragraph"),
        ("negative_prompt", {"type": "string", "default": ""}, "paragraph"),
        ("voice", {"type": "string"}, "line"),
        ("voice", {"type": "string", "maxLength": 2_000}, "paragraph"),
        ("steps", {"type": "integer"}, "number"),
        ("steps", {"type": "integer", "minimum": 1, "maximum": 50}, "slider"),
        ("bits", {"type": "integer", "minimum": 0, "maximum": 4294967295}, "number"),
        ("scale", {"type": "float", "minimum": 0, "maximum": 20}, "slider"),
        ("seed", {"type": "integer", "minimum": 0, "maximum": 100}, "seed"),
        ("seed", {"type": "string"}, "line"),
        ("audio", {"type": "boolean", "default": True}, "checkbox"),
        ("audio", {"type": "boolean"}, "yes_no"),
        ("format", {"enum": ["jpeg", "png"], "default": "png"}, "segments"),
        ("format", {"enum": ["jpeg", "png"]}, "segments"),
        ("mode", {"enum": ["a rather long value", "another one of them"]}, "radios"),
        ("mode", {"enum": ["a", "b", "c", "d", "e"]}, "select"),
        ("duration", {"type": "integer", "enum": [5, 10], "default": 5}, "segments"),
        ("duration", {"type": "string", "enum": ["auto", "5", "6", "7", "8"]}, "select"),
        ("shot", {"enum": ["customize"], "default": "customize"}, "fixed"),
        ("shot", {"enum": ["customize"]}, "segments"),
        ("size", {"enum": ["auto", "square", "landscape_4_3"]}, "shapes"),
        ("aspect_ratio", {"enum": ["16:9", "9:16", "1:1"]}, "shapes"),
        ("aspect_ratio", {"enum": ["auto", "adaptive"]}, "segments"),
        ("image", {"type": "string", "format": "image_uri"}, "address"),
        ("image", {"type": "array", "format": "image_uris"}, "items"),
        ("image", {"format": "image_uris"}, "items"),
        ("tags", {"type": "array", "items": {"type": "string"}}, "items"),
        ("tags", {"type": "array"}, "items"),
        ("weights", {"type": "array", "items": {"type": "float"}}, "items"),
        ("points", {"type": "array", "items": {"type": "array"}}, "rows"),
        ("points", {"type": "array", "items": {}, "default": [{"x": 1}, 2]}, "items"),
        ("box", {"prefixItems": [{"type": "integer"}] * 4}, "items"),
        ("box", {"prefixItems": [{"type": "integer"}, {"type": "string"}]}, "json"),
        ("frames", {"items": {"properties": {"at": {"type": "integer"}}}}, "rows"),
        ("loras", {"type": "array", "items": {"type": "object", "properties": {}}}, "json"),
        ("camera", {"type": "object", "properties": {"speed": {"type": "integer"}}}, "group"),
        ("anything", {"type": "object"}, "json"),
        ("anything", {}, "json"),
        ("anything", {"type": "hologram"}, "json"),
        ("anything", {"$ref": "#/$defs/thing"}, "json"),
        ("anything", {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "union"),
        ("anything", {"type": ["string", "integer", "null"]}, "union"),
        ("anything", {"oneOf": [{"enum": ["a"]}, {"const": 5}], "default": 5}, "segments"),
        ("anything", {"allOf": [{"type": "integer"}, {"minimum": 1}]}, "number"),
        ("anything", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "line"),
        ("anything", {"type": ["integer", "null"]}, "number"),
        ("anything", {"oneOf": [{"const": "a"}, {"const": "b"}], "default": "a"}, "segments"),
        ("styles", {"enum": [f"style {number}" for number in range(51)]}, "search"),
        ("day", {"type": "string", "format": "date", "default": "2026-11-21"}, "line"),
        ("key", {"type": "string", "writeOnly": True, "maxLength": 4_000}, "line"),
        ("untyped", {"default": 3}, "number"),
        ("untyped", {"exclusiveMinimum": 3}, "number"),
        ("untyped", {"format": "date-time"}, "line"),
        ("untyped", {"default": 2.5, "minimum": 0, "maximum": 5}, "slider"),
        ("untyped", {"default": False}, "checkbox"),
        ("untyped", {"default": "words"}, "line"),
        ("untyped", {"default": ["words"]}, "items"),
        ("untyped", {"examples": [4]}, "number"),
        ("untyped", {"minimum": 4}, "number"),
        ("untyped", {"maxLength": 4}, "line"),
    ],
)
def test_each_kind_of_property_has_its_control(
    name: str, described: JsonObject, control: str
) -> None:
    (field,) = make_form({"properties": {name: described}})

    assert field.control == control


def test_every_control_has_a_template() -> None:
    names = {control.name for control in CONTROLS}

    assert {name for name in names if not (TEMPLATES / f"inputs/_{name}.html").is_file()} == set()


@pytest.mark.parametrize(
    ("described", "step"),
    [
        ({"type": "float", "minimum": 0, "maximum": 20}, 0.1),
        ({"type": "number", "minimum": 0, "maximum": 1}, 0.005),
        ({"type": "integer", "minimum": 1, "maximum": 50}, 1),
        ({"type": "integer", "minimum": 256, "maximum": 2048, "multipleOf": 16}, 16),
        ({"type": "number", "minimum": 3, "maximum": 3}, None),
    ],
)
def test_a_slider_goes_in_round_steps(described: JsonObject, step: float | None) -> None:
    (field,) = make_form({"properties": {"n": described}})

    assert slider_step(field) == step
