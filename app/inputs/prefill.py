"""What a form shows when it opens: defaults, a run's inputs, or what a link says."""

from collections.abc import Iterable

from app.inputs.defaults import texts_of
from app.inputs.form import Field, Form
from app.inputs.posted import EMPTY, NULL, Posted
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sizes import SIDES
from app.inputs.words import unknown

Texts = dict[str, list[str]]


def untouched(form: Form) -> Posted:
    """The form as it opens when nobody has filled it."""
    texts: Texts = {}
    for field in form.named.values():
        if field.shown:
            texts[field.name] = list(field.shown)
    return Posted(texts)


def from_inputs(form: Form, inputs: JsonObject, rolled: Iterable[str] = ()) -> Posted:
    """The form filled with a run's inputs.

    rolled: names of seeds that nobody chose; they are shown empty, to be rolled anew.
    What the form has no input for becomes a problem each, so that nothing is lost unseen.
    """
    empty = set(rolled)
    chosen = {name: value for name, value in inputs.items() if name not in empty}
    strange = [name for name in chosen if name not in form.properties]
    return Posted(texts_of_inputs(form, chosen), problems=[unknown(name) for name in strange])


def from_link(form: Form, items: Iterable[tuple[str, str]]) -> Posted:
    """The form as an address fills it: its names are those of the form, the rest is untouched.

    Names that the form lacks are passed over: an address carries other things too.
    """
    said: Texts = {}
    for name, text in items:
        said.setdefault(name, []).append(text.replace("\r\n", "\n"))
    posted = untouched(form)
    for name, texts in said.items():
        if is_known(form, name) or name in (EMPTY, NULL):
            posted.texts[name] = texts
    return posted


def is_known(form: Form, name: str) -> bool:
    """Whether the form has a control of this name."""
    if name in form.named:
        return True
    whole, _, side = name.rpartition(".")
    return side in SIDES and whole in form.named and form.named[whole].custom_size


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
    elif (field.kind, value) in (("list", []), ("text", ""), ("object", {})):
        texts.setdefault(EMPTY, []).append(field.name)
    elif field.kind == "object" and isinstance(value, dict):
        for child in field.children:
            if child.key in value:
                _add(texts, child, value[child.key])
    elif field.custom_size and isinstance(value, dict):
        texts[field.name] = ["custom"]
        for side in SIDES:
            texts[f"{field.name}.{side}"] = list(texts_of(value.get(side), "whole"))
    else:
        choices = field.item.choices if field.item else field.choices
        texts[field.name] = list(texts_of(value, field.kind, choices))
