"""JSON as a person writes it: its value, the place of each part, and what is wrong with it."""

import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from app.inputs.schema import JsonValue

# No model takes values half as deep; what reads them later goes down by one call a level.
DEEPEST = 100
# Python itself refuses to read longer ones.
LONGEST_NUMBER = 1_000

_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_WORD = re.compile(r"[^\s{}\[\],:\"']+")
_CONSTANTS = ("NaN", "Infinity", "-Infinity")
_MEANT = {"True": "true", "False": "false", "None": "null", "undefined": "null"}


class NotJson(ValueError):
    """A text that cannot be read; `said` is a sentence, line and column count from 1."""

    def __init__(self, said: str, line: int, column: int) -> None:
        super().__init__(f"Line {line}, character {column}: {said}")
        self.said = said
        self.line = line
        self.column = column


@dataclass(slots=True)
class _Node:
    """Where a value begins, and the values inside it by name or number."""

    offset: int
    parts: "dict[str | int, _Node]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JsonText:
    """A text that could be read: its value, and where each part of it stands."""

    value: JsonValue
    _root: _Node
    _lines: list[int]

    def line_of(self, way: tuple[str | int, ...]) -> int:
        """The line of a value, or of the innermost one around it that is there; from 1."""
        node = self._root
        for step in way:
            inside = node.parts.get(step)
            if inside is None:
                break
            node = inside
        return bisect_right(self._lines, node.offset)


def can_be_kept(text: str) -> bool:
    """Whether a text can be stored and sent: no NUL, no half of a surrogate pair."""
    return _UNKEEPABLE.search(text) is None


def write_json(value: JsonValue) -> str:
    """A value as a person reads it: two spaces a level, every script as it is."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_json_text(text: str) -> JsonText:
    """Read a JSON text, in time that grows with its length alone.

    Whole numbers stay exact. Raises NotJson for what is no JSON, and for what JSON leaves
    open: a name given twice, NaN, a number beyond any, a character that cannot be stored.
    """
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    try:
        value: JsonValue = json.loads(
            text, parse_constant=lambda _: None, parse_int=_whole, parse_float=float
        )
    except json.JSONDecodeError as error:
        said, offset = _fault(text, error)
        raise _not_json(said, offset, lines) from None
    except RecursionError:
        raise _not_json(f"This is nested more than {DEEPEST} levels deep.", 0, lines) from None
    return JsonText(value, _Scan(text, lines).root(), lines)


class _Scan:
    """One walk over the pieces of a text that is known to be JSON."""

    def __init__(self, text: str, lines: list[int]) -> None:
        self._text = text
        self._lines = lines
        self._open: list[tuple[_Node, bool]] = []
        self._name: str | None = None
        self._root = _Node(0)

    def root(self) -> _Node:
        """The places of all values. Raises NotJson."""
        for found in _PIECE.finditer(self._text):
            self._take(found[0], found.start())
        return self._root

    def _take(self, piece: str, offset: int) -> None:
        if piece in "}]":
            self._open.pop()
        elif piece in ",:":
            return
        elif self._open and self._open[-1][1] and self._name is None:
            self._name = self._string(piece, offset)
            earlier = self._open[-1][0].parts.get(self._name)
            if earlier is not None:
                line = bisect_right(self._lines, earlier.offset)
                said = f"“{self._name[:60]}” is given twice, first on line {line}. Keep one."
                raise _not_json(said, offset, self._lines)
        else:
            self._begin(piece, offset)

    def _begin(self, piece: str, offset: int) -> None:
        node = _Node(offset)
        if self._open:
            around, named = self._open[-1]
            around.parts[self._name if named and self._name is not None else len(around.parts)] = (
                node
            )
        else:
            self._root = node
        self._name = None
        if piece in "{[":
            self._open.append((node, piece == "{"))
            if len(self._open) > DEEPEST:
                said = f"This is nested more than {DEEPEST} levels deep."
                raise _not_json(said, offset, self._lines)
        elif piece[0] == '"':
            self._string(piece, offset)
        elif piece in _CONSTANTS:
            said = f"{piece} is not a number that can be sent. Use a number or null."
            raise _not_json(said, offset, self._lines)
        elif piece[0] in "-0123456789" and not _is_kept(piece):
            raise _not_json("This number is too large to be sent.", offset, self._lines)

    def _string(self, piece: str, offset: int) -> str:
        text = str(json.loads(piece)) if "\\" in piece else piece[1:-1]
        if not can_be_kept(text):
            said = "This holds a character that no text may hold. Remove it."
            raise _not_json(said, offset, self._lines)
        return text


def _whole(digits: str) -> int:
    # Longer ones are refused with their place by the scan, where Python would refuse without.
    return int(digits) if len(digits) <= LONGEST_NUMBER else 0


def _is_kept(number: str) -> bool:
    return len(number) <= LONGEST_NUMBER and math.isfinite(float(number))


def _not_json(said: str, offset: int, lines: list[int]) -> NotJson:
    line = bisect_right(lines, offset)
    return NotJson(said, line, offset - lines[line - 1] + 1)


def _fault(text: str, error: json.JSONDecodeError) -> tuple[str, int]:
    """What is wrong, as a sentence, and at which character."""
    if not text.strip():
        return "There is nothing here. Write the inputs in braces, such as {}.", 0
    offset, before = error.pos, text[: error.pos].rstrip()
    character = text[offset : offset + 1]
    if error.msg.startswith("Illegal trailing comma"):
        return "The comma after the last value does not belong there. Remove it.", offset
    if before.endswith(",") and character in ("}", "]"):
        last = len(before) - 1
        return "The comma after the last value does not belong there. Remove it.", last
    if not character:
        return "The text ends too early. Something is not closed: a brace or a bracket.", len(
            before
        )
    return _fault_at(text, offset, character, error.msg), offset


def _fault_at(text: str, offset: int, character: str, said: str) -> str:
    if said.startswith("Extra data"):
        return "There is more after the end. Everything belongs into one pair of braces."
    if said.startswith("Unterminated string"):
        return "This text is not closed. Put a double quote at its end."
    if said.startswith("Invalid control character"):
        return "A text stands on one line. Write a line break inside it as \\n."
    if said.startswith("Invalid \\"):
        return "This backslash means nothing. Write a backslash inside a text as \\\\."
    if character in "'`“”‘’„":  # noqa: RUF001
        return "Names and texts stand between straight double quotes."
    if text.startswith(("//", "/*", "#"), offset):
        return "JSON knows no comments. Remove this one."
    if said.startswith("Expecting ','"):
        return "A comma is missing before this."
    if said.startswith("Expecting ':'"):
        return "A colon is missing between the name and its value."
    if said.startswith("Expecting property name"):
        return "A name in double quotes belongs here."
    word = _WORD.match(text, offset)
    if word is None:
        return "A value is missing here."
    if word[0] in _MEANT:
        return f"Write {_MEANT[word[0]]} instead of {word[0]}."
    return f"“{word[0][:40]}” is no value. A text stands in double quotes."
