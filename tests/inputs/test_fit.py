"""Old inputs in today's form: what fits, is changed, is chosen again, is gone."""

import pytest

from app.inputs.changes import changes
from app.inputs.fields import make_form
from app.inputs.fit import Fitted, fit
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.values import read_posted

TEXT: JsonObject = {"type": "string"}


def fitted(old: JsonObject, new: JsonObject, inputs: JsonObject) -> Fitted:
    return fit(make_form({"properties": old}), make_form({"properties": new}), inputs)


def fate(old: JsonObject, new: JsonObject, value: JsonValue) -> tuple[str, JsonValue]:
    """What becomes of one value when the property of that name has changed."""
    found = fitted({"x": old}, {"x": new}, {"x": value})
    (one,) = found.fits
    return one.state, one.after


@pytest.mark.parametrize(
    ("new", "value", "state", "after"),
    [
        (TEXT, "a", "fits", "a"),
        ({"type": "integer"}, "5", "changed", 5),
        ({"type": "number"}, "2.5", "changed", 2.5),
        ({"type": "integer"}, "five", "again", "five"),
        ({"type": "boolean"}, "true", "changed", True),
        ({"type": "array", "items": TEXT}, "a", "changed", ["a"]),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "2"], "changed", [1, 2]),
        (TEXT, ["a"], "changed", "a"),
        ({"enum": ["std", "pro"]}, "PRO", "changed", "pro"),
        ({"enum": ["std", "pro"]}, "ultra", "again", "ultra"),
        ({"enum": [5, 8, 10]}, "5", "changed", 5),
        ({"enum": ["5", "8"]}, 5, "changed", "5"),
        ({"enum": ["5", "8"]}, 5.0, "changed", "5"),
        (TEXT, 7, "changed", "7"),
        ({"type": "number", "maximum": 2}, 3, "again", 3),
        ({"type": "integer"}, 4.0, "fits", 4.0),
        ({"type": "integer"}, 4.5, "again", 4.5),
        ({"type": "string", "maxLength": 3}, "long", "again", "long"),
        ({"type": "array", "items": TEXT, "maxItems": 1}, ["a", "b"], "again", ["a", "b"]),
    ],
)
def test_a_value_fits_is_changed_or_is_chosen_again(
    new: JsonObject, value: JsonValue, state: str, after: JsonValue
) -> None:
    assert fate({}, new, value) == (state, after)


def test_what_must_be_chosen_again_stands_in_the_form_with_its_problem() -> None:
    old: JsonObject = {"mode": {"enum": ["std", "ultra"]}, "scale": {"type": "number"}}
    new: JsonObject = {"mode": {"enum": ["std", "pro"]}, "scale": {"type": "number", "maximum": 1}}

    found = fitted(old, new, {"mode": "ultra", "scale": 1.5})

    assert found.posted.text("mode") == "ultra"
    assert found.posted.text("scale") == "1.5"
    assert [problem.name for problem in found.problems] == ["mode", "scale"]
    assert "“ultra” is not offered." in found.fits[0].words


def test_what_is_gone_is_listed_with_its_value() -> None:
    found = fitted({"a": TEXT, "cfg": {"type": "number"}}, {"a": TEXT}, {"a": "b", "cfg": 0.5})

    assert [(one.name, one.state, one.was) for one in found.to_show] == [("cfg", "gone", "0.5")]
    assert (found.as_it_was, found.of_the_run) == (1, 2)
    assert found.problems == []


def test_an_input_of_the_same_title_under_another_name_is_the_same_input() -> None:
    old: JsonObject = {"cfg": {"type": "number", "title": "Guidance"}}
    new: JsonObject = {"guidance_scale": {"type": "number", "title": "guidance"}, "seed": {}}

    found = fitted(old, new, {"cfg": 2.5})

    assert found.posted.text("guidance_scale") == "2.5"
    assert found.fits[0].state == "changed"
    assert found.fits[0].words == "is called guidance_scale now"


