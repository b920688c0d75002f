"""From a schema to the fields of a form."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inputs.check import check_posted
from app.inputs.fields import Form, make_form
from app.inputs.prefill import untouched
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted


def one(described: object, name: str = "thing", required: bool = False) -> Any:
    """The only field of a form."""
    (field,) = make_form(
        {"properties": {name: described}, "required": [name] if required else []}  # type: ignore[dict-item]
    )
    return field


def test_a_page_keeps_its_own_order(picture: Form) -> None:
    names = [field.name for field in picture]

    assert names == ["prompt", "guidance_scale", "seed", "image_size", "output_format"]


def test_an_alphabetical_catalogue_is_put_in_order_prompt_required_files_rest() -> None:
    text: JsonObject = {"type": "string"}
    form = make_form(
        {
            "properties": {
                "aspect": text,
                "lyrics": text,
                "mask": {"type": "string", "format": "image_uri"},
                "prompt": text,
                "voice": text,
            },
            "required": ["voice"],
        }
    )

    assert [field.name for field in form] == ["prompt", "lyrics", "voice", "mask", "aspect"]
    assert form.properties == ("aspect", "lyrics", "mask", "prompt", "voice")


@pytest.mark.parametrize(
    ("name", "title", "label"),
    [
        ("image_urls", None, "Image urls"),
        ("guidance_scale", "Guidance Scale", "Guidance scale"),
        ("cfg_scale", "CFG Scale", "CFG scale"),
        ("loras", "LoRAs", "LoRAs"),
        ("image_urls", "Images", "Images"),
        ("prompt", "Bildbeschreibung", "Bildbeschreibung"),
        ("promptImage", None, "PromptImage"),
        ("x", "", "X"),
        ("x", ["no", "title"], "X"),
    ],
)
def test_a_label_is_the_title_or_made_from_the_name(name: str, title: object, label: str) -> None:
    assert one({"type": "string", "title": title}, name).label == label


def test_equal_labels_are_told_apart() -> None:
    form = make_form(
        {"properties": {"a": {"type": "string", "title": "Size"}, "b": {"title": "Size"}}}
    )

    assert [field.label for field in form] == ["Size (a)", "Size (b)"]


def test_the_hint_holds_what_must_be_known(picture: Form, edit: Form) -> None:
    hints = {field.name: field.hint for field in picture}

    assert hints["prompt"] == "Required"
    assert hints["guidance_scale"] == "0 to 20 · usually 2.5"
    assert edit.named["seed"].hint == "0 is a seed like any other"
    assert one({"type": "integer", "minimum": -12}).hint == "\N{MINUS SIGN}12 or more"
    assert one({"type": "number", "exclusiveMinimum": 0, "maximum": 4294967295}).hint == (
        "above 0, 4,294,967,295 or less"
    )


def test_a_required_name_without_a_property_gets_a_control_and_blocks_nothing() -> None:
    form = make_form(
        {
            "properties": {"prompt": {"type": "string"}, "images": {"format": "image_uris"}},
            "required": ["prompt", "image_urls"],
        }
    )
    extra = form.named["image_urls"]

    assert (extra.kind, extra.media, extra.described) == ("list", "image", False)
    assert "required, not described" in extra.hint
    assert "image_urls" in form.notes[0].fault
    posted = read_posted(form, [("prompt", "a cup"), ("image_urls", "")])
    assert (posted.inputs, check_posted(form, posted)) == ({"prompt": "a cup"}, [])


def test_limits_that_contradict_each_other_are_dropped_and_noted() -> None:
    form = make_form({"properties": {"n": {"type": "integer", "minimum": 9, "maximum": 3}}})

    assert (form.named["n"].minimum, form.named["n"].maximum) == (None, None)
    assert "minimum of 9" in form.notes[0].fault


def test_a_default_outside_its_own_limits_is_shown_and_marked() -> None:
    field = one({"type": "integer", "maximum": 10, "default": 12})

    assert field.shown == ("12",)
    assert field.warning == "The model's default, 12, is above its own maximum of 10."


def test_a_property_that_is_called_like_a_name_of_ours_is_left_to_json() -> None:
    form = make_form({"properties": {"_json": {"type": "string"}, "_x": {"type": "string"}}})

    assert list(form.named) == ["_x"]
    assert "_json" in form.notes[0].fault
    assert read_posted(form, [("_json", '{"_json": "a"}')]).inputs == {"_json": "a"}


def test_a_nested_object_has_fields_of_its_own_and_dots_in_names_are_doubled() -> None:
    form = make_form(
        {
            "properties": {
                "camera": {"properties": {"speed": {"type": "integer"}, "a.b": {"type": "string"}}}
            }
        }
    )

    assert list(form.named) == ["camera", "camera.speed", "camera.a..b"]


def test_ids_are_unique_and_never_those_of_the_page() -> None:
    names = ["main", "run", "a b", "a-b", "prompt", "ä", "<b>", "in-1"]
    form = make_form({"properties": {name: {"type": "string"} for name in names}})
    ids = [field.id for field in form]

    assert len(set(ids)) == len(names)
    assert not {"main", "run"} & set(ids)
    assert form.named["prompt"].id == "prompt"


@pytest.mark.parametrize(
    "published",
    [
        None,
        [],
        "x",
        {},
        {"properties": []},
        {"properties": {"a": None, "b": [], "c": 5, "": {}, "d": {"type": {}}}},
        {"properties": {"a": {"type": "string"}}, "required": "a"},
        {"properties": {"a": {"type": "string"}}, "required": [1, None, "a", "a"]},
        {"properties": {"a": {"enum": {}}, "b": {"enum": []}, "c": {"enum": [None, {}, [], 1.5]}}},
        {"properties": {"a": {"type": "array", "items": [1]}, "b": {"items": {"items": {}}}}},
        {"properties": {"a": {"$ref": "#/properties/a"}, "b": {"anyOf": [{"type": "null"}]}}},
        {
            "properties": {
                "a": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                "b": {"oneOf": 1},
            }
        },
        {"properties": {"a": {"type": "integer", "minimum": "x", "default": {"y": 1}}}},
        {"properties": {"a": {"type": "string", "default": 5, "title": {}, "description": []}}},
        {"properties": {"seed": {"type": "integer", "default": True, "maximum": -5}}},
        {"properties": {"image_size": {"enum": ["auto"], "description": "{width, height} object"}}},
        {"properties": {"a": {"type": "string", "pattern": "("}, "b": {"pattern": "(a+)+$"}}},
        {"properties": {"a": {"type": "array", "default": "x", "maxItems": -1, "minItems": 2.5}}},
        {"properties": {"a": {"type": "object", "properties": {"b": 5}, "required": 7}}},
        {"properties": {"x" * 5000: {"type": "string"}, "_json": {"type": "string"}}},
    ],
)
def test_no_schema_is_strange_enough_to_fail(published: Any) -> None:
    form = make_form(published)
    posted = read_posted(form, untouched(form).items())

    check_posted(form, posted)
    assert len(form.notes) <= 50


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYWORDS = st.sampled_from(
    [
        *(
            "type",
            "enum",
            "const",
            "default",
            "minimum",
            "maximum",
            "items",
            "properties",
            "format",
        ),
        *("required", "anyOf", "oneOf", "allOf", "pattern", "maxLength", "minItems", "multipleOf"),
        *("nullable", "title", "description", "examples", "additionalProperties", "$ref", "not"),
    ]
)
TYPES = st.sampled_from(["string", "integer", "float", "boolean", "array", "object", "null", "x"])


@given(
    st.dictionaries(
        st.text(max_size=6) | st.sampled_from(["seed", "prompt", "image_size"]),
        st.dictionaries(KEYWORDS, JSON | TYPES | st.lists(TYPES), max_size=6),
        max_size=4,
    ),
    JSON,
)
def test_any_jumble_of_keywords_gives_a_form_that_can_be_posted(
    properties: JsonObject, required: Any
) -> None:
    form = make_form({"properties": properties, "required": required})
    posted = read_posted(form, untouched(form).items())

    check_posted(form, posted)
    json.dumps(posted.inputs)


def test_a_thousand_properties_and_five_thousand_choices_still_make_a_form() -> None:
    names = [f"property_{number}" for number in range(1_000)]
    random.Random(1).shuffle(names)
    properties: JsonObject = {
        name: {"type": "string", "description": "<b>" * 900} for name in names
    }
    properties["many"] = {"enum": [f"choice {number}" for number in range(5_000)]}

    form = make_form({"properties": properties})

    assert len(form.fields) == 1_001
    assert len(form.named["many"].choices) == 5_000
    assert sum(len(field.help) for field in form) < 2_100_000


TEXT: JsonObject = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "order"),
    [
        ({"properties": {"a": {**TEXT, "x-order": 2}, "b": {**TEXT, "x-order": 1}}}, ["b", "a"]),
        (
            {"properties": {"a": TEXT, "b": TEXT, "c": TEXT}, "ui:order": ["c", "a"]},
            ["c", "a", "b"],
        ),
        ({"properties": {"a": {**TEXT, "order": "x"}, "prompt": TEXT}}, ["prompt", "a"]),
    ],
)
def test_the_order_that_a_schema_tells_is_kept(schema: JsonObject, order: list[str]) -> None:
    assert [field.name for field in make_form(schema)] == order


def test_what_matters_most_comes_first_and_the_rest_may_wait() -> None:
    names = ["cfg", "prompt", "seed", "style", "image_size", "mood", "grain", "noise", "duration"]
    few = make_form({"properties": dict.fromkeys(names, TEXT), "required": ["style"]})
    many = make_form({"properties": dict.fromkeys(names, TEXT)})

    assert ([field.name for field in few.first], few.further) == (names, ())
    assert [field.name for field in many.first] == ["prompt", "seed", "image_size", "duration"]
    assert [field.name for field in many.further] == ["cfg", "style", "mood", "grain", "noise"]
