"""Inputs written as JSON: what is wrong with them, each problem at its line."""

import json
from dataclasses import dataclass
from difflib import get_close_matches

from app.inputs.check import check_posted
from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.json_text import JsonText, NotJson, read_json_text
from app.inputs.lossless import lost_in_form
from app.inputs.values import read_json
from app.inputs.ways import Way, spelt, value_at, way_to
from app.inputs.words import Problem, quote

LONGEST_SHOWN = 60
MOST_OFFERED = 8
_SHOWN = "Choose one of the values shown."


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Something to change on one line, from 1; name: of the value, empty where there is none."""

    line: int
    name: str
    message: str


def json_problems(form: Form, text: str, allowed_origin: str | None = None) -> list[LineProblem]:
    """What would be refused of inputs written as JSON, in the order of their lines."""
    try:
        read = read_json_text(text)
    except NotJson as error:
        return [LineProblem(error.line, "", f"Character {error.column}: {error.said}")]
    if not isinstance(read.value, dict):
        return [LineProblem(1, "", "The inputs are one object, in braces, such as {}.")]
    posted = read_json(form, text)
    found = [
        _placed(form, read, one, way_to(one, read.value))
        for one in check_posted(form, posted, allowed_origin)
    ]
    return sorted(found, key=lambda one: one.line)


def unshown(form: Form, text: str) -> list[LineProblem]:
    """What keeps readable JSON from being shown in the form without loss."""
    read = read_json_text(text)
    inputs = read.value if isinstance(read.value, dict) else {}
    found = []
    for way in lost_in_form(form, inputs):
        value = json.dumps(value_at(inputs, way), ensure_ascii=False)
        shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
        said = f"The form cannot show {shown} without changing it. Change it here first."
        if not form.takes(str(way[0])):
            said = f"The form has no input of this name.{_near(form, str(way[0]))}"
        found.append(LineProblem(read.line_of(way), spelt(way), said))
    return sorted(found, key=lambda one: one.line)


def _placed(form: Form, read: JsonText, found: Problem, way: Way) -> LineProblem:
    message, value = found.message, value_at(read.value, way)
    numeral = ("is not a number", "is not a whole number")
    if isinstance(value, str) and message.startswith(
        tuple(f"{quote(value)} {one}" for one in numeral)
    ):
        # In JSON, what reads like a number may be a text: the quotes are the fault.
        message = f"The text {message}"
    field = form.find(found.name)
    if message.endswith(_SHOWN):
        # There is nothing to choose from beside the text.
        offered = _offered(field) if field is not None and field.choices else ""
        message = f"{message.removesuffix(_SHOWN)}{offered}".rstrip()
    if way and not form.takes(str(way[0])):
        message = f"This model has no such input.{_near(form, str(way[0]))}"
    return LineProblem(read.line_of(way), spelt(way), message)


def _offered(field: Field) -> str:
    texts = [json.dumps(one.value, ensure_ascii=False) for one in field.choices[:MOST_OFFERED]]
    more = len(field.choices) - len(texts)
    return f"Use {', '.join(texts)}{f' or one of {more} more' if more else ''}."


def _near(form: Form, name: str) -> str:
    near = get_close_matches(name[:LONGEST_SHOWN], form.properties, n=1)
    return f" Did you mean “{near[0]}”?" if near else ""
