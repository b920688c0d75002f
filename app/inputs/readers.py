"""The text of one control -> the value that is sent, or the problem with it."""

import math
import re

from app.inputs.field import Field
from app.inputs.json_text import LONGEST_NUMBER, NotJson, can_be_kept, read_json_text
from app.inputs.labels import MINUS
from app.inputs.schema import JsonValue
from app.inputs.sizes import LONGEST_SIDE
from app.inputs.words import Problem, not_offered, problem, quote, unreadable_number

_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class Unreadable(Exception):
    """A text that is no value of its field; carries the problem."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.message)
        self.problem = found


def read_value(field: Field, text: str, row: int | None = None) -> JsonValue:
    """The typed value of a text that is not blank. Raises Unreadable.

    row: the position in a list, for the message; its items are read as `field.item` says.
    """
    if field.kind == "whole":
        return _whole(field, text, row)
    if field.kind == "number":
        return _number(field, text, row)
    if field.kind == "choice":
        return _choice(field, text, row)
    if field.kind == "boolean":
        return _boolean(field, text)
    if field.kind == "json":
        return _json(field, text)
    return _text(field, text, row)


def read_side(field: Field, side: str, text: str) -> int:
    """The width or height of a custom size, in pixels. Raises Unreadable."""
    number = text.strip()
    if _WHOLE.fullmatch(number) and len(number) < 10 and 1 <= int(number) <= LONGEST_SIDE:
        return int(number)
    said = f"{quote(text)} is no {side}. Use whole pixels, such as 1024."
    if not number:
        said = f"Enter a {side}. A custom size needs both."
    raise Unreadable(
        Problem(
            f"{field.name}.{side}",
            field.label,
            said,
            f"{field.label} has no {side}",
            f"{field.id}-{side}",
        )
    )


def _whole(field: Field, text: str, row: int | None) -> int:
    number = text.strip().replace(MINUS, "-", 1)
    if not _WHOLE.fullmatch(number) or len(number) > LONGEST_NUMBER:
        raise Unreadable(unreadable_number(field, text, row))
    return int(number)


def _number(field: Field, text: str, row: int | None) -> int | float:
    number = text.strip().replace(MINUS, "-", 1)
    if len(number) > LONGEST_NUMBER or not _NUMBER.fullmatch(number):
        raise Unreadable(unreadable_number(field, text, row))
    # A whole number stays one: as a float, 2^53 + 1 would already be another number.
    value = int(number) if _WHOLE.fullmatch(number) else float(number)
    if isinstance(value, float) and not math.isfinite(value):
        raise Unreadable(unreadable_number(field, text, row))
    return value


def _choice(field: Field, text: str, row: int | None) -> JsonValue:
    for choice in field.choices:
        if choice.text == text:
            return choice.value
    # Where choices are found by typing, what is typed may be the words shown for one.
    spelt = [choice for choice in field.choices if choice.label == text.strip()]
    if len(spelt) == 1:
        return spelt[0].value
    raise Unreadable(not_offered(field, text, row))


def _boolean(field: Field, text: str) -> bool:
    # "on" is what a bare checkbox posts.
    if text.lower() not in ("true", "false", "on"):
        said = f"{quote(text)} is neither yes nor no."
        raise Unreadable(problem(field, said, "is neither yes nor no"))
    return text.lower() != "false"


def _text(field: Field, text: str, row: int | None) -> str:
    if not can_be_kept(text):
        said = "This holds a character that no text may hold (NUL). Remove it."
        raise Unreadable(problem(field, said, "holds a NUL character", row))
    # Spaces around an address come from copying it; in any other text they may be meant.
    return text.strip() if field.media else text


def _json(field: Field, text: str) -> JsonValue:
    try:
        return read_json_text(text).value
    except NotJson as error:
        raise Unreadable(problem(field, f"This is not JSON. {error}", "is not JSON")) from None