def test_parts_of_a_group_are_told_one_by_one() -> None:
    part: JsonObject = {"motion": TEXT, "speed": {"type": "string"}, "tilt": {"type": "integer"}}
    old: JsonObject = {"camera": {"type": "object", "properties": part}}
    new: JsonObject = {
        "camera": {
            "type": "object",
            "properties": {"motion": TEXT, "speed": {"type": "integer"}},
        }
    }

    found = fitted(old, new, {"camera": {"motion": "in", "speed": "3", "tilt": 2}})

    assert [(one.name, one.state) for one in found.fits] == [
        ("camera.motion", "fits"),
        ("camera.speed", "changed"),
        ("camera.tilt", "gone"),
    ]
    assert found.posted.text("camera.speed") == "3"


def test_what_the_form_cannot_hold_of_a_value_is_not_dropped_silently() -> None:
    row: JsonObject = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
    less: JsonObject = {"type": "object", "properties": {"a": TEXT}}

    found = fitted(
        {"rows": {"type": "array", "items": row}},
        {"rows": {"type": "array", "items": less}},
        {"rows": [{"a": "1", "b": "2"}]},
    )

    (one,) = found.fits
    # Today's form shows such a list either whole or by its rows; what it lacks is told.
    kept = '"b"' in found.posted.text("rows")
    assert one.state == ("fits" if kept else "gone")
    assert '"b"' in one.was


def test_new_inputs_stand_at_their_default_and_required_ones_are_asked_for() -> None:
    old = make_form({"properties": {"a": TEXT}})
    new = make_form(
        {
            "properties": {
                "a": TEXT,
                "steps": {"type": "integer", "default": 20},
                "image_url": {"type": "string", "format": "image_uri"},
            },
            "required": ["image_url"],
        }
    )

    found = fit(old, new, {"a": "b"})

    assert [(one.name, one.state) for one in found.to_show] == [("image_url", "needed")]
    assert [one.name for one in found.new] == ["steps"]
    assert found.posted.text("steps") == "20"
    assert [problem.name for problem in found.problems] == ["image_url"]


def test_nothing_is_said_of_inputs_that_all_fit() -> None:
    same: JsonObject = {"prompt": TEXT, "seed": {"type": "integer", "default": 0}}
    inputs: JsonObject = {"prompt": "two\nlines", "seed": 2**63 - 1}

    found = fitted(same, same, inputs)

    assert found.to_show == []
    form = make_form({"properties": same})
    assert read_posted(form, found.posted.items()).inputs == inputs


def test_the_differences_of_two_versions_are_told_in_words() -> None:
    old = make_form(
        {
            "properties": {
                "mode": {"enum": ["std", "ultra"], "default": "std"},
                "duration": {"type": "string"},
                "scale": {"type": "number", "minimum": 0, "maximum": 20},
                "cfg": {"type": "number"},
                "prompt": TEXT,
            }
        }
    )
    new = make_form(
        {
            "properties": {
                "mode": {"enum": ["std", "pro"], "default": "pro"},
                "duration": {"type": "integer"},
                "scale": {"type": "number", "minimum": 0, "maximum": 10},
                "prompt": TEXT,
                "camera": TEXT,
            },
            "required": ["prompt", "camera"],
        }
    )

    told = {one.name: (one.what, one.words) for one in changes(old, new)}

    assert told == {
        "mode": (
            "changed",
            [
                "No longer offers “ultra”.",
                "Offers “pro”.",
                "The default is “pro”, was “std”.",
            ],
        ),
        "duration": ("changed", ["Was a text, is a whole number now."]),
        "scale": ("changed", ["At most 10, was 20."]),
        "prompt": ("changed", ["Is required now."]),
        "camera": ("added", ["Is new and required."]),
        "cfg": ("removed", ["Is gone."]),
    }
