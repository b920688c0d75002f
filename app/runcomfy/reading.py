"""Bytes from outside turned into bounded, harmless text and JSON, the token masked."""

import json
import math
import re
from typing import TypeAlias
from urllib.parse import quote

from app.outside.unpacking import Unreadable

JsonValue: TypeAlias = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
JsonObject: TypeAlias = dict[str, JsonValue]

MASKED = "••••"
# Real answers nest less than ten deep. Past this, a recursive reader anywhere could break.
DEEPEST = 100


class Mask:
    """Takes the token out of any text, whole or cut off at the text's end."""

    def __init__(self, token: str | None) -> None:
        self._token = token or ""
        spellings = {self._token, quote(self._token, safe="")} - {""}
        # A token shorter than this is no secret, and hiding it would spoil ordinary words.
        self._spellings = [spelling for spelling in spellings if len(spelling) >= 4]

    def __call__(self, text: str) -> str:
        for spelling in self._spellings:
            text = text.replace(spelling, MASKED)
            for length in range(len(spelling) - 1, 7, -1):
                if text.endswith(spelling[:length]):
                    text = text[:-length] + MASKED
                    break
        return text

    def is_needed(self, text: str) -> bool:
        """Whether the token stands in `text`."""
        return any(spelling in text for spelling in self._spellings)


def json_in(body: bytes, mask: Mask) -> JsonValue:
    """Read JSON that anybody may have written.

    What is nested deeper than DEEPEST is `null`, as are numbers that are not finite. Strings lose
    the token, NUL and lone surrogates, which databases and UTF-8 refuse.
    Raises Unreadable when it is not JSON in UTF-8.
    """
    try:
        text = body.decode("utf-8-sig")
        value: JsonValue = _DECODER.decode(_without_depths(text))
    except ValueError as error:
        raise Unreadable("it is not JSON") from error
    # Only an escape can hide what the plain text does not show.
    if "\\" in text or mask.is_needed(text):
        return _with_strings_mended(value, mask)
    return value


def excerpt_of(body: bytes, mask: Mask, limit: int = 500) -> str:
    """The start of an answer's text, for showing: at most `limit` characters."""
    # The token could stand across the cut: mask first.
    return plain(mask(body[: 16 * limit].decode("utf-8", "replace")), limit)


def plain(text: str, limit: int) -> str:
    """One line without control characters, at most `limit` characters."""
    line = " ".join(_UNPRINTABLE.sub(" ", text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _without_depths(text: str) -> str:
    if text.count("[") + text.count("{") <= DEEPEST:
        return text
    kept: list[str] = []
    depth, kept_to = 0, 0
    for token in _BRACKET_OR_STRING.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept += text[kept_to : token.start()], "null"
        elif token[0] in ("]", "}"):
            if depth == DEEPEST + 1:
                kept_to = token.end()
            depth -= 1
    # Unclosed depths are dropped, which leaves text that is no JSON: rightly unreadable.
    return "".join(kept) + text[kept_to:] if depth <= DEEPEST else "".join(kept)


def _with_strings_mended(value: JsonValue, mask: Mask) -> JsonValue:
    def mended(text: str) -> str:
        text = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        return mask(text)

    whole: list[JsonValue] = [value]
    waiting: list[list[JsonValue] | JsonObject] = [whole]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            renamed = {mended(name): item for name, item in part.items()}
            part.clear()
            for name, item in renamed.items():
                part[name] = mended(item) if isinstance(item, str) else item
            items = list(part.values())
        else:
            part[:] = [mended(item) if isinstance(item, str) else item for item in part]
            items = part
        waiting += [item for item in items if isinstance(item, (dict, list))]
    return whole[0]


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=lambda _: None)
_BRACKET_OR_STRING = re.compile(r'[\[\]{}]|"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
