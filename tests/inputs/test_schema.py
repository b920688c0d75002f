"""From what RunComfy publishes to JSON Schema."""

import copy

import pytest

from app.inputs.schema import DEEPEST, JsonObject, SchemaError, to_json_property, to_json_schema


def test_a_float_becomes_a_number_and_a_null_default_is_left_out(
    picture_schema: JsonObject,
) -> None:
    published = copy.deepcopy(picture_schema)

    standard = to_json_schema(picture_schema)

    properties = standard["properties"]
    assert isinstance(properties, dict)
    assert properties["guidance_scale"]["type"] == "number"  # type: ignore[index, call-overload]
    assert "default" not in properties["seed"]  # type: ignore[operator]
    assert list(properties) == list(published["properties"])  # type: ignore[arg-type]
    assert picture_schema == published


def test_only_schemas_are_changed_never_values_that_look_like_them() -> None:
    values: JsonObject = {"default": {"type": "float", "default": None}, "enum": [{"type": "int"}]}

    assert to_json_property("x", values) == values


def test_nullable_becomes_a_second_type() -> None:
    standard = to_json_property("x", {"type": "int", "nullable": True})

    assert standard == {"type": ["integer", "null"]}


@pytest.mark.parametrize(
    "published",
    [
        {"type": "picture"},
        {"type": 5},
        {"type": [["string"]]},
        [],
        "string",
        None,
        {"items": {"type": "x"}},
    ],
)
def test_an_unknown_type_is_refused_by_the_name_of_its_property(published: object) -> None:
    with pytest.raises(SchemaError, match="camera"):
        to_json_property("camera", published)  # type: ignore[arg-type]


def test_nesting_has_an_end() -> None:
    deep: JsonObject = {"type": "string"}
    for _ in range(DEEPEST + 5):
        deep = {"type": "array", "items": deep}

    with pytest.raises(SchemaError, match="deep"):
        to_json_property("x", deep)


def test_properties_that_are_no_object_are_refused() -> None:
    with pytest.raises(SchemaError):
        to_json_schema({"properties": ["prompt"]})
