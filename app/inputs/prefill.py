"""What a form shows when it opens: defaults, a run's inputs, or what a link says."""

from collections.abc import Iterable

from app.inputs.defaults import texts_of
from app.inputs.field import Field, altered
from app.inputs.form import Form
from app.inputs.json_text import write_json
from app.inputs.names import AS, is_inside
from app.inputs.posted import EMPTY, JSON, NULL, Posted
from app.inputs.rows import settled
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sizes import SIDES
from app.inputs.unions import branch_for
from app.inputs.words import unknown

# As many empty rows as a person would fill without asking for more.
MOST_FIRST_ROWS = 10

Texts = dict[str, list[str]]


def untouched(form: Form) -> Posted:
    """The form as it opens when nobody has filled it."""
    texts: Texts = {}
    for field in form.fields:
        add_start(texts, field)
    return Posted(texts)


def add_start(texts: Texts, field: Field) -> None:
    """Add what a field shows before anybody has touched it."""
    if field.shown:
        texts[field.name] = list(field.shown)
    for child in field.children if field.kind == "object" else ():
        add_start(texts, child)
    if field.start is not None:
        _add(texts, field, field.start)
    elif field.kind == "union" and field.required:
        texts[f"{field.name}{AS}"] = [field.branches[0].word]
        add_start(texts, field.branches[0])
    elif field.kind == "rows" and field.required:
        for number in range(min(max(field.min_items, 1), MOST_FIRST_ROWS)):
            add_row(texts, field, number)


def add_row(texts: Texts, field: Field, number: int) -> None:
    """Add one untouched row to a list with fields in its rows."""
    row = field.row(number)
    texts.setdefault(row.name, [""])
    # Whoever adds a row wants to fill it: a union in it opens with its first branch.
    add_start(texts, altered(row, required=True) if row.kind == "union" else row)


def from_inputs(form: Form, inputs: JsonObject, rolled: Iterable[str] = ()) -> Posted:
    """The form filled with a run's inputs.

    rolled: names of seeds that nobody chose; they are shown empty, to be rolled anew.
    What the form has no input for becomes a problem each, so that nothing is lost unseen.
    """
    empty = set(rolled)
    chosen = {name: value for name, value in inputs.items() if name not in empty}
    if form.open:
        return Posted({JSON: [write_json(chosen)]}, chosen)
    strange = [name for name in chosen if name not in form.properties]
    return Posted(texts_of_inputs(form, chosen), problems=[unknown(name) for name in strange])


def from_link(form: Form, items: Iterable[tuple[str, str]]) -> Posted:
    """The form as an address fills it: its names are those of the form, the rest is untouched.

    Names that the form lacks are passed over: an address carries other things too.
    """
    said: Texts = {}
    for name, text in items:
        said.setdefault(name, []).append(text.replace("\r\n", "\n"))
    known = {
        name: texts
        for name, texts in said.items()
        if (is_known(form, name) and not is_secret(form, name)) or name in (EMPTY, NULL)
    }
    # Rows and branches of a link stand for the whole list or union, not for a part of it.
    told = [
        field.name
        for field in form.named.values()
        if field.kind in ("rows", "union") and any(is_inside(name, field.name) for name in known)
    ]
    texts = {
        name: texts
        for name, texts in untouched(form).texts.items()
        if not any(is_inside(name, outer) for outer in told)
    }
    return Posted(settled(form, texts | known))


def is_secret(form: Form, name: str) -> bool:
    """Whether it is the name of a secret, which no address may carry."""
    field = form.find(name)
    return field is not None and field.format == "password"


def is_known(form: Form, name: str) -> bool:
    """Whether the form has a control of this name."""
    if form.find(name):
        return True
    whole, _, last = name.rpartition(".")
    outer = form.find(whole) if whole else None
    if outer is None:
        return False
    if last == "_as":
        return outer.kind == "union"
    sized = (outer, *outer.branches)
    return last in SIDES and any(field.custom_size for field in sized)


def texts_of_inputs(form: Form, inputs: JsonObject) -> Texts:
    """The texts that would be posted for these inputs; a name the form lacks is passed over."""
    texts: Texts = {}
    for field in form.fields:
        if field.key in inputs:
            _add(texts, field, inputs[field.key])
    return texts


def _add(texts: Texts, field: Field, value: JsonValue) -> None:
    nulls = any(choice.value is None for choice in field.choices)
    if value is None and field.kind != "json" and not nulls:
        texts.setdefault(NULL, []).append(field.name)
    elif (field.kind, value) in (("list", []), ("rows", []), ("text", ""), ("object", {})):
        texts.setdefault(EMPTY, []).append(field.name)
    elif field.kind == "object" and isinstance(value, dict):
        for child in field.children:
            if child.key in value:
                _add(texts, child, value[child.key])
    elif field.kind == "rows" and isinstance(value, list):
        for number, one in enumerate(value):
            row = field.row(number)
            texts[row.name] = [""]
            _add(texts, row, one)
    elif field.kind == "union":
        branch = branch_for(field, value)
        texts[f"{field.name}{AS}"] = [branch.word]
        _add(texts, branch, value)
    elif field.custom_size and isinstance(value, dict):
        texts[field.name] = ["custom"]
        for side in SIDES:
            texts[f"{field.name}.{side}"] = list(texts_of(value.get(side), "whole"))
    else:
        choices = field.item.choices if field.item else field.choices
        texts[field.name] = list(texts_of(value, field.kind, choices))
