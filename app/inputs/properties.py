"""One property of a schema -> one field, with the fields inside it."""

import re
from collections import Counter

from app.inputs.choices import read_choices
from app.inputs.conditions import WHEN, with_conditional
from app.inputs.controls import control_for, slider_step
from app.inputs.field import Field, altered
from app.inputs.formats import format_of
from app.inputs.hints import hint_for
from app.inputs.initial import with_values
from app.inputs.keywords import clean
from app.inputs.kinds import PLAIN, SIZE, branches_of, collapse, item_of, kind_of, media_of
from app.inputs.labels import label_for, one_of
from app.inputs.limits import limited, or_null
from app.inputs.posted import OURS
from app.inputs.prefill import add_start
from app.inputs.schema import JsonObject, JsonValue, SchemaError, to_json_property
from app.inputs.sizes import SIDES
from app.inputs.survey import Survey
from app.inputs.titles import title_of, word_for

LONGEST_NAME = 200
LONGEST_HELP = 4_000
# Names longer than this many steps belong to no form that a person fills.
DEEPEST_FORM = 12

_AN_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# What a page calls its own parts; a property of such a name gets a made-up id.
_IDS_OF_THE_PAGE = frozenset(
    {"announce", "earlier", "form", "keys", "main", "notice", "run", "shown", "used"}
)


# A copy of it is made many times as quickly as a field from nothing.
_BLANK = Field(path=("",), name="", id="", kind="json", label="", schema={})


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
    return _told_apart(fields, survey)


