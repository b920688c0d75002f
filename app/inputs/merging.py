"""Two descriptions of one value -> one that says what both say."""

from collections.abc import Callable

from app.inputs.schema import JsonObject, JsonValue

# What cannot be merged into one: kept side by side, and checked each by itself.
_CONDITIONS = ("if", "then", "else", "not", "anyOf", "oneOf")
_SIDE_BY_SIDE = "allOf"


def merged(one: JsonObject, other: JsonObject) -> tuple[JsonObject, list[str]]:
    """Merge two schemas; returns the merged one, and the keywords in which they differ."""
    found, conflicts = dict(one), []
    conditions = {key: other[key] for key in _CONDITIONS if key in other}
    if any(key in found for key in conditions):
        found[_SIDE_BY_SIDE] = [*_list(found.get(_SIDE_BY_SIDE)), conditions]
    else:
        found |= conditions
    for key, value in other.items():
        if key in _CONDITIONS:
            continue
        if key == _SIDE_BY_SIDE:
            found[key] = [*_list(found.get(key)), *_list(value)]
        elif key not in found:
            found[key] = value
        elif key in _JOINED:
            found[key] = _JOINED[key](found[key], value)
        elif key in ("type", "format", "pattern", "const", "items") and found[key] != value:
            conflicts.append(key)
    return found, conflicts


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _properties(one: JsonValue, other: JsonValue) -> JsonValue:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one if isinstance(one, dict) else other
    found = dict(one)
    for name, described in other.items():
        known = found.get(name)
        if isinstance(known, dict) and isinstance(described, dict):
            found[name] = merged(known, described)[0]
        else:
            found.setdefault(name, described)
    return found


def _both(one: JsonValue, other: JsonValue) -> JsonValue:
    return [*_list(one), *(name for name in _list(other) if name not in _list(one))]


def _shared(one: JsonValue, other: JsonValue) -> JsonValue:
    return [value for value in _list(one) if value in _list(other)] or one


def _bound(choose: Callable[[float, float], float]) -> Callable[[JsonValue, JsonValue], JsonValue]:
    def chosen(one: JsonValue, other: JsonValue) -> JsonValue:
        if isinstance(one, int | float) and isinstance(other, int | float):
            return choose(one, other)
        return one if isinstance(one, int | float) else other

    return chosen


_JOINED: dict[str, Callable[[JsonValue, JsonValue], JsonValue]] = {
    "properties": _properties,
    "required": _both,
    "enum": _shared,
    **dict.fromkeys(
        ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _bound(max)
    ),
    **dict.fromkeys(
        ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _bound(min)
    ),
}
