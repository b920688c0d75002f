"""Dates, times, colours, secrets and mail addresses."""

import pytest

from app.inputs.check import check
from app.inputs.fields import make_form
from app.inputs.prefill import from_inputs, from_link, untouched
from app.inputs.schema import JsonObject
from tests.inputs.test_rendering import page_of


@pytest.mark.parametrize(
    ("name", "described", "text", "kind"),
    [
        ("day", {"format": "date"}, "2026-11-21", "date"),
        ("day", {"format": "date"}, "", "date"),
        ("day", {"format": "date"}, "next week", None),
        ("at", {"format": "date-time"}, "2026-11-21T14:30:00Z", None),
        ("key", {"type": "string", "writeOnly": True}, "s3cret", "password"),
        ("key", {"format": "password"}, "", "password"),
        ("name", {"type": "string"}, "x", None),
    ],
)
def test_a_format_has_its_picker_and_no_text_is_lost_in_it(
    name: str, described: JsonObject, text: str, kind: str | None
) -> None:
    form = make_form({"properties": {name: described}})

    page = page_of(form, from_inputs(form, {name: text} if text else {}))

    assert page.with_id(name).get("type") == kind
    assert page.with_id(name)["value"] == text


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("tint", {"format": "color"}),
        ("tint", {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}),
        ("text_color", {"type": "string", "default": "#ffffff"}),
    ],
)
def test_a_colour_is_typed_or_picked(name: str, described: JsonObject) -> None:
    form = make_form({"properties": {name: described}})

    page = page_of(form, untouched(form))

    (picker,) = [element for _, element in page.elements if "data-colour" in element]
    assert (picker["type"], "name" in picker) == ("color", False)


@pytest.mark.parametrize(
    ("kind", "good", "bad", "message"),
    [
        ("date", "2026-02-28", "2026-02-30", "Write the date as 2026-11-21."),
        ("time", "14:30:00", "half past", "Write the time as 14:30:00."),
        ("date-time", "2026-02-28T10:00:00Z", "today", "2026-11-21T14:30:00Z."),
        ("email", "a@b.example", "a b@c", "Write an address such as name@example.com."),
    ],
)
def test_what_is_not_in_its_format_is_said(kind: str, good: str, bad: str, message: str) -> None:
    row: JsonObject = {"properties": {"x": {"type": "string", "format": kind}}}
    form = make_form({"properties": {**row["properties"], "rows": {"items": row}}})  # type: ignore[dict-item]

    assert check(form, {"x": good, "rows": [{"x": good}]}) == []
    found = check(form, {"x": bad, "rows": [{"x": bad}]})
    assert [one.name for one in found] == ["x", "rows.0.x"]
    assert all(one.message.endswith(message) for one in found)


def test_a_secret_comes_from_no_link() -> None:
    form = make_form({"properties": {"key": {"format": "password"}, "x": {"type": "string"}}})

    assert from_link(form, [("key", "s3cret"), ("x", "y")]).texts == {"x": ["y"]}
