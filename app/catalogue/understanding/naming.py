"""What a text calls its model: its id, its name, its kind and its price."""

import html
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.inputs.fields import make_form
from app.runcomfy.models import is_model_id
from app.runcomfy.reading import JsonObject

Source = Literal["curl", "entry", "page", "address", ""]

# Headings and introductions stand at the start; the rest is too long to be searched for words.
_START_CHARS = 20_000
_NAME_CHARS = 80

_SLUG = r"[A-Za-z0-9][\w.~-]{0,80}(?:/[\w.~-]{1,80}){1,6}"
_IN_CURL = re.compile(r"/v1/models/([A-Za-z0-9][\w.~/-]{0,250})", re.ASCII)
_PLACED = re.compile(rf"BeforeModel({_SLUG}?)modelApiDoc_", re.ASCII)
_ALONE = re.compile(rf"^[ \t]*({_SLUG})[ \t]*$", re.ASCII | re.M)
_IN_SENTENCE = re.compile(rf"RunComfy[^\n]{{0,80}}?[\s>“\"]({_SLUG})", re.ASCII)
_PAGE = re.compile(
    r"runcomfy\.com/(?:[a-z]{2}(?:-[A-Za-z]{2,4})?/)?(?:models|playground)/([\w.~/-]{1,250})",
    re.ASCII,
)
_CANONICAL = re.compile(r"<(?:link|meta)\b[^<>]*(?:canonical|og:url)[^<>]*>", re.I)
_TITLE = re.compile(r"<title\b[^<>]*>([^<]{1,500})<", re.I)
_GLUED = re.compile(r"--(?=[a-z]).*", re.S)
_NAME_ENDS = re.compile(r"[:|]|\s[–—-]\s|\s+on playground", re.I)

_PRICE = re.compile(
    r"(?:US)?\$\s?(\d{1,5}(?:[.,]\d{1,6})?)\s*(?:USD)?\s*"
    r"(?:/|per|for (?:each|every)|an?|each|pro|par|por|al?)\s*"
    r"(image|picture|photo|output|run|generation|request|video|clip|call|song|track|second|sec\b|s\b)",
    re.I,
)

_KINDS = {
    "edit": "image-to-image",
    "inpaint": "image-to-image",
    "upscale": "image-to-image",
    "edit-video": "video-to-video",
    "video-edit": "video-to-video",
    "extend": "video-to-video",
    "extend-video": "video-to-video",
    "reference-to-video": "image-to-video",
    "first-last-frame": "image-to-video",
    "first-last-frame-to-video": "image-to-video",
    "keyframes-to-video": "image-to-video",
    "transition": "image-to-video",
}
KINDS = tuple(
    f"{given}-to-{made}"
    for made in ("image", "video", "audio")
    for given in ("text", "image", "video", "audio")
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A model id in a text, where it stands, and how it was told."""

    model_id: str
    position: int
    source: Source


def mentions_in(text: str) -> list[Mention]:
    """The ids in curl lines; they are the ones that RunComfy's API takes."""
    found = []
    for match in _IN_CURL.finditer(text):
        model_id = _tidy(match[1])
        if model_id and model_id != "categories":
            found.append(Mention(model_id, match.start(), "curl"))
    return found


def guessed_id(source: str, shown: str) -> Mention | None:
    """An id that stands elsewhere: in the page's words, or in its address.

    source: the text as given; shown: what a page shows of it.
    """
    start = shown[:_START_CHARS]
    for pattern in (_PLACED, _ALONE, _IN_SENTENCE):
        match = pattern.search(start)
        if match and (model_id := _tidy(match[1])):
            return Mention(model_id, 0, "page")
    named = _CANONICAL.findall(source[: 10 * _START_CHARS])
    for place in (*named, source):
        match = _PAGE.search(place)
        model_id = _tidy(match[1].removesuffix("/api")) if match else ""
        if model_id:
            return Mention(model_id, 0, "address")
    return None


def title_in(source: str, shown: str) -> str:
    """A page's title up to its first mark, or nothing."""
    tag = _TITLE.search(source)
    first = html.unescape(tag[1]) if tag else shown.lstrip()[:500].split("\n", 1)[0]
    if not tag and "RunComfy" not in first.partition("|")[2]:
        return ""
    name = _NAME_ENDS.split(first.strip(), maxsplit=1)[0].strip()
    return name if 0 < len(name) <= _NAME_CHARS and "modelApiDoc" not in name else ""


def name_of(model_id: str) -> str:
    """A name for a model that is known by its id alone: `a/still-2/edit` is “Still 2 edit”."""
    words = " ".join(model_id.split("/")[1:] or [model_id]).replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def kind_of(model_id: str, schema: JsonObject | None) -> str:
    """What the model makes of what, such as `text-to-image`; from its id, else from its inputs."""
    for part in reversed(model_id.lower().split("/")):
        if part in KINDS or part in _KINDS:
            return _KINDS.get(part, part)
    words = set(re.split(r"[/\W_]+", model_id.lower()))
    made = next((made for made in ("video", "audio", "image") if made in words), "image")
    if words & {"speech", "music", "song", "tts"}:
        made = "audio"
    needed = {field.media for field in make_form(_required_part(schema or {})).fields}
    given = next((given for given in ("video", "image", "audio") if given in needed), "text")
    return f"{given}-to-{made}"


def _required_part(schema: JsonObject) -> JsonObject:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return {"properties": {}}
    names = [name for name in required if isinstance(name, str) and name in properties]
    return {"properties": {name: properties[name] for name in names[:50]}}


def prices_in(text: str) -> list[tuple[Decimal, str]]:
    """The prices that a text names, lowest first, each per `output` or per `second`."""
    found = set()
    for match in _PRICE.finditer(text):
        unit = "second" if match[2].lower().startswith("s") and match[2].lower() != "song" else ""
        found.add((Decimal(match[1].replace(",", ".")), unit or "output"))
    return sorted(found)


def _tidy(slug: str) -> str:
    """A slug without what was glued to it; nothing when no id is left."""
    model_id = _GLUED.sub("", slug).rstrip("/.~-_")
    return model_id if is_model_id(model_id) else ""
