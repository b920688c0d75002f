"""The way from the whole of the inputs to one value: names and row numbers, outermost first."""

from typing import TypeAlias

from app.inputs.names import escaped, parts_of, row_of
from app.inputs.schema import JsonValue
from app.inputs.words import Problem

Way: TypeAlias = tuple[str | int, ...]


def way_to(found: Problem, inputs: JsonValue) -> Way:
    """The way to the value that a problem is about, as far as it is among these inputs.

    What is missing ends the way: its last step is then a name that is not there.
    """
    steps = list(found.way) or [*parts_of(found.name)]
    if not found.way and found.row is not None:
        steps.append(found.row)
    way: Way = ()
    for step in steps:
        number = row_of(str(step)) if isinstance(inputs, list) else None
        way = (*way, step if number is None else number)
        inputs = value_at(inputs, way[-1:])
    return way


def value_at(inputs: JsonValue, way: Way) -> JsonValue:
    """The value at the end of a way; None where there is none."""
    for step in way:
        if isinstance(inputs, dict):
            inputs = inputs.get(str(step))
        elif isinstance(inputs, list) and isinstance(step, int) and step < len(inputs):
            inputs = inputs[step]
        else:
            return None
    return inputs


def spelt(way: Way) -> str:
    """A way as a control is named: `loras.0.scale`."""
    return ".".join(escaped(str(step)) for step in way)
