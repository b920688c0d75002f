"""The order of a form's fields, and which of them come first."""

from app.inputs.field import Field
from app.inputs.kinds import TEXTS
from app.inputs.schema import JsonObject, JsonValue

# Fewer further settings than this, or fewer fields in all, are shown together.
FEWEST_FURTHER = 5
FEWEST_FIELDS = 8

_NUMBERS = ("x-order", "x-fal-order", "order", "propertyOrder", "ui:order")
_LISTS = ("ui:order", "x-order", "x-fal-order-properties", "propertyOrder", "order")
# What decides a result more than anything else, beside what is required, texts and files.
_ESSENTIAL = ("size", "ratio", "resolution", "duration", "seed", "width", "height", "seconds")
_COUNTS = ("n", "count", "num_images", "number_of_images", "num_outputs", "batch_size", "samples")


def in_order(fields: list[Field], schema: JsonObject) -> list[Field]:
    """Fields as a person fills them.

    Where the schema numbers or lists its properties, that is the order. Else the order of a
    model's own page is meant and kept. RunComfy's catalogue sorts by name, which is no order
    at all: there the prompt comes first, then what is required, files, the rest. What the
    schema does not describe comes last in any case.
    """
    described = [field for field in fields if field.described]
    names = [field.key for field in described]
    hints = _hints(schema)
    if hints:
        described.sort(key=lambda field: hints.get(field.key, len(fields) + 1e9))
    elif len(names) > 1 and names == sorted(names):
        described.sort(key=_rank)
    return described + [field for field in fields if not field.described]


def further(fields: list[Field]) -> list[Field]:
    """The fields that may wait under "More settings"; none where all fit on one page."""
    rest = [field for field in fields if not _is_essential(field)]
    are_many = len(rest) >= FEWEST_FURTHER and len(fields) >= FEWEST_FIELDS
    return rest if are_many and len(rest) < len(fields) else []


def _is_essential(field: Field) -> bool:
    if field.required or not field.described or field.media:
        return True
    if field.kind == "text" and (field.key in TEXTS or field.key.endswith("_prompt")):
        return field.key != "negative_prompt"
    words = field.key.lower().split("_")
    return field.key.lower() in _COUNTS or any(word in _ESSENTIAL for word in words)


def _hints(schema: JsonObject) -> dict[str, float]:
    for key in _LISTS:
        names = schema.get(key)
        if isinstance(names, list) and names:
            listed = [name for name in names if isinstance(name, str)]
            return {name: float(place) for place, name in enumerate(listed)}
    properties = schema.get("properties")
    found: dict[str, float] = {}
    for name, described in properties.items() if isinstance(properties, dict) else ():
        for key in _NUMBERS if isinstance(described, dict) else ():
            number = _number(described, key)
            if number is not None:
                found[name] = number
                break
    return found


def _number(described: JsonValue, key: str) -> float | None:
    value = described.get(key) if isinstance(described, dict) else None
    return float(value) if isinstance(value, int | float) and abs(value) < 1e6 else None


def _rank(field: Field) -> int:
    if field.kind == "text" and not field.media and field.key in TEXTS:
        return 0 if field.key == "prompt" else 1
    if field.required:
        return 2
    return 3 if field.media else 4