def _field(
    path: tuple[str, ...],
    index: str,
    published: JsonValue,
    required: bool,
    survey: Survey,
    *,
    is_part: bool = False,
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
    kind = kind_of(node)
    if kind == "union":
        schema = {}
    field = altered(
        _BLANK,
        path=path,
        name=name,
        id=f"in{index}" if is_part else _id(name, index),
        kind=kind,
        label=label_for(path[-1], node.get("title")),
        schema=schema,
        help=_help(node, survey),
        required=required,
        nullable=nullable,
        is_conditional=WHEN in node,
        when=str(node.get(WHEN, "")),
    )
    field = limited(field, or_null(schema) if nullable else schema)
    field = _with_parts(field, node, index, survey)
    field = finished(with_values(field, node, schema, survey))
    return altered(field, starts=_starts(field)) if field.kind in ("rows", "union") else field


def _starts(field: Field) -> tuple[tuple[str, tuple[str, ...]], ...]:
    texts: dict[str, list[str]] = {}
    add_start(texts, field)
    return tuple((name, tuple(said)) for name, said in texts.items() if any(said))


def finished(field: Field) -> Field:
    """The field with the control and the hint that fit all the rest of it."""
    field = altered(field, slide=slider_step(field))
    return altered(field, control=control_for(field), hint=hint_for(field))


def _with_parts(field: Field, node: JsonObject, index: str, survey: Survey) -> Field:
    """Add choices, items or children; what these cannot be made of becomes JSON."""
    if field.kind == "choice":
        return _with_choices(field, node, survey)
    if field.kind == "list":
        return _with_items(field, node, index, survey)
    if field.kind == "object":
        return _with_children(field, node, index, survey)
    if field.kind == "union":
        return _with_branches(field, node, index, survey)
    if field.kind == "text":
        media = media_of(node)
        return altered(field, media=media, format="" if media else format_of(field.key, node))
    return field


def _with_choices(field: Field, node: JsonObject, survey: Survey) -> Field:
    choices = read_choices(node)
    if survey.affords(*(choice.text + choice.label for choice in choices)):
        return _with_sides(altered(field, choices=choices), node.get(SIZE), survey)
    # Too many to list: typed by hand then, and checked all the same.
    kind = kind_of({key: value for key, value in node.items() if key not in ("enum", "const")})
    return altered(field, kind=kind if kind in PLAIN else "json")


def _with_sides(field: Field, sizes: JsonValue, survey: Survey) -> Field:
    """Add width and height to named sizes that an object may stand for."""
    properties = sizes.get("properties") if isinstance(sizes, dict) else None
    if not isinstance(properties, dict):
        return field
    sides = tuple(
        altered(
            _field((*field.path, side), side, properties[side], True, survey),
            id=f"{field.id}-{side}",
            place=field.label,
            shown=(),
        )
        for side in SIDES
    )
    return altered(field, children=sides, custom_size=True)


def _with_items(field: Field, node: JsonObject, index: str, survey: Survey) -> Field:
    described = item_of(node)
    inside, nullable = collapse(described)
    kind = kind_of(inside)
    if kind in PLAIN and not nullable:
        choices = read_choices(inside) if kind == "choice" else ()
        if not survey.affords(*(one.text for one in choices)):
            return altered(field, kind="json")
        listed = altered(field, media=media_of(node))
        item = altered(listed, kind=kind, choices=choices)
        return altered(listed, item=limited(item, clean(inside, field.name)[0]))
    # A list within a list goes on being rows; what is beyond any control is JSON as a whole.
    row = _part(field, described, f"{index}-r", survey)
    if row is None or row.kind == "json":
        return altered(field, kind="json")
    row = altered(row, path=(*field.path, "#"), label=one_of(field.label, inside.get("title")))
    schema: JsonObject = {**field.schema, "items": row.schema}
    return altered(field, kind="rows", item=row, schema=schema)


def _with_branches(field: Field, node: JsonObject, index: str, survey: Survey) -> Field:
    branches: list[Field] = []
    nullable = field.nullable
    for number, described in enumerate(branches_of(node)):
        inside, may_be_null = collapse(described)
        nullable |= may_be_null
        branch = _part(field, inside, f"{index}-b{number}", survey)
        if branch is None:
            return altered(field, kind="json", schema={})
        title = title_of(branch, inside)
        titles = [other.title for other in branches]
        title = title if title not in titles else f"{title} {number + 1}"
        branch = altered(branch, id=f"{field.id}-b{number}", title=title, word=word_for(title))
        branches.append(_told(altered(branch, label=field.label, required=False)))
    return altered(field, branches=tuple(branches), nullable=nullable)


def _told(branch: Field) -> Field:
    """A branch whose constants, which tell it from the others, are sent unasked."""
    if branch.kind != "object":
        return branch
    children = (
        finished(altered(child, shown=(child.choices[0].text,), tells=True))
        if len(child.choices) == 1 and not child.custom_size
        else child
        for child in branch.children
    )
    return altered(branch, children=tuple(children))


def _part(field: Field, described: JsonObject, index: str, survey: Survey) -> Field | None:
    """A row's pattern or a branch: a field at the very place of the one that it is part of."""
    if not survey.affords_field() or len(field.path) > DEEPEST_FORM:
        return None
    # As if required, since a part that has been added or chosen shows its defaults.
    required = kind_of(collapse(described)[0]) == "object"
    part = _field(field.path, index, described, required, survey, is_part=True)
    said_twice = part.help == field.help
    return finished(altered(part, required=False, help="" if said_twice else part.help))


def _with_children(field: Field, node: JsonObject, index: str, survey: Survey) -> Field:
    properties, required = node.get("properties"), node.get("required")
    if not isinstance(properties, dict):
        return altered(field, kind="json")
    names = [str(name) for name in required] if isinstance(required, list) else []
    properties = with_conditional(_with_defaults(properties, node.get("default")), node)
    children = make_fields(properties, names, survey, field.path, index)
    if len(children) < len(properties) or not children:
        return altered(field, kind="json")
    schemas: JsonObject = {child.key: child.always for child in children}
    schema: JsonObject = {**field.schema, "properties": schemas}
    return altered(field, schema=schema, children=_sent_only_whole(field, children))


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
        finished(altered(child, shown=())) if not child.children else child for child in children
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


def _told_apart(fields: list[Field], survey: Survey) -> list[Field]:
    """Fields of which no two have the same label: a repeated one gets its property's name."""
    labels = Counter(field.label for field in fields)
    for label, count in labels.items():
        if count > 1:
            survey.note(f"{count} inputs are called “{label}”.", "Their own names tell them apart.")
    return [
        altered(field, label=f"{field.label} ({field.key})") if labels[field.label] > 1 else field
        for field in fields
    ]
