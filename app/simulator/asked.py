"""What a request asks for, whatever its model calls it."""

import re
from typing import Any

from app.simulator.models import JsonObject

_WORDS = re.compile(r"prompt|text|lyrics|caption|story|script|instruction", re.IGNORECASE)
_SECONDS = ("duration", "duration_seconds", "seconds", "length_seconds", "video_length")
_COUNTS = ("num_images", "numImages", "image_count", "num_outputs", "n")
_SIZES = ("image_size", "size", "aspect_ratio", "aspectRatio", "ratio")
_GUIDANCE = ("guidance_scale", "guidance", "cfg_scale", "cfg")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_MOST_PICTURES = 9


def value(model: JsonObject, inputs: JsonObject, *names: str) -> Any:
    """What was sent under the first of these names that was; else its published default."""
    for name in names:
        if inputs.get(name) is not None:
            return inputs[name]
    described = model.get("input_schema", {}).get("properties", {})
    for name in names:
        one = described.get(name)
        if isinstance(one, dict) and one.get("default") is not None:
            return one["default"]
    return None


def words(inputs: JsonObject) -> str:
    """The prompt: of this name, or the first text anywhere whose name is like it."""
    if isinstance(inputs.get("prompt"), str):
        return str(inputs["prompt"])
    return _first_words(inputs) or ""


def _first_words(inside: Any) -> str | None:
    if isinstance(inside, list):
        return next((found for one in inside if (found := _first_words(one))), None)
    if not isinstance(inside, dict):
        return None
    for name, one in inside.items():
        said = isinstance(one, str) and _WORDS.search(name) is not None
        found = one if said else _first_words(one)
        if found:
            return str(found)
    return None


def size(model: JsonObject, inputs: JsonObject) -> Any:
    """The size as sent: a name, a ratio, or an object with both sides."""
    sides = {side: value(model, inputs, side) for side in ("width", "height")}
    if None not in sides.values():
        return sides
    return value(model, inputs, *_SIZES)


def margins(model: JsonObject, inputs: JsonObject) -> tuple[int, int, int, int]:
    """By how many pixels a picture is to grow: left, top, right, bottom."""
    left, top, right, bottom = (
        int(_figure(value(model, inputs, f"expand_{side}"), 0))
        for side in ("left", "top", "right", "bottom")
    )
    return left, top, right, bottom


def count(model: JsonObject, inputs: JsonObject) -> int:
    """How many pictures."""
    return max(1, min(_MOST_PICTURES, int(_figure(value(model, inputs, *_COUNTS), 4))))


def seconds(model: JsonObject, inputs: JsonObject) -> float:
    """How long a video or a sound, as it is paid for; that of several scenes is added up."""
    told = value(model, inputs, *_SECONDS)
    parts = [one for listed in inputs.values() if isinstance(listed, list) for one in listed]
    scenes = [_figure(one.get("duration"), 0) for one in parts if isinstance(one, dict)]
    return _figure(told, sum(scenes) or 5)


def guidance(model: JsonObject, inputs: JsonObject) -> float:
    """How closely to keep to the words."""
    return _figure(value(model, inputs, *_GUIDANCE), 2.5)


def _figure(sent: Any, otherwise: float) -> float:
    """A number, also out of `"5"` or `"5s"`; `auto` is the other one."""
    if isinstance(sent, int | float) and not isinstance(sent, bool):
        return float(sent)
    found = _NUMBER.search(sent) if isinstance(sent, str) else None
    return float(found[0]) if found else otherwise


def cost_usd(model: JsonObject, inputs: JsonObject) -> float | None:
    """What a request costs; None where the catalogue tells no price."""
    price = model.get("base_price_usd")
    if price is None:
        return None
    times = float(count(model, inputs)) if model["plays"] == "images" else 1.0
    if model.get("price_unit") == "second":
        times *= seconds(model, inputs)
    return round(float(price) * times, 6)
