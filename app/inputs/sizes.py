"""Sizes and shapes: what a named size means in pixels, and what shape inputs will give."""

import re
from dataclasses import dataclass

from app.inputs.schema import JsonObject, JsonValue

# Inferred from sister APIs: RunComfy does not say. Hence "about" wherever they are shown.
NAMED_SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
_NAMES_IN_SHORT = {
    "square_hd": "1:1 HD",
    "square": "1:1",
    "portrait_4_3": "3:4",
    "portrait_16_9": "9:16",
    "landscape_4_3": "4:3",
    "landscape_16_9": "16:9",
}
LEFT_TO_THE_MODEL = ("auto", "adaptive")

# The parts of a custom size, in an object and in a form.
SIDES = ("width", "height")
# The most that a JPEG can hold; no model comes near it.
LONGEST_SIDE = 65_535

_RATIO = re.compile(r"([0-9]{1,3}):([0-9]{1,3})")
_PIXELS = re.compile("([0-9]{2,5}) ?[x\N{MULTIPLICATION SIGN}*] ?([0-9]{2,5})", re.IGNORECASE)
_SIDE_FOR_RATIO = 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """How a choice is drawn: `ratio` is width over height, `scale` the root of its area in px."""

    short: str
    ratio: float
    scale: int
    size: tuple[int, int] | None

    @property
    def words(self) -> str:
        """What is said of the chosen one: its size, as far as it is known beforehand."""
        if self.size is not None:
            return f"about {self.size[0]} \N{MULTIPLICATION SIGN} {self.size[1]}"
        return "" if ":" in self.short else f"{self.short}: the model decides"


def shape_of(value: JsonValue) -> Shape | None:
    """The frame for one value of an enum; None when the value is not a shape."""
    if not isinstance(value, str):
        return None
    if value in LEFT_TO_THE_MODEL:
        return Shape(value.capitalize(), 1.2, 24, None)
    if value in NAMED_SIZES:
        size = NAMED_SIZES[value]
        return _drawn(_NAMES_IN_SHORT[value], size, size)
    ratio = _ratio(value)
    return _drawn(value, ratio, None) if ratio else None


def _drawn(short: str, size: tuple[int, int], pixels: tuple[int, int] | None) -> Shape:
    width, height = size
    ratio = width / height
    side = (width * height) ** 0.5 if pixels else 870
    # 28 px for the largest of the named sizes; nothing wider or higher than its cell.
    scale = min(8 + 20 * side / 1024, 34 / ratio**0.5, 38 * ratio**0.5)
    return Shape(short, round(ratio, 4), round(scale), pixels)


def size_of(value: JsonValue) -> tuple[int, int] | None:
    """The size or, for a ratio, a size of that shape; None where the model decides.

    value: a named size, `16:9`, `1280x720` or `{"width": 1280, "height": 720}`.
    Returns width and height in pixels.
    """
    if isinstance(value, dict):
        return _sides(value.get("width"), value.get("height"))
    if not isinstance(value, str):
        return None
    pixels = _PIXELS.fullmatch(value)
    if pixels:
        return _sides(int(pixels[1]), int(pixels[2]))
    return NAMED_SIZES.get(value) or _ratio(value)


def _ratio(value: str) -> tuple[int, int] | None:
    found = _RATIO.fullmatch(value)
    if not found:
        return None
    width, height = int(found[1]), int(found[2])
    if not width or not height or not 1 / 20 <= width / height <= 20:
        return None
    longer = max(width, height)
    return round(_SIDE_FOR_RATIO * width / longer), round(_SIDE_FOR_RATIO * height / longer)


def _sides(width: JsonValue, height: JsonValue) -> tuple[int, int] | None:
    if type(width) is not int or type(height) is not int:
        return None
    if 1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE:
        return width, height
    return None


def expected_size(inputs: JsonObject) -> tuple[int, int] | None:
    """The size that the result of these inputs will have, as far as they tell.

    Returns width and height in pixels, of the right shape where only a ratio is known;
    None where the model decides. A size wins over `width` and `height`, those over a ratio.
    """
    for name in ("image_size", "video_size", "size"):
        found = size_of(inputs.get(name))
        if found:
            return found
    sides = _sides(inputs.get("width"), inputs.get("height"))
    return sides or size_of(inputs.get("aspect_ratio")) or size_of(inputs.get("ratio"))


def offers_custom_size(description: str) -> bool:
    """Whether the words beside an enum of sizes say that an object may be sent instead.

    Source: flux-2/pro/edit ("For custom sizes, pass an object with width and height") and
    wan-2.7/text-to-image ("a custom `{width, height}` object may be sent instead").
    """
    words = description.lower()
    named = "width" in words and "height" in words
    return named and ("object" in words or re.search(r"\{\W*width", words) is not None)
