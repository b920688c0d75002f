"""The keywords of a schema that are checked here, with the faulty ones taken out."""

import math
from collections.abc import Callable

from app.inputs.patterns import runnable
from app.inputs.schema import JsonObject, JsonValue

# A note for every fault of a thousand-property schema would bury the form.
MOST_NAMES = 500

# What says something without deciding anything.
_WORDS = ("title", "description", "default", "examples", "example", "$comment", "format")

_PAIRS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def clean(standard: JsonObject, name: str) -> tuple[JsonObject, list[str]]:
    """Leave in a schema only what can be checked safely.

    standard: one property's schema, as `to_json_property` returns it; not changed.
    Returns a new schema of known keywords with sound values, and a sentence for each
    keyword that was left out because its value makes no sense. References, formats and
    patterns that could run forever are left out too: RunComfy checks those itself.
    """
    faults: list[str] = []
    return _clean(standard, name, faults), faults


def _clean(standard: JsonObject, name: str, faults: list[str]) -> JsonObject:
    kept: JsonObject = {}
    for keyword, value in standard.items():
        if keyword in _SOUND:
            if _SOUND[keyword](value):
                kept[keyword] = value
            else:
                faults.append(_fault(name, keyword, value))
        elif keyword == "properties" and isinstance(value, dict):
            kept[keyword] = {
                part: _clean(inner, f"{name}.{part}", faults)
                for part, inner in value.items()
                if isinstance(inner, dict)
            }
        elif keyword in ("if", "then", "else") and isinstance(value, dict):
            kept[keyword] = _clean(value, name, faults)
        elif keyword in ("dependentSchemas", "dependentRequired", "dependencies"):
            _keep_dependencies(kept, value, name, faults)
        elif keyword in ("items", "additionalProperties"):
            if isinstance(value, dict):
                kept[keyword] = _clean(value, name, faults)
            elif value is False and "patternProperties" not in standard and keyword != "items":
                kept[keyword] = False
        elif keyword in ("anyOf", "allOf", "prefixItems") and isinstance(value, list) and value:
            # `oneOf` is left to RunComfy: a branch with a keyword taken out may match too much.
            kept[keyword] = [_clean(one, name, faults) for one in value if isinstance(one, dict)]
    _drop_loose_condition(kept, standard)
    for low, high in _PAIRS:
        least, most = kept.get(low), kept.get(high)
        if _is_number(least) and _is_number(most) and least > most:  # type: ignore[operator]
            faults.append(f"“{name}” has a {low} of {least} above its {high} of {most}.")
            del kept[low], kept[high]
    return kept


def _keep_dependencies(kept: JsonObject, value: JsonValue, name: str, faults: list[str]) -> None:
    """Keep `dependencies` of either kind under today's two names."""
    for part, needed in value.items() if isinstance(value, dict) else ():
        keyword = "dependentSchemas" if isinstance(needed, dict) else "dependentRequired"
        inside = kept.setdefault(keyword, {})
        if isinstance(inside, dict) and isinstance(needed, dict):
            inside[part] = _clean(needed, name, faults)
        elif isinstance(inside, dict) and _is_names(needed):
            inside[part] = needed


def _drop_loose_condition(kept: JsonObject, standard: JsonObject) -> None:
    """A condition with a keyword taken out holds too often: what hangs on it is not checked."""
    condition = standard.get("if")
    if "if" in kept and (not condition or not _is_whole(condition, kept["if"])):
        for keyword in ("if", "then", "else"):
            kept.pop(keyword, None)


def _is_whole(published: JsonValue, cleaned: JsonValue) -> bool:
    """Whether nothing that decides was taken out of a condition."""
    if not isinstance(published, dict) or not isinstance(cleaned, dict):
        return published == cleaned
    return all(
        key in cleaned and (key not in ("properties",) or _are_whole(value, cleaned[key]))
        for key, value in published.items()
        if key not in _WORDS
    )


def _are_whole(published: JsonValue, cleaned: JsonValue) -> bool:
    if not isinstance(published, dict) or not isinstance(cleaned, dict):
        return False
    return all(name in cleaned and _is_whole(one, cleaned[name]) for name, one in published.items())


def _fault(name: str, keyword: str, value: JsonValue) -> str:
    if keyword == "pattern" and isinstance(value, str):
        return f"The pattern of “{name}” cannot be checked here; RunComfy checks it."
    return f"The {keyword} of “{name}” makes no sense: {value!r:.60}."


def _is_number(value: JsonValue) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    # Beyond this a comparison with a float would overflow; no real bound comes near it.
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**300


def _is_count(value: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_step(value: JsonValue) -> bool:
    return _is_number(value) and value > 0  # type: ignore[operator]


def _is_names(value: JsonValue) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_NAMES
        and all(isinstance(one, str) for one in value)
    )


def _is_type(value: JsonValue) -> bool:
    return isinstance(value, str | list) and value != []


_SOUND: dict[str, Callable[[JsonValue], bool]] = {
    "type": _is_type,
    "enum": lambda value: isinstance(value, list) and value != [],
    "const": lambda value: True,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_number,
    "exclusiveMaximum": _is_number,
    "multipleOf": _is_step,
    "minLength": _is_count,
    "maxLength": _is_count,
    "minItems": _is_count,
    "maxItems": _is_count,
    "minProperties": _is_count,
    "maxProperties": _is_count,
    "pattern": lambda value: isinstance(value, str) and runnable(value),
    "required": _is_names,
}
