"""A validation error -> the field it is about, and what is said beside its control."""

from app.inputs import words
from app.inputs.choices import text_of
from app.inputs.form import Field, Form
from app.inputs.kinds import Kind
from app.inputs.validator import ValidationError
from app.inputs.words import Problem

LONGEST_SAYING = 240

_EXPECTED: dict[Kind, tuple[str, str]] = {
    "text": ("This must be a text.", "is not a text"),
    "boolean": ("This must be yes or no.", "is neither yes nor no"),
    "list": ("This must be a list.", "is not a list"),
    "object": ("This must be an object.", "is not an object"),
    "choice": ("This is not offered. Choose one of the values shown.", "is not one of its values"),
}


def located(form: Form, error: ValidationError) -> tuple[Field, list[str | int]]:
    """The innermost field that has a control on the way to a value, and the rest of the way."""
    way = list(error.absolute_path)
    if error.validator == "required":
        way.append(error.message)
    field = form.named[str(way.pop(0)).replace(".", "..")]
    while way and field.kind == "object":
        inside = next((child for child in field.children if child.key == way[0]), None)
        if inside is None:
            break
        field = inside
        way.pop(0)
    return field, way


def worded(field: Field, rest: list[str | int], error: ValidationError) -> Problem:
    """The problem that an error is. rest: the way from the field to the value."""
    row = None
    if field.item is not None and len(rest) == 1 and isinstance(rest[0], int):
        row, field, rest = rest[0], field.item, []
    if rest:
        said = f"At {'.'.join(str(step) for step in rest)}: {_unworded(error)}"
        return words.problem(field, said, "does not fit its description")
    keyword, value = error.validator, error.instance
    if keyword == "required":
        return words.missing(field)
    if keyword in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        return words.out_of_range(field, value, high="aximum" in str(keyword), row=row)
    if keyword == "multipleOf":
        return words.off_step(field, value, row)
    if keyword in ("minLength", "maxLength"):
        limit, is_long = int(error.validator_value), keyword == "maxLength"
        return words.wrong_length(field, len(value), limit, long=is_long, row=row)
    if keyword in ("minItems", "maxItems"):
        limit, are_many = int(error.validator_value), keyword == "maxItems"
        return words.wrong_count(field, len(value), limit, many=are_many)
    if keyword in ("enum", "const"):
        return words.not_offered(field, text_of(value), row)
    if keyword == "type" and field.kind in ("whole", "number"):
        return words.unreadable_number(field, text_of(value), row)
    if keyword == "type" and field.kind in _EXPECTED:
        message, short = _EXPECTED[field.kind]
        return words.problem(field, message, short, row)
    return words.problem(field, _unworded(error), "does not fit its description", row)


def _unworded(error: ValidationError) -> str:
    if error.validator == "required":
        return f"“{error.message[:LONGEST_SAYING]}” is missing."
    if error.validator == "pattern":
        return f"This does not fit the pattern {error.message}."
    said = error.message
    return f"{said if len(said) <= LONGEST_SAYING else said[:LONGEST_SAYING] + '…'}."
