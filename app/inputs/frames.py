"""Outpainting: the four numbers that say how far a picture is to grow on each side."""

import re
from dataclasses import dataclass

from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.masks import pictures_of

SIDES = ("left", "right", "top", "bottom")
# What such numbers are called beside the side; `margin_left` of a layout is one of these too.
_GROWING = r"(?:expand|expansion|outpaint|extend|extension|grow|pad|padding|margin|border)"
_NAME = re.compile(
    rf"(?P<before>{_GROWING}_)?(?P<side>left|right|top|bottom|up|down)"
    rf"(?P<after>_{_GROWING})?(?P<unit>_(?:px|pixels|percent|percentage|ratio))?"
)
_SAME = {"up": "top", "down": "bottom"}


@dataclass(frozen=True)
class Frame:
    """Four numbers around a picture.

    names: of the fields, by side; over: of the picture's field; most: the highest number allowed.
    shares: whether 1 stands for the picture's own width or height rather than for a pixel;
    percent: whether 100 does.
    """

    names: dict[str, str]
    over: str
    most: dict[str, float | None]
    shares: bool
    percent: bool


def frame_of(form: Form) -> Frame | None:
    """The frame that a form's numbers describe; None unless all four stand around a picture."""
    pictures = pictures_of(form)
    groups: dict[tuple[str, str, str], dict[str, Field]] = {}
    for field in form.fields:
        found = _NAME.fullmatch(field.key)
        if found and field.kind in ("whole", "number"):
            parts = (found["before"] or "", found["after"] or "", found["unit"] or "")
            side = _SAME.get(found["side"], found["side"])
            groups.setdefault(parts, {})[side] = field
    for parts, fields in groups.items():
        if pictures and set(fields) == set(SIDES):
            return _frame(fields, pictures[0].name, parts[-1])
    return None


def _frame(fields: dict[str, Field], over: str, unit: str) -> Frame:
    most = {side: fields[side].maximum for side in SIDES}
    highest = [limit for limit in most.values() if limit is not None]
    small = len(highest) == len(SIDES) and max(highest) <= 4
    return Frame(
        names={side: fields[side].name for side in SIDES},
        over=over,
        most=most,
        # A picture is not made four pixels wider.
        shares=unit == "_ratio" or (small and fields["left"].kind == "number"),
        percent=unit in ("_percent", "_percentage"),
    )
