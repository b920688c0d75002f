"""Texts of a form of their own: dates, times, colours, secrets, mail addresses."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Literal

from app.inputs.schema import JsonObject, JsonValue

Format = Literal["", "date", "time", "date-time", "color", "password", "email"]

_FORMATS: dict[str, Format] = {
    "date": "date",
    "time": "time",
    "date-time": "date-time",
    "datetime": "date-time",
    "color": "color",
    "colour": "color",
    "hex-color": "color",
    "password": "password",
    "secret": "password",
    "email": "email",
}
_HEX = re.compile("#[0-9a-fA-F]{6}")
_HEX_PATTERN = re.compile(r"^\^?\(?#.*(?:a-f|A-F).*\{6\}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def format_of(name: str, node: JsonObject) -> Format:
    """The format that a text's description tells, or its name, pattern and default together."""
    if node.get("writeOnly") is True:
        return "password"
    known = _FORMATS.get(str(node.get("format")).lower(), "")
    if known:
        return known
    is_hex = _HEX.fullmatch(str(node.get("default"))) is not None
    named = name.lower().endswith(("color", "colour"))
    by_pattern = _HEX_PATTERN.match(str(node.get("pattern"))) is not None
    return "color" if by_pattern or (named and is_hex) else ""


def is_colour(text: str) -> bool:
    """Whether a text is a colour as a browser's own picker has it."""
    return _HEX.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """Whether a text is a date as a browser's own picker has it."""
    return _DAY.fullmatch(text) is not None


def fault_of_format(format: Format, value: JsonValue) -> tuple[str, str] | None:
    """What a text in a format lacks: said beside its control, and after its label in short."""
    told = _CHECKED.get(format)
    if told is None or not isinstance(value, str):
        return None
    read, said, short = told
    try:
        read(value)
    except ValueError:
        return said, short
    return None


def _mail(text: str) -> str:
    before, _, after = text.rpartition("@")
    if not before or not after or re.search(r"\s", text):
        raise ValueError(text)
    return text


_CHECKED: dict[Format, tuple[Callable[[str], object], str, str]] = {
    "date": (date.fromisoformat, "Write the date as 2026-11-21.", "is not a date"),
    "time": (time.fromisoformat, "Write the time as 14:30:00.", "is not a time"),
    "date-time": (
        datetime.fromisoformat,
        "Write date and time as 2026-11-21T14:30:00Z.",
        "is not a date with a time",
    ),
    "email": (_mail, "Write an address such as name@example.com.", "is not a mail address"),
}
