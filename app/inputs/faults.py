"""A validation error -> the field it is about, and what is said beside its control."""

from app.inputs import words
from app.inputs.choices import text_of
from app.inputs.field import Field, part_of
from app.inputs.kinds import Kind
from app.inputs.validator import ValidationError, condition_of
from app.inputs.words import Problem

LONGEST_SAYING = 240

_EXPECTED: dict[Kind, tuple[str, str]] = {
    "text": ("This must be a text.", "is not a text"),
    "boolean": ("This must be yes or no.", "is neither yes nor no"),
    "list": ("This must be a list.", "is not a list"),
    "rows": ("This must be a list.", "is not a list"),
    "object": ("This must be an object.", "is not an object"),
    "choice": ("This is not offered. Choose one of the values shown.", "is not one of its values"),
}


def way_of(error: ValidationError) -> list[str | int]:
    """The way to what an error is about; for what is missing, to where it should be."""
    way = list(error.absolute_path)
    if error.validator in ("required", "dependentRequired"):
        way.append(error.message)
    elif error.validator == "anyOf" and _missing_parts(error):
        way.append(_missing_parts(error)[0])
    return way


def _missing_parts(error: ValidationError) -> list[str]:
    """Of which inputs one is called for, where nothing else is asked."""
    parts = error.context or []
    depth = len(error.absolute_path)
    asks = all(part.validator == "required" and len(part.absolute_path) == depth for part in parts)
    return list(dict.fromkeys(part.message for part in parts)) if asks else []


def located(field: Field, way: list[str | int]) -> tuple[Field, list[str | int]]:
    """The innermost field that has a control on the way to a value, and the rest of the way."""
    rest = list(way)
    while rest and field.kind in ("object", "rows"):
        inside = part_of(field, str(rest[0]))
        if inside is None:
            break
        field = inside
        rest.pop(0)
    return field, rest


def worded(field: Field, rest: list[str | int], error: ValidationError) -> Problem:
    """The problem that an error is. rest: the way from the field to the value."""
    row = None
    is_item = field.kind == "list" and len(rest) == 1 and isinstance(rest[0], int)
    if is_item and field.item is not None:
        row, field, rest = int(rest[0]), field.item, []
    if rest:
        said = f"At {'.'.join(str(step) for step in rest)}: {unworded(error)}"
        return words.problem(field, said, "does not fit its description")
    condition = condition_of(error)
    if condition is None:
        return _worded(field, error, row)
    if error.validator in ("required", "dependentRequired"):
        return words.needed(field, condition)
    return words.under(_worded(field, error, row), condition)


def _worded(field: Field, error: ValidationError, row: int | None) -> Problem:
    keyword, value = error.validator, error.instance
    if keyword == "required":
        return words.missing(field)
    if keyword == "anyOf" and len(_missing_parts(error)) > 1:
        return words.one_of_several(field, _missing_parts(error))
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
    return words.problem(field, unworded(error), "does not fit its description", row)


def unworded(error: ValidationError) -> str:
    """What the library says, cut where it is long."""
    if error.validator == "required":
        return f"“{error.message[:LONGEST_SAYING]}” is missing."
    if error.validator == "pattern":
        return f"This does not fit the pattern {error.message}."
    said = error.message
    return f"{said if len(said) <= LONGEST_SAYING else said[:LONGEST_SAYING] + '…'}."
