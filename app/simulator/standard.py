"""A schema in RunComfy's dialect -> JSON Schema 2020-12, without what makes no sense.

What a schema says wrongly (a lower bound above the upper, a pattern that is none) refuses
nothing: whoever serves a model checks by its own rules, not by the words on its page.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from app.simulator.models import JsonObject

MEDIA = ("image_uri", "video_uri", "audio_uri")
_TYPES = {
    "float": "number",
    "double": "number",
    "int": "integer",
    "long": "integer",
    "bool": "boolean",
    "str": "string",
    "list": "array",
    "dict": "object",
}
_KNOWN = {"string", "integer", "number", "boolean", "array", "object", "null"}
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("additionalProperties", "contains", "propertyNames", "not", "if", "then", "else")
_BOUNDS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    return is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, OverflowError, RecursionError):
        return False
    return True


def _is_bound(value: Any) -> bool:
    return is_number(value) or isinstance(value, bool)


def _is_step(value: Any) -> bool:
    return is_number(value) and value > 0


def _is_count(value: Any) -> bool:
    return is_whole(value) and value >= 0


def are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_enum(value: Any) -> bool:
    return isinstance(value, list) and value != []


def _names_by_name(value: Any) -> bool:
    return isinstance(value, dict) and all(are_names(names) for names in value.values())


_SOUND: dict[str, Callable[[Any], bool]] = {
    "$ref": _is_text,
    "format": _is_text,
    "pattern": _is_pattern,
    "enum": _is_enum,
    "required": are_names,
    "dependentRequired": _names_by_name,
    **dict.fromkeys(("minimum", "maximum"), is_number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _is_bound),
    "multipleOf": _is_step,
    **dict.fromkeys([name for pair in _BOUNDS[1:] for name in pair], _is_count),
    "uniqueItems": lambda value: isinstance(value, bool),
}
"""The keywords that are checked as they stand, where their value makes sense."""
_WHOLE = ("type", "const", "items", "dependencies", *_NAMED, *_LISTED, *_SINGLE)
"""Those whose value is made standard, part by part."""


def standard(published: Any, name: str = "") -> Any:
    """A schema in RunComfy's dialect as JSON Schema 2020-12, without what makes no sense."""
    if isinstance(published, bool):
        return published
    if not isinstance(published, dict):
        return {}
    kept = {
        keyword: value
        for keyword, value in published.items()
        if keyword in _WHOLE or (keyword in _SOUND and _SOUND[keyword](value))
    }
    _parts_standard(kept)
    _types_standard(kept)
    _bounds_standard(kept)
    for media in MEDIA:
        if kept.get("format") == f"{media}s":
            described = kept.get("items")
            kept["items"] = {
                "type": "string",
                **(described if isinstance(described, dict) else {}),
                "format": media,
            }
    if isinstance(kept.get("required"), list) and isinstance(kept.get("properties"), dict):
        kept["required"] = [name for name in kept["required"] if name in kept["properties"]]
    if "enum" in published and (name == "image_size" or _offers_sides(published)):
        return {"anyOf": [kept, _SIDES]}
    if published.get("nullable") is True or published.get("default", "") is None:
        return _or_null(kept)
    return kept


def _or_null(kept: JsonObject) -> JsonObject:
    if "type" not in kept:
        return {"anyOf": [kept, {"type": "null"}]}
    types = kept["type"] if isinstance(kept["type"], list) else [kept["type"]]
    kept["type"] = [*types, "null"]
    if "enum" in kept:
        kept["enum"] = [*kept["enum"], None]
    return kept


def _parts_standard(kept: JsonObject) -> None:
    for keyword in _NAMED:
        if isinstance(kept.get(keyword), dict):
            kept[keyword] = {name: standard(one, name) for name, one in kept[keyword].items()}
        else:
            kept.pop(keyword, None)
    for keyword in _LISTED:
        if isinstance(kept.get(keyword), list) and kept[keyword]:
            kept[keyword] = [standard(one) for one in kept[keyword]]
        else:
            kept.pop(keyword, None)
    for keyword in _SINGLE:
        if keyword in kept:
            kept[keyword] = standard(kept[keyword])
    if isinstance(kept.get("items"), list):  # as tuples were written before 2020-12
        kept["prefixItems"] = [standard(one) for one in kept.pop("items")]
    elif "items" in kept:
        kept["items"] = standard(kept["items"])
    older = kept.pop("dependencies", None)
    for name, needed in older.items() if isinstance(older, dict) else ():
        keyword = "dependentRequired" if are_names(needed) else "dependentSchemas"
        part = needed if are_names(needed) else standard(needed)
        kept[keyword] = {**kept.get(keyword, {}), name: part}


def _types_standard(kept: JsonObject) -> None:
    named = kept.pop("type", None)
    listed = named if isinstance(named, list) else [named]
    types = [_TYPES.get(str(one).lower(), str(one).lower()) for one in listed]
    if types and all(one in _KNOWN for one in types):
        kept["type"] = types if isinstance(named, list) else types[0]


def _bounds_standard(kept: JsonObject) -> None:
    for low, high in _BOUNDS:
        if low in kept and high in kept and kept[low] > kept[high]:
            del kept[low], kept[high]
    for keyword, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if kept.get(keyword) is True and bound in kept:  # as bounds were written before 2020-12
            kept[keyword] = kept[bound]
        elif isinstance(kept.get(keyword), bool):
            del kept[keyword]


def _offers_sides(published: JsonObject) -> bool:
    """Whether the words beside a list of sizes say that an object may be sent in its place."""
    words = published.get("description")
    return (
        isinstance(words, str)
        and all(word in words.lower() for word in ("width", "height"))
        and ("object" in words.lower() or "{" in words)
    )


_SIDE = {"type": "integer", "minimum": 1}
_SIDES = {
    "type": "object",
    "properties": {"width": _SIDE, "height": _SIDE},
    "required": ["width", "height"],
}
