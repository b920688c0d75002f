"""The JSON objects that stand in a text, whatever stands around them; in linear time."""

import json
import math
import re
from dataclasses import dataclass

from app.runcomfy.reading import JsonObject, JsonValue

DEEPEST = 60
# Characters that may be looked at in vain, for each that there is: no text takes for ever.
_VAIN_LOOKS = 5
_MENDED_LOOKS = 2
_LONGEST_MENDED = 250_000
_FIRST_PIECE = 4_096
_LONGEST_WORD = 16

_CURLY = "“”„‟″"
# An object whose first name is quoted, in one way or another: `{request_id}` is none.
_START = re.compile(rf'\{{[\s\u200b]*["{_CURLY}]')
_TOKEN = re.compile(rf"""'\\''|\\.|["{_CURLY}]|[{{}}\[\],]|\b(?:True|False|None)\b""", re.S)
_PYTHON = {"True": "true", "False": "false", "None": "null"}
_AFTER_STRING = re.compile(r"[\s\u200b]*([,:}\]]|$)")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],]|"', re.S)


@dataclass(frozen=True, slots=True)
class Found:
    """An object and where it stands. mended: its quotes or commas were not JSON's; cut: its end
    is missing, and what came before was kept."""

    value: JsonObject
    start: int
    end: int
    mended: bool = False
    cut: bool = False


def objects_in(text: str) -> list[Found]:
    """Every outermost JSON object, in order. One that breaks off comes last."""
    found: list[Found] = []
    broken: list[tuple[int, int]] = []
    looks = _VAIN_LOOKS * len(text) + 10_000
    mending = _MENDED_LOOKS * len(text) + 10_000
    position = 0
    while looks > 0 and (begins := _START.search(text, position)):
        start = begins.start()
        position = start + 1
        value, reached = _decoded_at(text, start)
        if value is not None:
            found.append(Found(value, start, reached))
            position = reached
            continue
        looks -= reached - start + 10
        broken.append((start, reached))
        if mending > 0:
            mended, walked = _mended(text, start)
            mending -= walked
            if mended is not None:
                found.append(mended)
                position = mended.end
    cut = _first_cut(text, broken, found)
    if cut is None:
        return found
    # Within it, what is whole was found too: its properties.
    return [*(one for one in found if not cut.start <= one.start < cut.end), cut]


def value_in(text: str) -> JsonValue:
    """A text that is JSON throughout. Raises ValueError, saying where it is not."""
    try:
        value: JsonValue = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    return value


def harmless(value: JsonValue, depth: int = 0) -> JsonValue:
    """The same value, without what no database or page takes; what is too deep is null."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, (dict, list)) and depth >= DEEPEST:
        return None
    if isinstance(value, dict):
        return {str(harmless(name)): harmless(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [harmless(part, depth + 1) for part in value]
    return value


def _decoded_at(text: str, start: int) -> tuple[JsonObject | None, int]:
    """The object at `start` and its end; or None and how far it could be read."""
    length = _FIRST_PIECE
    while True:
        # In pieces: to say where it failed, the decoder counts the lines of the whole text.
        piece = text[start : start + length]
        try:
            value, end = _DECODER.raw_decode(piece)
        except json.JSONDecodeError as error:
            unfinished = error.msg.startswith("Unterminated")
            reached = len(piece) if unfinished else error.pos
            if reached > len(piece) - _LONGEST_WORD and start + length < len(text):
                length *= 8
                continue
            return None, start + reached
        except (RecursionError, ValueError):  # ValueError: a number of thousands of digits
            return None, start + len(piece)
        return value, start + end


def _mended(text: str, start: int) -> tuple[Found | None, int]:
    """The object at `start` if it is one but for its quotes, commas or words; and how far it was
    walked. A quote ends a string where a comma, a colon or a bracket follows."""
    written: list[str] = []
    closers: list[str] = []
    opened_by = ""
    position, stop = start, min(len(text), start + _LONGEST_MENDED)
    while token := _TOKEN.search(text, position, stop):
        between, mark = text[position : token.start()], token[0]
        position = token.end()
        written.append(between if opened_by else re.sub(r"[\u200b\ufeff]|[^\S\n]", " ", between))
        if opened_by:
            written.append(_in_string(mark, opened_by, text, position))
            if written[-1] == '"':
                opened_by = ""
        elif mark in _CURLY or mark == '"':
            opened_by = mark
            written.append('"')
        elif mark in ("{", "["):
            closers.append("}" if mark == "{" else "]")
            written.append(mark)
        elif mark in ("}", "]"):
            if not closers or closers.pop() != mark:
                break
            _drop_comma(written)
            written.append(mark)
            if not closers:
                return _decoded("".join(written), start, position), position - start
        else:
            written.append(_PYTHON.get(mark, mark))
    return None, max(position, start + 1) - start


def _in_string(mark: str, opened_by: str, text: str, after: int) -> str:
    if mark == "'\\''":  # how a shell writes an apostrophe
        return "'"
    if mark[0] == "\\":
        return mark if mark[1] in '"\\/bfnrtu' else "\\" + mark
    ends = mark == '"' if opened_by == '"' else mark == '"' or mark in _CURLY
    if ends and _AFTER_STRING.match(text, after):
        return '"'
    return '\\"' if mark == '"' else mark


def _drop_comma(written: list[str]) -> None:
    for place in range(len(written) - 1, -1, -1):
        if written[place].strip():
            if written[place] == ",":
                written[place] = " "
            return


def _decoded(text: str, start: int, end: int) -> Found | None:
    try:
        value = _DECODER.decode(text)
    except (RecursionError, ValueError):
        return None
    return Found(value, start, end, mended=True) if isinstance(value, dict) else None


def _first_cut(text: str, broken: list[tuple[int, int]], found: list[Found]) -> Found | None:
    """What can be kept of the first broken object that describes properties, if it lies outside
    of all whole ones."""
    for start, reached in broken:
        if '"properties"' not in text[start:reached]:
            continue
        whole_around = any(one.start <= start < one.end for one in found)
        value = None if whole_around else _kept(text, start, reached)
        if value is not None:
            return Found(value, start, reached, cut=True)
        return None
    return None


def _kept(text: str, start: int, reached: int) -> JsonObject | None:
    closers: list[str] = []
    safe, to_close = start, ""
    for token in _JSON_TOKEN.finditer(text, start, reached):
        mark = token[0]
        if mark in ("{", "["):
            closers.append("}" if mark == "{" else "]")
            if len(closers) > DEEPEST:
                return None
        elif mark in ("}", "]"):
            if not closers or closers.pop() != mark:
                break
            safe, to_close = token.end(), "".join(reversed(closers))
        elif mark == ",":
            safe, to_close = token.start(), "".join(reversed(closers))
        elif mark == '"':  # a string without an end
            break
    try:
        value = _DECODER.decode(text[start:safe] + to_close)
    except (RecursionError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


# Not strict: lines that a page has wrapped stand in strings as they are.
_DECODER = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=lambda _: None)
