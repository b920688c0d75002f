"""Posted text -> typed values: what was filled in, and nothing else."""

from collections.abc import Iterable

from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.json_text import NotJson, read_json_text
from app.inputs.posted import JSON, Posted
from app.inputs.prefill import is_known, texts_of_inputs
from app.inputs.readers import Unreadable, read_side, read_value
from app.inputs.rows import settled
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sizes import SIDES
from app.inputs.words import Problem, unknown

MOST_UNKNOWN = 20


class _LeftOut:
    """Stands for a key that is not sent, since null is a value that may be."""


LEFT_OUT = _LeftOut()


def read_posted(form: Form, items: Iterable[tuple[str, str]]) -> Posted:
    """Read a form as it was posted.

    items: names and texts, repeated names in order; see "Names in a form" in the README.
    Returns the raw texts, the inputs that are well formed, and a problem for each other one.
    Empty controls are left out of the inputs, so what is required is checked later.
    """
    texts = texts_of_items(items)
    if JSON in texts:
        return read_json(form, texts[JSON][-1])
    posted = Posted(settled(form, texts))
    values: JsonObject = {}
    for field in form.fields:
        value = _read(field, posted)
        if not isinstance(value, _LeftOut):
            values[field.key] = value
    posted.inputs = in_schema_order(form, values)
    posted.problems += _unknown_names(form, texts)
    return posted


def texts_of_items(items: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What was posted under each name, with line ends as they were typed."""
    texts: dict[str, list[str]] = {}
    for name, text in items:
        # Browsers send CRLF for the line ends that were typed as LF.
        texts.setdefault(name, []).append(text.replace("\r\n", "\n"))
    return texts


def read_json(form: Form, text: str) -> Posted:
    """Read the whole of a form's inputs from one JSON object."""
    try:
        inputs = read_json_text(text).value
    except NotJson as error:
        return Posted({JSON: [text]}, problems=[Problem(JSON, "JSON", str(error), str(error))])
    if not isinstance(inputs, dict):
        said = "Line 1: The inputs are one object, in braces, such as {}."
        return Posted({JSON: [text]}, problems=[Problem(JSON, "JSON", said, said)])
    strange = [name for name in inputs if not form.takes(name)]
    known = {name: _exact(form, name, value) for name, value in inputs.items() if form.takes(name)}
    return Posted(
        {**texts_of_inputs(form, known), JSON: [text]},
        in_schema_order(form, known),
        [unknown(name) for name in strange[:MOST_UNKNOWN]],
    )


def _exact(form: Form, name: str, value: JsonValue) -> JsonValue:
    """A whole number as one: JSON's 2.0 is 2 where the model takes whole numbers."""
    field = form.named.get(name)
    whole = field is not None and field.kind == "whole"
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value


def in_schema_order(form: Form, values: JsonObject) -> JsonObject:
    """The same values in the order of the schema's properties."""
    names = values if form.open else form.properties
    return {name: values[name] for name in names if name in values}


def _read(field: Field, posted: Posted) -> "JsonValue | _LeftOut":
    """The value of one field; a problem with it is put down and the field left out."""
    if field.kind == "object":
        return _read_object(field, posted)
    if field.kind == "list" and field.item is not None:
        return _read_list(field, field.item, posted)
    if field.kind == "rows":
        return _read_rows(field, posted)
    if field.kind == "union":
        branch = posted.chosen(field)
        return _chosen_emptiness(field, posted, None) if branch is None else _read(branch, posted)
    text = posted.text(field.name)
    try:
        if field.custom_size and text == "custom":
            return _read_size(field, posted)
        # A blank is only emptiness: the text itself is sent with every space as typed.
        if text.strip():
            return read_value(field, text)
    except Unreadable as found:
        posted.problems.append(found.problem)
        return LEFT_OUT
    return _chosen_emptiness(field, posted, "" if field.kind == "text" else None)


def _read_size(field: Field, posted: Posted) -> "JsonValue | _LeftOut":
    sides: JsonObject = {}
    for side in SIDES:
        try:
            sides[side] = read_side(field, side, posted.text(f"{field.name}.{side}"))
        except Unreadable as found:
            posted.problems.append(found.problem)
    return sides if len(sides) == len(SIDES) else LEFT_OUT


def _read_list(field: Field, item: Field, posted: Posted) -> "JsonValue | _LeftOut":
    values: list[JsonValue] = []
    for row, text in enumerate(posted.rows(field.name)):
        try:
            values.append(read_value(item, text, row))
        except Unreadable as found:
            posted.problems.append(found.problem)
    return values or _chosen_emptiness(field, posted, [])


def _read_rows(field: Field, posted: Posted) -> "JsonValue | _LeftOut":
    values: list[JsonValue] = []
    for number in range(posted.count(field.name)):
        value = _read(field.row(number), posted)
        # A row that cannot be read keeps its place, so that the others keep their numbers.
        values.append(None if isinstance(value, _LeftOut) else value)
    return values or _chosen_emptiness(field, posted, [])


def _read_object(field: Field, posted: Posted) -> "JsonValue | _LeftOut":
    values: JsonObject = {}
    for child in field.children:
        value = _read(child, posted)
        if child.tells and child.required and child.name not in posted.texts:
            # A plain client that names the branch need not say it twice.
            value = child.choices[0].value
        if not isinstance(value, _LeftOut):
            values[child.key] = value
    return values or _chosen_emptiness(field, posted, {})


def _chosen_emptiness(field: Field, posted: Posted, empty: JsonValue) -> "JsonValue | _LeftOut":
    if posted.sends_null(field.name):
        return None
    return empty if empty is not None and posted.sends_empty(field.name) else LEFT_OUT


def _unknown_names(form: Form, texts: dict[str, list[str]]) -> list[Problem]:
    strange = [name for name in texts if not is_known(form, name) and not name.startswith("_")]
    return [unknown(name) for name in strange[:MOST_UNKNOWN]]
