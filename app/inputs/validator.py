"""JSON Schema validation that is exact in its sums and short in its time."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from jsonschema.validators import extend  # type: ignore[import-untyped]

from app.inputs.patterns import matches

__all__ = ["ValidationError", "Validator"]


def _required(
    validator: Any, names: list[str], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                # The bare name: the sentence is made from the field.
                yield ValidationError(name)


def _multiple_of(
    validator: Any, step: int | float, instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, int | float) and not isinstance(instance, bool):
        # In binary, 0.3 is no multiple of 0.1; as people write the two, it is.
        parts = Fraction(str(instance)) / Fraction(str(step))
        if parts.denominator != 1:
            yield ValidationError("off the step")


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield ValidationError(pattern)


Validator = extend(
    Draft202012Validator,
    {"required": _required, "multipleOf": _multiple_of, "pattern": _pattern},
)
