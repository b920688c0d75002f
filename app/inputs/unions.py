"""Unions: which branch a value belongs to."""

from functools import lru_cache

from app.inputs.field import Field
from app.inputs.kinds import Kind
from app.inputs.schema import JsonValue
from app.inputs.validator import Validator

_TYPES: dict[Kind, tuple[type, ...]] = {
    "text": (str,),
    "whole": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "rows": (list,),
    "object": (dict,),
}


def branch_for(union: Field, value: JsonValue) -> Field:
    """The branch that a value fits, or else comes nearest to."""
    return min(union.branches, key=lambda branch: _distance(branch, value))


@lru_cache(maxsize=2048)
def validator_of(field: Field) -> Validator:
    """What checks one field's value."""
    return Validator(field.schema)


def _distance(branch: Field, value: JsonValue) -> tuple[bool, int, int]:
    types = _TYPES.get(branch.kind)
    strange = types is not None and (
        not isinstance(value, types) or (isinstance(value, bool) and branch.kind != "boolean")
    )
    if branch.kind == "choice" and not (branch.custom_size and isinstance(value, dict)):
        strange = type(value) not in {type(choice.value) for choice in branch.choices}
    faults = sum(1 for _ in validator_of(branch).iter_errors(value))
    keys = {child.key for child in branch.children}
    lost = len(set(value) - keys) if isinstance(value, dict) and branch.kind == "object" else 0
    return strange, faults, lost
