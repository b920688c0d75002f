"""Width and height: two inputs as one control, and a custom size told in words alone."""

from collections.abc import Iterator

from app.inputs.field import Field, altered
from app.inputs.labels import figure
from app.inputs.schema import JsonObject
from app.inputs.sizes import SIDES, Side
from app.inputs.words import Problem


def side_by_side(fields: list[Field]) -> list[Field]:
    """Make one control of the whole numbers `width` and `height`: the first shows both."""
    pair = {
        field.key: control
        for field in fields
        for side, control in zip(SIDES, ("sides", "beside"), strict=True)
        if field.key == side and field.kind == "whole" and field.control in ("slider", "number")
    }
    if len(pair) < len(SIDES):
        return fields
    return [
        altered(field, control=pair[field.key]) if field.key in pair else field for field in fields
    ]


def size_problems(field: Field, size: JsonObject) -> Iterator[Problem]:
    """What the words beside a size forbid; a schema of its own is checked like any other."""
    if field.children:
        return
    for side in SIDES:
        value = size.get(side)
        fault = _fault(value, field.side(side)) if type(value) is int else None
        if fault is not None:
            said, short = fault
            yield Problem(
                f"{field.name}.{side}",
                field.label,
                said,
                f"{field.label}: the {side} {short}",
                f"{field.id}-{side}",
                way=(*field.path, side),
            )


def _fault(value: int, asked: Side) -> tuple[str, str] | None:
    if asked.least is not None and value < asked.least:
        short = f"is below {figure(asked.least)}"
        return f"{figure(value)} is too low. Use {asked.in_words}.", short
    if asked.most is not None and value > asked.most:
        short = f"is above {figure(asked.most)}"
        return f"{figure(value)} is too high. Use {asked.in_words}.", short
    if asked.multiple is not None and value % asked.multiple:
        below = value // asked.multiple * asked.multiple
        near = " or ".join(figure(one) for one in (below, below + asked.multiple) if one)
        short = f"is not a multiple of {figure(asked.multiple)}"
        return f"{figure(value)} {short}. Use {near}.", short
    return None
