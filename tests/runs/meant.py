"""What a person means to send to a model, told by its schema alone, and how a form posts it.

Knows the names of controls from the README and nothing of the code behind them.
"""

import json
from collections.abc import Iterator
from typing import Any

Pairs = list[tuple[str, str]]
_DEEPEST = 2
_MEDIA = ("image_uri", "video_uri", "audio_uri")
_SUFFIX = {"image": "png", "video": "mp4", "audio": "wav"}
_FORMATS = {
    "date": "2026-11-21",
    "time": "18:30",
    "date-time": "2026-11-21T18:30",
    "color": "#336699",
    "email": "someone@example.com",
    "uri": "https://example.com/map",
}
LEFT_OUT = object()


class Meant:
    """One model's inputs: the least that it takes, or all that it describes."""

    def __init__(self, schema: dict[str, Any], *, whole: bool) -> None:
        self._schema, self._whole = schema, whole

    def inputs(self) -> dict[str, Any]:
        """The body that is meant."""
        return self._object(self._schema, 0)

    def pairs(self, inputs: dict[str, Any]) -> Pairs:
        """What a form posts for these inputs."""
        return [pair for name, value in inputs.items() for pair in _posted(_escaped(name), value)]

    def _object(self, node: dict[str, Any], depth: int) -> dict[str, Any]:
        required = node.get("required", [])
        found = {}
        for name, described in node.get("properties", {}).items():
            if isinstance(described, dict):
                value = self._value(name, self._plain(described), name in required, depth)
                if value is not LEFT_OUT:
                    found[name] = value
        return found

    def _plain(self, node: dict[str, Any]) -> dict[str, Any]:
        """References followed, and parts put together."""
        while "$ref" in node:
            target: Any = self._schema
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target.get(part, {})
            node = {**target, **{key: one for key, one in node.items() if key != "$ref"}}
        for part in node.get("allOf", []):
            merged = {**node.get("properties", {}), **part.get("properties", {})}
            node = {**node, **part, "properties": merged}
        return node

    def _value(self, name: str, node: dict[str, Any], required: bool, depth: int) -> Any:
        media = any(kind in json.dumps(node.get("format", "")) for kind in _MEDIA) or any(
            kind in json.dumps(node.get("items", "")) for kind in _MEDIA
        )
        default = node.get("default")
        if not self._whole and not (required and (media or default in (None, ""))):
            if node.get("type") == "string" and "enum" not in node and required:
                return self._sample(name, node, depth)
            if name == "seed" or media or default in (None, ""):
                return self._parts(node, required, depth)
            return default
        return self._sample(name, node, depth)

    def _parts(self, node: dict[str, Any], required: bool, depth: int) -> Any:
        """An object that nobody filled: its defaults, where these make it whole."""
        if node.get("type") != "object" or "properties" not in node:
            return LEFT_OUT
        found = self._object(node, depth)
        whole = all(
            "default" in self._plain(one)
            for name, one in node["properties"].items()
            if name in node.get("required", [])
        )
        return found if found and (whole or required) else LEFT_OUT

    def _sample(self, name: str, node: dict[str, Any], depth: int) -> Any:
        """Some value that fits, other than the default where there is a choice."""
        if "const" in node:
            return node["const"]
        if node.get("enum"):
            return [one for one in node["enum"] if one is not None][-1]
        if "oneOf" in node or "anyOf" in node:
            return self._branch(name, node, depth)
        kind = node.get("type")
        if isinstance(kind, list):
            kind = next(one for one in kind if one != "null")
        if kind == "boolean":
            return not node.get("default", False)
        if kind in ("integer", "number", "float"):
            return _number(node, kind == "integer")
        if kind == "array":
            return self._list(name, node, depth)
        if kind == "object":
            return self._object(node, depth + 1) if "properties" in node else LEFT_OUT
        return _text(name, node) if kind == "string" else LEFT_OUT

    def _branch(self, name: str, node: dict[str, Any], depth: int) -> Any:
        branches = node.get("oneOf") or node["anyOf"]
        if all("const" in one for one in branches):
            return branches[-1]["const"]
        first = next(one for one in branches if one.get("type") != "null")
        return self._sample(name, {**first, "default": node.get("default")}, depth)

    def _list(self, name: str, node: dict[str, Any], depth: int) -> Any:
        items = self._plain(node.get("items", {}))
        if node.get("format", "").endswith("_uris"):
            items = {"type": "string", **items, "format": node["format"][:-1]}
        if items.get("type") == "object" and depth >= _DEEPEST:
            return LEFT_OUT
        count = max(node.get("minItems", 0), min(2, node.get("maxItems", 2)))
        return [
            self._sample(f"{name} {number}", items or {"type": "string"}, depth + 1)
            for number in range(count)
        ]


def _number(node: dict[str, Any], is_whole: bool) -> float:
    node = {key: one for key, one in node.items() if isinstance(one, int | float)}
    least = node.get("minimum", node.get("exclusiveMinimum", 0))
    most = node.get("maximum", node.get("exclusiveMaximum", least + 60))
    step = node.get("multipleOf", 1 if is_whole else 0.5)
    if "exclusiveMinimum" in node or "exclusiveMaximum" in node:
        return float((least + most) / 2)
    return float(most) if not is_whole else int(most - (most % step if step > 1 else 0))


def _text(name: str, node: dict[str, Any]) -> str:
    format_ = node.get("format", "")
    for kind in _MEDIA:
        if kind in format_:
            return f"https://example.com/{name.replace(' ', '-')}.{_SUFFIX[kind[:5]]}"
    if format_ in _FORMATS:
        return _FORMATS[format_]
    if "pattern" in node:
        return str(node.get("default") or "#aabbcc")
    long = f"  {name}: „Zeile“ <b>1</b>\n& 2 🦁 "
    short = long if name.lower().endswith(("prompt", "lyrics")) else long.replace("\n", " ")
    return short[: node.get("maxLength", 200)]


def _escaped(name: str) -> str:
    return name.replace(".", "..")


def _posted(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _posted(f"{name}.{_escaped(key)}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            rows = isinstance(inner, dict)
            yield from _posted(f"{name}.{number}" if rows else name, inner)
    elif isinstance(value, str):
        yield name, value.replace("\n", "\r\n")
    else:
        yield name, json.dumps(value)
