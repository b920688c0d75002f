"""Whether inputs fit a model's schema."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from jsonschema.exceptions import (  # type: ignore[import-untyped]
    ValidationError,
    best_match,
)
from jsonschema.validators import extend  # type: ignore[import-untyped]
from referencing import Registry
from referencing.exceptions import Unresolvable

from app.simulator.models import JsonObject
from app.simulator.standard import MEDIA, are_names, is_number, is_whole, standard

_LONGEST_MATCHED = 200
_MOST_COMPLAINTS = 100


def complaints(model: JsonObject, inputs: JsonObject) -> list[JsonObject]:
    """What is wrong with inputs, each as `{"loc": ["body", name, …], "msg": words}`.

    Keys the model does not know are passed over, as most APIs do, unless it forbids them.
    """
    schema = model["input_schema"]
    properties = schema.get("properties")
    described = list(properties) if isinstance(properties, dict) else []
    required = schema.get("required")
    wrong = [
        {"loc": ["body", name], "msg": "field required"}
        for name in (required if are_names(required) else [])
        if name in described and inputs.get(name) in (None, "", [])
    ]
    missing = {one["loc"][1] for one in wrong}
    found: dict[tuple[Any, ...], JsonObject] = {}
    # A schema that refers to itself in a circle, or to nothing, cannot be checked further.
    with suppress(RecursionError, Unresolvable):
        for error in _validator(schema).iter_errors(inputs):
            for loc, words in _told(error):
                if loc[:1] and loc[0] in missing:
                    continue
                found.setdefault(loc, {"loc": ["body", *loc], "msg": words})
            if len(found) >= _MOST_COMPLAINTS:
                break
    places = {name: place for place, name in enumerate(described)}
    return wrong + sorted(
        found.values(),
        key=lambda one: places.get(one["loc"][1], 0) if len(one["loc"]) > 1 else -1,
    )


def _told(error: ValidationError) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Where an error lies and what it is; of a union, what the nearest branch says."""
    nearest = best_match([error]) if error.context else error
    at = tuple(nearest.absolute_path)
    rule, limit = nearest.validator, nearest.validator_value
    if rule == "required":
        for name in limit:
            if name not in nearest.instance:
                yield (*at, name), "field required"
    elif rule == "dependentRequired":
        for given, needed in limit.items():
            for name in needed if given in nearest.instance else ():
                if name not in nearest.instance:
                    yield (*at, name), f"field required beside {given}"
    else:
        yield at, _words(rule, limit, nearest)


def _words(rule: str, limit: Any, error: ValidationError) -> str:
    if rule == "type":
        return f"must be of type {' or '.join(limit) if isinstance(limit, list) else limit}"
    if rule == "enum":
        return f"must be one of {', '.join(str(choice) for choice in limit)}"[:300]
    if rule == "minItems":
        return f"must have at least {limit} items"
    if rule == "maxItems":
        return f"must have at most {limit} items"
    if rule == "minimum":
        return f"must be at least {limit}"
    if rule == "maximum":
        return f"must be at most {limit}"
    if rule == "format":
        return "must be an address" if limit in MEDIA else f"must be a {limit}"
    return str(error.message)[:300]


def _validator(schema: JsonObject) -> Any:
    # An empty registry: nothing that a schema refers to is ever fetched.
    return _Validator(standard(schema), registry=Registry(), format_checker=_FORMATS)


def _pattern(_: Any, pattern: str, value: Any, __: JsonObject) -> Iterator[ValidationError]:
    """A text against a pattern, where it is sure to be tried in no time."""
    if not isinstance(value, str) or len(value) > _LONGEST_MATCHED:
        return
    if len(re.findall(r"[*+{]", pattern)) > 3 or re.search(r"\)[*+{]", pattern):
        return
    if not re.search(pattern, value):
        yield ValidationError(f"must match {pattern}")


_Validator = extend(
    Draft202012Validator,
    validators={"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": lambda _, value: is_whole(value), "number": lambda _, value: is_number(value)}
    ),
)
_FORMATS = FormatChecker(formats=())


def _address(value: Any) -> bool:
    return not isinstance(value, str) or value.startswith(("https://", "http://", "data:"))


for _name in MEDIA:
    _FORMATS.checks(_name)(_address)
for _name, _kind in (("date", date), ("time", time), ("date-time", datetime)):
    _FORMATS.checks(_name, raises=ValueError)(
        lambda value, kind=_kind: not isinstance(value, str) or bool(kind.fromisoformat(value) or 1)
    )
_FORMATS.checks("email")(lambda value: not isinstance(value, str) or "@" in value[1:-1])
