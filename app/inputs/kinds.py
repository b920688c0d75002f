"""What a property's schema stands for: a text, a number, a choice, a list, or none of these."""

from typing import Literal

from app.inputs.choices import MOST_CHOICES
from app.inputs.schema import JsonObject, JsonValue

Kind = Literal["text", "whole", "number", "boolean", "choice", "list", "object", "json"]
Media = Literal["image", "video", "audio", "file"]

PLAIN: tuple[Kind, ...] = ("text", "whole", "number", "choice")
# What people write in sentences; a longer name may end in `_prompt`.
TEXTS = ("prompt", "text", "lyrics", "tags", "caption", "script", "story", "instructions")

_KINDS: dict[str, Kind] = {
    "string": "text",
    "integer": "whole",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "object",
}
_MEDIA: dict[str, Media] = {
    "image_uri": "image",
    "image_uris": "image",
    "video_uri": "video",
    "video_uris": "video",
    "audio_uri": "audio",
    "audio_uris": "audio",
    "uri": "file",
    "url": "file",
}
_BEYOND_A_CONTROL = ("$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "not", "if")


def collapse(standard: JsonObject) -> tuple[JsonObject, bool]:
    """Take `null` out of a property's schema, and unions that are none.

    Returns the schema of the values other than null, and whether null is one of the values:
    `anyOf: [X, null]` is X, `oneOf` of constants is an enum, `type: [T, "null"]` is T. In an
    enum, null stays as one of the choices.
    """
    node, nullable = dict(standard), False
    for keyword in ("anyOf", "oneOf", "allOf"):
        branches = node.get(keyword)
        if not isinstance(branches, list):
            continue
        real = [one for one in branches if isinstance(one, dict) and one.get("type") != "null"]
        nullable |= len(real) < len(branches) and keyword != "allOf"
        if len(real) == 1:
            del node[keyword]
            inner, inner_nullable = collapse(real[0])
            node, nullable = {**inner, **node}, nullable or inner_nullable
        elif real and keyword != "allOf" and all("const" in one for one in real):
            del node[keyword]
            node["enum"] = [one["const"] for one in real]
            node["enumNames"] = [one.get("title", "") for one in real]
    types = node.get("type")
    if isinstance(types, list):
        others = [one for one in types if one != "null"]
        nullable |= len(others) < len(types)
        if sorted(str(one) for one in others) == ["integer", "number"]:
            others = ["number"]
        node["type"] = others[0] if len(others) == 1 else [*others]
    values = node.get("enum", [node["const"]] if "const" in node else None)
    if isinstance(values, list) and (nullable or None in values):
        # Beside other choices, null is one more of them; the type would refuse it.
        node["enum"] = values if None in values else [*values, None]
        node.pop("type", None)
        node.pop("const", None)
        return node, False
    return node, nullable


def kind_of(node: JsonObject) -> Kind:
    """What a collapsed schema stands for; without a type, what its other keywords tell."""
    values = node.get("enum")
    if "const" in node or (isinstance(values, list) and 0 < len(values) <= MOST_CHOICES):
        return "choice"
    named = node.get("type")
    if isinstance(named, str) and named in _KINDS:
        return _KINDS[named]
    if named is not None or any(keyword in node for keyword in _BEYOND_A_CONTROL):
        return "json"
    if "properties" in node:
        return "object"
    if "items" in node or str(node.get("format")).endswith("_uris"):
        return "list"
    if media_of(node) or any(word in node for word in ("minLength", "maxLength", "pattern")):
        return "text"
    for value in _samples(node):
        return _kind_of_value(value)
    if any(word in node for word in ("minimum", "maximum", "multipleOf")):
        return "number"
    return "json"


def media_of(node: JsonObject) -> Media | None:
    """What kind of file a string, or each string of a list, is the address of."""
    items = node.get("items")
    named = items.get("format") if isinstance(items, dict) else None
    return _MEDIA.get(str(node.get("format"))) or _MEDIA.get(str(named))


def item_of(node: JsonObject) -> JsonObject:
    """The schema of a list's items; without one, what its values so far are, or else strings."""
    items = node.get("items")
    if isinstance(items, dict) and (items or media_of(node) is None):
        return collapse(items)[0] if items else {"type": "string"}
    for samples in _samples(node):
        if isinstance(samples, list) and samples:
            kinds = {_kind_of_value(sample) for sample in samples}
            if len(kinds) == 1:
                return {"type": _type_of(kinds.pop())}
            return {}
    return {"type": "string"}


def _samples(node: JsonObject) -> list[JsonValue]:
    samples: list[JsonValue] = []
    if node.get("default") is not None:
        samples.append(node["default"])
    examples = node.get("examples")
    samples += examples if isinstance(examples, list) else []
    if node.get("example") is not None:
        samples.append(node["example"])
    return samples


def _kind_of_value(value: JsonValue) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "whole"
    if isinstance(value, float):
        return "number"
    if isinstance(value, list):
        return "list"
    return "text" if isinstance(value, str) else "json"


def _type_of(kind: Kind) -> str:
    return next((name for name, known in _KINDS.items() if known == kind), "object")
