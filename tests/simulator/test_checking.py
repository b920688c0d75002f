"""What the simulator refuses, by the whole of a schema and no more than it says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulator.checking import complaints
from tests.support.dialect import ANYTHING, nonsense, schemas


def said(schema: Any, inputs: Any) -> list[tuple[str, str]]:
    return [
        (".".join(str(part) for part in one["loc"][1:]), one["msg"])
        for one in complaints({"input_schema": schema}, inputs)
    ]


def of(name: str, **described: Any) -> Any:
    return {"properties": {name: described}, "required": []}


SCENES = of(
    "scenes",
    type="array",
    items={
        "type": "object",
        "required": ["prompt"],
        "properties": {"prompt": {"type": "string"}, "seconds": {"type": "int"}},
    },
)
GROUND = of(
    "ground",
    oneOf=[
        {"const": "clear"},
        {"type": "object", "required": ["color"], "properties": {"color": {"type": "string"}}},
    ],
)
TREE: Any = {
    "properties": {"root": {"$ref": "#/$defs/node"}},
    "$defs": {
        "node": {
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
        }
    },
}
MODES: Any = {
    "properties": {"mode": {"enum": ["still", "film"]}, "leaves": {"type": "integer"}},
    "if": {"properties": {"mode": {"const": "film"}}, "required": ["mode"]},
    "then": {"required": ["leaves"]},
    "dependentRequired": {"fade": ["curve"]},
}
WIDTHS = "or an object with width and height"


@pytest.mark.parametrize(
    ("schema", "inputs", "refused"),
    [
        (of("scale", type="float"), {"scale": 2}, []),
        (of("scale", type="float"), {"scale": "2"}, ["scale"]),
        (of("steps", type="int"), {"steps": 2.0}, ["steps"]),
        (of("steps", type="integer"), {"steps": True}, ["steps"]),
        (of("scale", type="number"), {"scale": float("nan")}, ["scale"]),
        (of("seed", type="integer", default=None), {"seed": None}, []),
        (of("seed", type="integer"), {"seed": None}, ["seed"]),
        (of("mode", type="string", nullable=True, enum=["a"]), {"mode": None}, []),
        (of("seconds", enum=["5", "10"]), {"seconds": 5}, ["seconds"]),
        (of("seconds", enum=[5, 10]), {"seconds": "5"}, ["seconds"]),
        (of("side", type="integer", multipleOf=32), {"side": 100}, ["side"]),
        (of("spread", type="number", exclusiveMinimum=0), {"spread": 0}, ["spread"]),
        (of("words", type="string", maxLength=3), {"words": "four"}, ["words"]),
        (of("ink", type="string", pattern="^#[0-9a-f]{6}$"), {"ink": "blue"}, ["ink"]),
        (of("day", type="string", format="date"), {"day": "2026-13-01"}, ["day"]),
        (of("day", type="string", format="date"), {"day": "2026-12-01"}, []),
        (of("to", type="string", format="email"), {"to": "nobody"}, ["to"]),
        (of("clips", type="array", format="video_uris"), {"clips": ["ftp://a"]}, ["clips.0"]),
        (of("clips", type="array", format="video_uris"), {"clips": ["https://a"]}, []),
        (of("size", enum=["a"], description=WIDTHS), {"size": {"width": 9, "height": 9}}, []),
        (of("size", enum=["a"], description=WIDTHS), {"size": {"width": 9}}, ["size.height"]),
        (of("size", enum=["a"]), {"size": {"width": 9, "height": 9}}, ["size"]),
        (SCENES, {"scenes": [{"prompt": "x"}, {"seconds": 3}]}, ["scenes.1.prompt"]),
        (SCENES, {"scenes": [{"prompt": "x", "seconds": 2.5}]}, ["scenes.0.seconds"]),
        (GROUND, {"ground": "clear"}, []),
        (GROUND, {"ground": {"color": 7}}, ["ground.color"]),
        (TREE, {"root": {"name": "a", "parts": [{"name": "b"}]}}, []),
        (TREE, {"root": {"name": "a", "parts": [{}]}}, ["root.parts.0.name"]),
        (MODES, {"mode": "still"}, []),
        (MODES, {"mode": "film"}, ["leaves"]),
        (MODES, {"fade": 1}, ["curve"]),
        ({"required": ["prompt"], **of("prompt", type="string")}, {}, []),
        ({**of("prompt", type="string"), "required": ["prompt"]}, {"prompt": ""}, ["prompt"]),
        (of("prompt", type="string"), {"unknown": 1}, []),
        ({**of("prompt"), "additionalProperties": False}, {"unknown": 1}, [""]),
    ],
)
def test_inputs_are_refused_where_the_schema_says_so(
    schema: Any, inputs: Any, refused: list[str]
) -> None:
    told = said(schema, inputs)

    assert [name for name, _ in told] == refused
    assert all(words for _, words in told)


@pytest.mark.parametrize(
    ("schema", "inputs"),
    [
        (of("amount", type="integer", minimum=10, maximum=1), {"amount": 5}),
        (of("amount", type="integer", minimum="low"), {"amount": 5}),
        (of("code", type="string", pattern="([a-z"), {"code": "x"}),
        (of("code", type="string", pattern="^(a+)+$"), {"code": "a" * 60 + "!"}),
        (of("kind", type="colour"), {"kind": "red"}),
        (of("many", type="string", enum=[]), {"many": "x"}),
        (of("away", **{"$ref": "#/$defs/nowhere"}), {"away": 1}),
        (of("far", **{"$ref": "https://example.invalid/schema.json"}), {"far": 1}),
        ({**of("round", **{"$ref": "#/properties/round"})}, {"round": 1}),
        ({"required": ["images", "prompt"], "properties": {"prompt": {}}}, {"prompt": "x"}),
        ({"required": "prompt", "properties": {"plain": "not a schema"}}, {"plain": 1}),
        ({"type": "object"}, {"whatever": 1}),
    ],
)
def test_a_schema_that_makes_no_sense_refuses_nothing(schema: Any, inputs: Any) -> None:
    assert said(schema, inputs) == []


def test_what_is_wrong_is_told_in_the_order_of_the_schema() -> None:
    schema = {
        "properties": {
            "scale": {"type": "float", "maximum": 20},
            "mode": {"enum": ["a", "b"]},
            "prompt": {"type": "string"},
        },
        "required": ["prompt"],
    }

    assert said(schema, {"mode": "c", "scale": 21}) == [
        ("prompt", "field required"),
        ("scale", "must be at most 20"),
        ("mode", "must be one of a, b"),
    ]


@given(schemas())
@settings(max_examples=50)
def test_inputs_that_fit_are_never_refused(drawn: tuple[Any, Any]) -> None:
    schema, inputs = drawn

    assert said(schema, inputs) == []


@given(nonsense(), st.dictionaries(st.sampled_from("abc"), ANYTHING))
@settings(max_examples=100)
def test_no_schema_brings_the_check_down(schema: Any, inputs: Any) -> None:
    for name, words in said(schema, inputs):
        assert isinstance(name, str)
        assert words
