"""Sizes and shapes: what a named size means in pixels, and what shape inputs will give."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from app.inputs.labels import figure
from app.inputs.schema import JsonObject, JsonValue

Size: TypeAlias = tuple[int, int]

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
_MULTIPLE = re.compile(r"(?:multiples? of|divisible by) ([0-9]{1,4})\b", re.IGNORECASE)
_SPAN = re.compile(
    r"\b([0-9]{2,5}) ?(?:px|pixels)? ?(?:-|–|to|and) ?([0-9]{2,5}) ?(?:px|pixels)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a choice is drawn: `ratio` is width over height, `scale` the root of its area in px.

    size: in pixels, as far as it is known beforehand; exact: the name itself tells it.
    """

    short: str
    ratio: float
    scale: int
    size: Size | None
    exact: bool = False

    @property
    def words(self) -> str:
        """What is said of the chosen one: its size, as far as it is known beforehand."""
        return self.words_with(None)

    def words_with(self, made: Size | None, *, has_picture: bool = False) -> str:
        """The same once it is known better.

        made: the size of what the model made of it before; has_picture: the form takes
        pictures, whose shape is followed where the choice is left to the model.
        """
        if self.exact:
            return ""
        if made is not None:
            return spelt(made)
        if self.size is not None:
            return f"about {spelt(self.size)}"
        if ":" in self.short:
            return ""
        if has_picture:
            return f"{self.short}: as the first picture"
        return f"{self.short}: the model decides"


def spelt(size: Size) -> str:
    """A size as people write it: 1024 × 768."""
    return f"{size[0]} \N{MULTIPLICATION SIGN} {size[1]}"


def shape_of(value: JsonValue) -> Shape | None:
    """The frame for one value of an enum; None when the value is not a shape."""
    if not isinstance(value, str):
        return None
    if value in LEFT_TO_THE_MODEL:
        return Shape(value.capitalize(), 1.2, 24, None)
    if value in NAMED_SIZES:
        size = NAMED_SIZES[value]
        return _drawn(_NAMES_IN_SHORT[value], size, size)
    pixels = _in_pixels(value)
    if pixels:
        return _drawn(spelt(pixels), pixels, pixels, exact=True)
    ratio = _ratio(value)
    return _drawn(value, ratio, None) if ratio else None


def _drawn(short: str, size: Size, pixels: Size | None, *, exact: bool = False) -> Shape:
    width, height = size
    ratio = width / height
    side = min((width * height) ** 0.5, 1024) if pixels else 870
    # 28 px for the largest of the named sizes; nothing wider or higher than its cell.
    scale = min(8 + 20 * side / 1024, 34 / ratio**0.5, 38 * ratio**0.5)
    return Shape(short, round(ratio, 4), round(scale), pixels, exact)


def size_of(value: JsonValue) -> Size | None:
    """The size or, for a ratio, a size of that shape; None where the model decides.

    value: a named size, `16:9`, `1280x720` or `{"width": 1280, "height": 720}`.
    Returns width and height in pixels.
    """
    if isinstance(value, dict):
        return _sides(value.get("width"), value.get("height"))
    if not isinstance(value, str):
        return None
    return _in_pixels(value) or NAMED_SIZES.get(value) or _ratio(value)


def _in_pixels(value: str) -> Size | None:
    found = _PIXELS.fullmatch(value)
    return _sides(int(found[1]), int(found[2])) if found else None


def _ratio(value: str) -> Size | None:
    found = _RATIO.fullmatch(value)
    if not found:
        return None
    width, height = int(found[1]), int(found[2])
    if not width or not height or not 1 / 20 <= width / height <= 20:
        return None
    longer = max(width, height)
    return round(_SIDE_FOR_RATIO * width / longer), round(_SIDE_FOR_RATIO * height / longer)


def _sides(width: JsonValue, height: JsonValue) -> Size | None:
    if type(width) is not int or type(height) is not int:
        return None
    if 1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE:
        return width, height
    return None


def expected_size(inputs: JsonObject) -> Size | None:
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


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a picture must be, in pixels; None where nothing is asked."""

    least: int | None = None
    most: int | None = None
    multiple: int | None = None

    @property
    def limits(self) -> tuple[int, int | None, int | None]:
        """For the page's script: the distance between two values, the least, the most."""
        return self.multiple or 1, self.least, self.most

    @property
    def in_words(self) -> str:
        """A hint: "256 to 2,048, in steps of 16"; empty where nothing is asked."""
        words = []
        if self.least is not None and self.most is not None:
            words.append(f"{figure(self.least)} to {figure(self.most)}")
        elif self.least is not None:
            words.append(f"{figure(self.least)} or more")
        elif self.most is not None:
            words.append(f"{figure(self.most)} or less")
        if self.multiple is not None and self.multiple > 1:
            words.append(f"in steps of {figure(self.multiple)}")
        return ", ".join(words)


def told_side(description: str) -> Side:
    """What the words beside a size ask of each side, such as "multiples of 16, 256-1536 px"."""
    multiple, span = _MULTIPLE.search(description), _SPAN.search(description)
    least, most = (int(span[1]), int(span[2])) if span else (None, None)
    if least is not None and most is not None and least >= most:
        least = most = None
    return Side(least, most, int(multiple[1]) or None if multiple else None)


def offers_custom_size(description: str) -> bool:
    """Whether the words beside an enum of sizes say that an object may be sent instead.

    Source: flux-2/pro/edit ("For custom sizes, pass an object with width and height") and
    wan-2.7/text-to-image ("a custom `{width, height}` object may be sent instead").
    """
    words = description.lower()
    named = "width" in words and "height" in words
    return named and ("object" in words or re.search(r"\{\W*width", words) is not None)
