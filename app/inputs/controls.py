"""Which control a field gets: one row each, the first that fits. Its template is `_<name>.html`."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.inputs.field import Field, Number

# A slider of more places than this cannot be set to the one that is meant.
MOST_PLACES = 10_000
MOST_SHAPES = 16
# Longer lists are found in by typing rather than by looking.
MOST_LISTED = 50
# As many characters as fit side by side in the narrowest form.
SEGMENTS_WIDTH = 30


@dataclass(frozen=True, slots=True)
class Control:
    """A way to show a field, and the fields it is for."""

    name: str
    fits: Callable[[Field], bool]


def control_for(field: Field) -> str:
    """The name of the first control that fits; the JSON box fits everything."""
    return next(control.name for control in CONTROLS if control.fits(field))


def slider_step(field: Field) -> Number | None:
    """The distance between two places of a slider; None for a number without one.

    Whole numbers go by ones, others by some two hundred round steps: 0 to 20 by 0.1.
    """
    least, most = field.minimum, field.maximum
    if least is None or most is None or not 0 < most - least < 1e12 or field.key == "seed":
        return None
    if field.step is not None:
        return field.step if (most - least) / field.step <= MOST_PLACES else None
    if field.kind == "whole":
        return 1 if most - least <= MOST_PLACES else None
    rough = (most - least) / 200
    power = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(power * n for n in (1, 2, 5, 10) if power * n >= rough * 0.999):.6g}")


def _is_shapes(field: Field) -> bool:
    return (
        field.kind == "choice"
        and 1 < len(field.choices) <= MOST_SHAPES
        and len(field.shapes) == len(field.choices)
        and any(shape.short[0].isdigit() for _, shape in field.shapes)
    )


def _is_segments(field: Field) -> bool:
    labels = [choice.label for choice in field.choices] + ([] if field.shown else ["Unset"])
    return _is_few(field) and sum(map(len, labels)) <= SEGMENTS_WIDTH


def _is_few(field: Field) -> bool:
    return field.kind == "choice" and 1 <= len(field.choices) <= 4 and not field.custom_size


CONTROLS = (
    Control("constant", lambda field: field.tells),
    Control(
        "fixed", lambda field: len(field.choices) == 1 and field.shown == (field.choices[0].text,)
    ),
    Control("search", lambda field: field.kind == "choice" and len(field.choices) > MOST_LISTED),
    Control("shapes", _is_shapes),
    Control("segments", _is_segments),
    Control("radios", _is_few),
    Control("select", lambda field: field.kind == "choice"),
    Control("seed", lambda field: field.kind == "whole" and field.key == "seed"),
    Control(
        "slider",
        lambda field: field.kind in ("whole", "number") and slider_step(field) is not None,
    ),
    Control("number", lambda field: field.kind in ("whole", "number")),
    Control("checkbox", lambda field: field.kind == "boolean" and field.shown != ()),
    Control("yes_no", lambda field: field.kind == "boolean"),
    Control("address", lambda field: field.kind == "text" and field.media is not None),
    Control("paragraph", lambda field: field.kind == "text" and field.several_lines),
    Control("line", lambda field: field.kind == "text"),
    Control("items", lambda field: field.kind == "list"),
    Control("rows", lambda field: field.kind == "rows"),
    Control("union", lambda field: field.kind == "union"),
    Control("group", lambda field: field.kind == "object"),
    Control("json", lambda field: True),
)
