"""The values that an input may take: their text in a form, and their label."""

import json
from dataclasses import dataclass

from app.inputs.schema import JsonObject, JsonValue

# More would be a page of nothing but options; the value is then typed, and checked all the same.
MOST_CHOICES = 5_000

_PICTURES = ("jpeg", "jpg", "png", "webp", "gif", "avif", "tiff")
_VIDEOS = ("mp4", "webm", "mov", "mkv")
_SOUNDS = ("mp3", "wav", "flac", "ogg", "opus", "aac", "pcm")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value: `text` is what the form posts for it, `value` what is sent."""

    text: str
    value: JsonValue
    label: str


def read_choices(node: JsonObject) -> tuple[Choice, ...]:
    """The choices of an `enum` or `const`, in order and each once; none when it has neither."""
    values = node.get("enum")
    if not isinstance(values, list):
        values = [node["const"]] if "const" in node else []
    titles = _titles(node, len(values))
    others = {text_of(value) for value in values if not isinstance(value, str)}
    choices: dict[str, Choice] = {}
    for value, title in zip(values, titles, strict=True):
        text = text_of(value)
        # An empty text means "unset" in a form, and "5" may stand beside 5: quotes tell.
        if isinstance(value, str) and (not text.strip() or text in others):
            text = json.dumps(value, ensure_ascii=False)
        if text not in choices:
            choices[text] = Choice(text, value, title or label_of(value))
    return tuple(choices.values())


def _titles(node: JsonObject, count: int) -> list[str]:
    for key in ("enumNames", "x-enumNames", "enum_titles", "enumTitles"):
        names = node.get(key)
        if isinstance(names, list) and len(names) == count:
            return [str(name)[:120] for name in names]
    return [""] * count


def text_of(value: JsonValue) -> str:
    """A value as a form shows and posts it."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False)


def label_of(value: JsonValue) -> str:
    """A value as a person reads it: file formats in capitals, all others as they are."""
    text = text_of(value)
    if text in _PICTURES + _VIDEOS + _SOUNDS:
        return text.upper()
    if not text.strip():
        return "Empty text"
    return text if len(text) <= 120 else f"{text[:119]}…"
