"""What a property's schema stands for: a text, a number, a choice, a list, or none of these."""

from typing import Literal

from app.inputs.choices import MOST_CHOICES
from app.inputs.merging import merged
from app.inputs.schema import CUT, JsonObject, JsonValue

Kind = Literal[
    "text", "whole", "number", "boolean", "choice", "list", "rows", "object", "union", "json"
]
Media = Literal["image", "video", "audio", "file"]

PLAIN: tuple[Kind, ...] = ("text", "whole", "number", "choice")
# What people write in sentences; a longer name may end in `_prompt`.
TEXT_FORMATS = ("date", "time", "date-time", "color", "colour", "password", "email", "uuid")
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
# What tells of a value what it is, and so makes a branch of a union a control of its own.
_TELLING = ("type", "properties", "items", "enum", "const", "format", "anyOf", "oneOf", CUT)
_BEYOND_A_CONTROL = ("$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "not", "if")
# What is said of a union as a whole, and not of each of its branches.
_OF_THE_WHOLE = ("anyOf", "oneOf", "title", "description", "default", "examples", "example")
# Under this name a choice of sizes carries the object that may stand in its place.
SIZE = "x-custom-size"
MOST_BRANCHES = 40


def collapse(standard: JsonObject) -> tuple[JsonObject, bool]:
    """Take `null` out of a property's schema, and unions that are none.

    Returns the schema of the values other than null, and whether null is one of the values:
    `anyOf: [X, null]` is X, `oneOf` of constants is an enum, `type: [T, "null"]` is T, and
    named sizes beside an object of width and height are the sizes, with the object under
    `SIZE`. In an enum, null stays as one of the choices.
    """
    node, nullable = dict(standard), False
    for keyword in ("anyOf", "oneOf"):
        branches = node.get(keyword)
        if not isinstance(branches, list):
            continue
        real = [one for one in branches if isinstance(one, dict) and one.get("type") != "null"]
        nullable |= len(real) < len(branches)
        if len(real) == 1:
            del node[keyword]
            inner, inner_nullable = collapse(real[0])
            node, nullable = {**inner, **node}, nullable or inner_nullable
        elif real and all("const" in one or isinstance(one.get("enum"), list) for one in real):
            del node[keyword]
            node |= _one_enum(real)
        elif sizes := _sizes_and_object(real):
            del node[keyword]
            node = {**sizes[0], **node, SIZE: sizes[1]}
        elif real:
            node[keyword] = [*real]
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


def _one_enum(branches: list[JsonObject]) -> JsonObject:
    values: list[JsonValue] = []
    titles: list[JsonValue] = []
    for branch in branches:
        listed = branch.get("enum")
        if isinstance(listed, list) and "const" not in branch:
            names = branch.get("enumNames")
            same = isinstance(names, list) and len(names) == len(listed)
            values += listed
            titles += names if same and isinstance(names, list) else [""] * len(listed)
        else:
            values.append(branch["const"])
            titles.append(branch.get("title", ""))
    return {"enum": values, "enumNames": titles}


def _sizes_and_object(branches: list[JsonObject]) -> tuple[JsonObject, JsonObject] | None:
    """Named sizes and an object of width and height, where a union is just these two."""
    listed = [one for one in branches if isinstance(one.get("enum"), list)]
    sized = [
        one
        for one in branches
        if isinstance(one.get("properties"), dict) and set(one["properties"]) == {"width", "height"}  # type: ignore[arg-type]
    ]
    return (listed[0], sized[0]) if len(branches) == 2 and listed and sized else None


def branches_of(node: JsonObject) -> list[JsonObject]:
    """The branches of a union, each whole by itself; none where there is nothing to choose."""
    types = node.get("type")
    if isinstance(types, list):
        base = {key: value for key, value in node.items() if key not in _OF_THE_WHOLE}
        return [{**base, "type": one} for one in types if isinstance(one, str)]
    for keyword in ("anyOf", "oneOf"):
        listed = node.get(keyword)
        if isinstance(listed, list):
            base = {key: value for key, value in node.items() if key not in _OF_THE_WHOLE}
            branches = [one for one in listed if isinstance(one, dict)]
            if all(any(key in one for key in _TELLING) for one in branches):
                return [merged(one, base)[0] for one in branches]
    return []


def kind_of(node: JsonObject) -> Kind:
    """What a collapsed schema stands for; without a type, what its other keywords tell."""
    values = node.get("enum")
    if "const" in node or (isinstance(values, list) and 0 < len(values) <= MOST_CHOICES):
        return "choice"
    if 1 < len(branches_of(node)) <= MOST_BRANCHES:
        return "union"
    named = node.get("type")
    if isinstance(named, str) and named in _KINDS:
        return _KINDS[named]
    if named is None and "properties" in node:
        return "object"
    if named is not None or any(keyword in node for keyword in _BEYOND_A_CONTROL):
        return "json"
    if "items" in node or "prefixItems" in node or str(node.get("format")).endswith("_uris"):
        return "list"
    if media_of(node) or any(word in node for word in ("minLength", "maxLength", "pattern")):
        return "text"
    for value in _samples(node):
        return _kind_of_value(value)
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    if any(word in node for word in bounds):
        return "number"
    return "text" if node.get("format") in TEXT_FORMATS else "json"


def media_of(node: JsonObject) -> Media | None:
    """What kind of file a string, or each string of a list, is the address of."""
    items = node.get("items")
    named = items.get("format") if isinstance(items, dict) else None
    return _MEDIA.get(str(node.get("format"))) or _MEDIA.get(str(named))


def item_of(node: JsonObject) -> JsonObject:
    """The schema of a list's items; without one, what its values so far are, or else strings."""
    items = node.get("items")
    if isinstance(items, dict) and (items or media_of(node) is None):
        return {"type": "string", **items} if media_of(node) or not items else items
    places = node.get("prefixItems", items)
    if isinstance(places, list) and places:
        # Places of one kind are a list; of several kinds, they are told apart in JSON alone.
        first = places[0]
        same = isinstance(first, dict) and all(place == first for place in places)
        return first if same and isinstance(first, dict) else {CUT: True}
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
