"""What a control shows before anybody has touched it, and what is offered beside it."""

import json

from app.inputs.choices import Choice, text_of
from app.inputs.kinds import Kind, Media
from app.inputs.labels import figure
from app.inputs.schema import JsonObject, JsonValue

Texts = tuple[str, ...]


def texts_of(value: JsonValue, kind: Kind, choices: tuple[Choice, ...] = ()) -> Texts:
    """The texts that a control of this kind posts for a value; `()` for an untouched one.

    choices: of the field, or of the items of a list.
    """
    if kind == "json":
        return (json.dumps(value, ensure_ascii=False, indent=2),)
    if kind == "list":
        return tuple(_text(one, choices) for one in value) if isinstance(value, list) else ()
    return () if value is None and not choices else (_text(value, choices),)


def _text(value: JsonValue, choices: tuple[Choice, ...]) -> str:
    same = (one.text for one in choices if _equal(one.value, value))
    return next(same, text_of(value))


def _equal(one: JsonValue, other: JsonValue) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def shown_texts(
    node: JsonObject,
    kind: Kind,
    *,
    choices: tuple[Choice, ...],
    media: Media | None,
    required: bool,
    rolled: bool,
) -> Texts:
    """The texts of the untouched control.

    A seed is rolled and files are never sent unasked, so theirs are empty, and so is a text
    that must be written by a person; every other default is shown, and sent as shown.
    """
    default = node.get("default")
    if rolled or media or (kind == "text" and required) or kind in ("object", "rows", "union"):
        return ()
    if default is None:
        if kind == "boolean" and required:
            return ("false",)
        return (choices[0].text,) if required and len(choices) == 1 else ()
    texts = texts_of(default, kind, choices)
    return () if texts == ("",) else texts


def example_texts(node: JsonObject, kind: Kind, shown: Texts, rolled: bool) -> Texts:
    """The texts to offer: the default where it is not shown, else the first example."""
    if rolled or kind not in ("text", "list"):
        return ()
    examples = node.get("examples")
    first = examples[0] if isinstance(examples, list) and examples else node.get("example")
    for sample in (node.get("default"), first):
        if isinstance(sample, str if kind == "text" else list):
            texts = texts_of(sample, kind)
            if any(text.strip() for text in texts) and texts != shown:
                return texts
    return ()


def fault_of_default(
    node: JsonObject, schema: JsonObject, kind: Kind, choices: tuple[Choice, ...]
) -> str:
    """In which way the default breaks its own schema, as a sentence; empty when it does not."""
    default = node.get("default")
    if default is None:
        return ""
    if kind == "choice":
        inside = any(_equal(one.value, default) for one in choices)
        return "" if inside else f"The model's default, {text_of(default):.80}, is not offered."
    if kind in ("whole", "number"):
        return _fault_of_number(default, schema, kind)
    longest = schema.get("maxLength")
    if kind == "text" and isinstance(default, str) and isinstance(longest, int):
        return (
            f"The model's default is longer than its own {figure(longest)} characters."
            if len(default) > longest
            else ""
        )
    return ""


def _fault_of_number(default: JsonValue, schema: JsonObject, kind: Kind) -> str:
    shown = f"The model's default, {text_of(default):.80},"
    if isinstance(default, bool) or not isinstance(default, int | float):
        return f"{shown} is not a number."
    if kind == "whole" and default != int(default):
        return f"{shown} is not a whole number."
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int | float) and default < least:
        return f"{shown} is below its own minimum of {figure(least)}."
    if isinstance(most, int | float) and default > most:
        return f"{shown} is above its own maximum of {figure(most)}."
    return ""
