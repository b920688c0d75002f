"""What a field starts with: the value it shows, the one it offers, and what these tell of it."""

from app.inputs.defaults import example_texts, fault_of_default, shown_texts
from app.inputs.field import Field, altered
from app.inputs.kinds import TEXTS
from app.inputs.rules import read_rules, words_of
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sizes import offers_custom_size
from app.inputs.survey import Survey

# A default as long as this was written on several lines, or should have been.
LONGEST_LINE = 80


def with_values(field: Field, node: JsonObject, schema: JsonObject, survey: Survey) -> Field:
    """Add what the untouched control shows, what is offered, and what is wrong with that."""
    default = node.get("default")
    rolled = field.kind == "whole" and field.path == ("seed",) and _means_rolled(default)
    shown = shown_texts(
        node,
        field.kind,
        choices=field.item.choices if field.item else field.choices,
        media=field.media,
        required=field.required,
        rolled=rolled,
    )
    example = example_texts(node, field.kind, shown, rolled)
    if not survey.affords(*shown, *example):
        survey.note(f"The default of “{field.name}” is too long to show.", "It is left out.")
        shown, example = (), ()
    custom_size = field.custom_size or (field.key.endswith("size") and _offers_custom_size(field))
    start = default if _starts_with(field, default) else None
    texts = (*shown, *example)
    fault = fault_of_default(node, schema, field.kind, field.choices)
    rules = read_rules(node) if field.media else ()
    return altered(
        field,
        rolled=rolled,
        shown=shown,
        example=example,
        usual="0" if rolled and default == 0 else "".join(shown[:1]),
        warning=" ".join(filter(None, [fault, *words_of(rules)])),
        rules=rules,
        custom_size=custom_size,
        several_lines=_has_several_lines(field, texts),
        start=start,
    )


def _starts_with(field: Field, default: JsonValue) -> bool:
    """Whether rows or a union open with the default; a sample file is never sent unasked."""
    if field.kind == "rows":
        return isinstance(default, list) and bool(default) and not _takes_files(field)
    return field.kind == "union" and default is not None and not _takes_files(field)


def _takes_files(field: Field) -> bool:
    inner = (*field.children, *field.branches, *([field.item] if field.item else []))
    return field.media is not None or any(
        _takes_files(one) for one in inner if one.kind != "list" or one is not field.item
    )


def _means_rolled(default: JsonValue) -> bool:
    return default is None or (default in (0, -1) and not isinstance(default, bool))


def _offers_custom_size(field: Field) -> bool:
    named = any(choice.text == "custom" for choice in field.choices)
    return field.kind == "choice" and not named and offers_custom_size(field.help)


def _has_several_lines(field: Field, texts: tuple[str, ...]) -> bool:
    if field.format:
        return False
    if field.key in TEXTS or field.key.endswith(("_prompt", "_lyrics")):
        return True
    return (field.max_length or 0) > 200 or any(
        len(text) > LONGEST_LINE or "\n" in text for text in texts
    )
