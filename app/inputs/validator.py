"""JSON Schema validation that is exact in its sums and short in its time."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from jsonschema.validators import extend  # type: ignore[import-untyped]

from app.inputs.conditions import is_filled, when
from app.inputs.patterns import matches

__all__ = ["ValidationError", "Validator", "condition_of"]


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


def _if(validator: Any, condition: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    holds = validator.evolve(schema=condition).is_valid(instance)
    branch = "then" if holds else "else"
    if branch in schema:
        for error in validator.descend(instance, schema[branch], schema_path=branch):
            yield _under(error, when(condition, holds))


def _dependent_required(
    validator: Any, needed: dict[str, list[str]], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    for name, others in needed.items() if isinstance(instance, dict) else ():
        for other in others if name in instance else ():
            if other not in instance:
                yield _under(ValidationError(other), is_filled(name))


def _dependent_schemas(
    validator: Any, needed: dict[str, Any], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    for name, described in needed.items() if isinstance(instance, dict) else ():
        if name in instance:
            for error in validator.descend(instance, described, schema_path=name):
                yield _under(error, is_filled(name))


def _under(error: ValidationError, words: str) -> ValidationError:
    error.when = words
    return error


def condition_of(error: ValidationError) -> str | None:
    """The condition under which an error is one, in words; None where it always is."""
    words: str | None = getattr(error, "when", None)
    return words


Validator = extend(
    Draft202012Validator,
    {
        "required": _required,
        "multipleOf": _multiple_of,
        "pattern": _pattern,
        "if": _if,
        "dependentRequired": _dependent_required,
        "dependentSchemas": _dependent_schemas,
    },
)
