"""JSON objects -> the schemas among them, and what they are schemas of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.catalogue.understanding.objects import Found
from app.runcomfy.models import ModelEntry, model_in
from app.runcomfy.reading import JsonObject, JsonValue

# Pages that carry their whole state nest a schema about so deep.
_DEEPEST = 30
_MOST_PARTS = 100_000
_WORDS_BEFORE = 200
_OUTPUT = re.compile(
    r"out(?:put|desc)|response|result|sortie|salida|saída|ausgabe|出力|输出|輸出|출력|вывод", re.I
)
_INPUT = re.compile(
    r"in(?:put|gresso)|request|entrada|entrée|eingabe|入力|输入|輸入|입력|ввод", re.I
)


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema in a text. position: where its object begins; entry: the catalogue's entry around
    it, if there is one."""

    value: JsonObject
    position: int
    side: Literal["input", "output"]
    found: Found
    entry: ModelEntry | None = None
    wrapped: bool = False


def schemas_in(text: str, objects: list[Found]) -> list[Schema]:
    """Every schema, in order."""
    schemas: list[Schema] = []
    for found in objects:
        budget = [_MOST_PARTS]
        words = text[max(0, found.start - _WORDS_BEFORE) : found.start]
        for value, path, entry in _walked(found.value, "", None, 0, budget):
            side = _side(value, path, words)
            schemas.append(Schema(value, found.start, side, found, entry))
    return schemas


def bare_properties(objects: list[Found]) -> Schema | None:
    """The first object that is only a list of properties, as a schema."""
    for found in objects:
        parts = list(found.value.values())
        if parts and all(isinstance(part, dict) and part.keys() & _TELLING for part in parts):
            schema: JsonObject = {"type": "object", "properties": found.value}
            return Schema(schema, found.start, "input", found, wrapped=True)
    return None


def is_schema(value: JsonValue) -> bool:
    """Whether a value describes an object's properties."""
    if not isinstance(value, dict) or value.get("type", "object") not in ("object", ["object"]):
        return False
    properties = value.get("properties")
    return isinstance(properties, dict) and all(
        isinstance(part, (dict, bool)) for part in properties.values()
    )


_TELLING = frozenset({"type", "enum", "anyOf", "oneOf", "$ref", "default"})


def _walked(
    value: JsonValue, path: str, entry: ModelEntry | None, depth: int, budget: list[int]
) -> Iterator[tuple[JsonObject, str, ModelEntry | None]]:
    budget[0] -= 1
    if budget[0] < 0 or depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _walked(part, path, entry, depth + 1, budget)
    elif isinstance(value, dict):
        if is_schema(value):
            yield value, path, entry
            return
        entry = model_in(value) if "model_id" in value else entry
        for name, part in value.items():
            if isinstance(part, (dict, list)):
                yield from _walked(part, f"{path}.{name}", entry, depth + 1, budget)


def _side(schema: JsonObject, path: str, words: str) -> Literal["input", "output"]:
    """Which side a schema describes: by where it stands, by its title, by the words before it."""
    for telling in (path, str(schema.get("title", "")), _last_words(words)):
        if _INPUT.search(telling):
            return "input"
        if _OUTPUT.search(telling):
            return "output"
    return "input"


def _last_words(words: str) -> str:
    """The last line with a word in it, such as a heading."""
    lines = [line for line in words.splitlines() if any(map(str.isalpha, line))]
    return lines[-1] if lines else ""
