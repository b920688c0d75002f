"""One property of a schema -> one field, with the fields inside it."""

import re
from collections import Counter
from dataclasses import replace

from app.inputs.choices import read_choices
from app.inputs.controls import control_for, slider_step
from app.inputs.form import Field, Number
from app.inputs.hints import hint_for
from app.inputs.initial import with_values
from app.inputs.keywords import clean
from app.inputs.kinds import PLAIN, collapse, item_of, kind_of, media_of
from app.inputs.labels import label_for
from app.inputs.posted import OURS
from app.inputs.schema import JsonObject, JsonValue, SchemaError, to_json_property
from app.inputs.survey import Survey

LONGEST_NAME = 200
LONGEST_HELP = 4_000

_AN_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# What a page calls its own parts; a property of such a name gets a made-up id.
_IDS_OF_THE_PAGE = frozenset(
    {"announce", "earlier", "form", "keys", "main", "notice", "run", "shown", "used"}
)


def make_fields(
    properties: JsonObject,
    required: list[str],
    survey: Survey,
    path: tuple[str, ...] = (),
    index: str = "",
) -> list[Field]:
    """The fields of an object's properties, in the schema's order.

    path: the names of the objects around it; index: their positions, for ids.
    """
    fields: list[Field] = []
    for position, (name, published) in enumerate(properties.items()):
        if not name or len(name) > LONGEST_NAME:
            survey.note(f"An input has no usable name: “{name[:40]}”.", "It has no control.")
        elif not path and name in OURS:
            survey.note(f"“{name}” is a name of the playground's own.", "It has no control.")
        elif not survey.affords_field():
            survey.note("There are more inputs than can be shown.", "Set the rest as JSON.")
            break
        else:
            inside = f"{index}-{position}"
            fields.append(_field((*path, name), inside, published, name in required, survey))
    return _told_apart(fields)


def _field(
    path: tuple[str, ...], index: str, published: JsonValue, required: bool, survey: Survey
) -> Field:
    name = ".".join(part.replace(".", "..") for part in path)
    try:
        standard = to_json_property(name, published)
    except SchemaError as error:
        survey.note(str(error), "It is offered as JSON and not checked.")
        standard = {}
    node, nullable = collapse(standard)
    schema, faults = clean(node, name)
    for fault in faults:
        survey.note(fault, "It was left out; everything else is checked.")
    field = Field(
        path=path,
        name=name,
        id=_id(name, index),
        kind=kind_of(node),
        label=label_for(path[-1], node.get("title")),
        schema=schema,
        help=_help(node, survey),
        required=required,
        nullable=nullable,
    )
    field = _limited(field, _or_null(schema) if nullable else schema)
    field = _with_parts(field, node, index, survey)
    return finished(with_values(field, node, schema, survey))


def _limited(field: Field, schema: JsonObject) -> Field:
    return replace(
        field,
        schema=schema,
        minimum=_number(schema, "minimum"),
        maximum=_number(schema, "maximum"),
        step=_number(schema, "multipleOf"),
        min_items=_whole(schema, "minItems") or 0,
        max_items=_whole(schema, "maxItems"),
        max_length=_whole(schema, "maxLength"),
    )


def _or_null(schema: JsonObject) -> JsonObject:
    wider = dict(schema)
    if isinstance(schema.get("type"), str):
        wider["type"] = [schema["type"], "null"]
    return wider


def finished(field: Field) -> Field:
    """The field with the control and the hint that fit all the rest of it."""
    field = replace(field, slide=slider_step(field))
    return replace(field, control=control_for(field), hint=hint_for(field))


def _with_parts(field: Field, node: JsonObject, index: str, survey: Survey) -> Field:
    """Add choices, items or children; what these cannot be made of becomes JSON."""
    if field.kind == "choice":
        return _with_choices(field, node, survey)
    if field.kind == "list":
        return _with_items(field, node, survey)
    if field.kind == "object":
        return _with_children(field, node, index, survey)
    return replace(field, media=media_of(node)) if field.kind == "text" else field


def _with_choices(field: Field, node: JsonObject, survey: Survey) -> Field:
    choices = read_choices(node)
    if survey.affords(*(choice.text + choice.label for choice in choices)):
        return replace(field, choices=choices)
    # Too many to list: typed by hand then, and checked all the same.
    kind = kind_of({key: value for key, value in node.items() if key not in ("enum", "const")})
    return replace(field, kind=kind if kind in PLAIN else "json")


def _with_items(field: Field, node: JsonObject, survey: Survey) -> Field:
    inside, nullable = collapse(item_of(node))
    kind = kind_of(inside)
    choices = read_choices(inside) if kind == "choice" else ()
    if kind not in PLAIN or nullable or not survey.affords(*(one.text for one in choices)):
        return replace(field, kind="json")
    listed = replace(field, media=media_of(node))
    item = replace(listed, kind=kind, choices=choices)
    return replace(listed, item=_limited(item, clean(inside, field.name)[0]))


def _with_children(field: Field, node: JsonObject, index: str, survey: Survey) -> Field:
    properties, required = node.get("properties"), node.get("required")
    if not isinstance(properties, dict):
        return replace(field, kind="json")
    names = [str(name) for name in required] if isinstance(required, list) else []
    properties = _with_defaults(properties, node.get("default"))
    children = make_fields(properties, names, survey, field.path, index)
    if len(children) < len(properties) or not children:
        return replace(field, kind="json")
    schemas: JsonObject = {child.key: child.schema for child in children}
    schema: JsonObject = {**field.schema, "properties": schemas}
    return replace(field, schema=schema, children=_sent_only_whole(field, children))


def _with_defaults(properties: JsonObject, defaults: JsonValue) -> JsonObject:
    """The properties of an object, each with what the object's own default says of it."""
    if not isinstance(defaults, dict):
        return properties
    return {
        name: {**described, "default": defaults[name]}
        if isinstance(described, dict) and name in defaults
        else described
        for name, described in properties.items()
    }


def _sent_only_whole(field: Field, children: list[Field]) -> tuple[Field, ...]:
    """Empty the children of an optional object whose defaults alone would not make it whole.

    Otherwise the defaults would be sent, a required part would be missing, and the form could
    not be sent without an object that nobody asked for.
    """
    whole = all(child.shown or child.children or not child.required for child in children)
    if field.required or whole:
        return tuple(children)
    return tuple(
        finished(replace(child, shown=())) if not child.children else child for child in children
    )


def _id(name: str, index: str) -> str:
    plain = _AN_ID.fullmatch(name) and name not in _IDS_OF_THE_PAGE
    return name if plain else f"in{index}"


def _help(node: JsonObject, survey: Survey) -> str:
    described = node.get("description")
    words = described.strip() if isinstance(described, str) else ""
    if len(words) > LONGEST_HELP:
        words = f"{words[: LONGEST_HELP - 1]}…"
    return words if survey.affords_words(words) else ""


def _number(schema: JsonObject, keyword: str) -> Number | None:
    value = schema.get(keyword)
    return value if isinstance(value, int | float) else None


def _whole(schema: JsonObject, keyword: str) -> int | None:
    value = schema.get(keyword)
    return value if isinstance(value, int) else None


def _told_apart(fields: list[Field]) -> list[Field]:
    """Fields of which no two have the same label: a repeated one gets its property's name."""
    labels = Counter(field.label for field in fields)
    return [
        replace(field, label=f"{field.label} ({field.key})") if labels[field.label] > 1 else field
        for field in fields
    ]
