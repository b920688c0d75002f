"""Arithmetic on whole pictures: fields of numbers, noise, gradients and light.

A field is a picture of floats (mode "F"), mostly 0 to 1, one for each pixel.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageMath

from app.simulator.colours import Colour

Size = tuple[int, int]
Field = Image.Image
Picture = Image.Image

BICUBIC = Image.Resampling.BICUBIC
NEAREST = Image.Resampling.NEAREST

most = ImageMath.imagemath_max
least = ImageMath.imagemath_min


def compute(formula: Callable[..., Any], *fields: Field) -> Field:
    """Apply a formula to each pixel of fields of one size, in C."""
    names = [f"field{place}" for place in range(len(fields))]
    given = dict(zip(names, fields, strict=True))
    result: Field = ImageMath.lambda_eval(
        lambda operands: formula(*(operands[name] for name in names)), **given
    )
    return result


def clamped(value: Any) -> Any:
    """Inside a formula: no less than 0 and no more than 1."""
    return least(most(value, 0.0), 1.0)


def eased(value: Any) -> Any:
    """Inside a formula: 0 to 1 with soft ends."""
    held = clamped(value)
    return held * held * (3.0 - held * 2.0)


def wave(value: Any) -> Any:
    """Inside a formula: the sine of a value counted in whole turns, -1 to 1.

    A parabola corrected once; off by less than 0.002, which no eye sees.
    """
    # The remainder of a negative number is negative here: keep the value above 0.
    turn = (value + 64.0) % 1.0 * 2.0 - 1.0
    rough = turn * (1.0 - abs(turn)) * -4.0
    return rough + (rough * abs(rough) - rough) * 0.225


def row(values: Sequence[float], size: Size) -> Field:
    """A field whose columns have these values, left to right (one for each pixel)."""
    line = Image.frombytes("F", (len(values), 1), array("f", values).tobytes())
    return line.resize(size, NEAREST)


def column(values: Sequence[float], size: Size) -> Field:
    """A field whose rows have these values, top to bottom (one for each pixel)."""
    line = Image.frombytes("F", (1, len(values)), array("f", values).tobytes())
    return line.resize(size, NEAREST)


def across(size: Size) -> Field:
    """0 at the left edge to 1 at the right."""
    return row([(x + 0.5) / size[0] for x in range(size[0])], size)


def down(size: Size) -> Field:
    """0 at the top edge to 1 at the bottom."""
    return column([(y + 0.5) / size[1] for y in range(size[1])], size)


def noise(random: Random, size: Size, cells: tuple[float, float], octaves: int = 1) -> Field:
    """Soft random values from -1 to 1; each octave is twice as fine and half as strong."""
    total = Image.new("F", size)
    strength = 1.0
    whole = sum(0.5**octave for octave in range(octaves))
    for octave in range(octaves):
        wide = max(2, min(size[0], round(cells[0] * 2**octave)))
        high = max(2, min(size[1], round(cells[1] * 2**octave)))
        seeds = Image.frombytes("L", (wide, high), random.randbytes(wide * high)).convert("F")
        share = strength / whole
        total = compute(
            lambda sum_, new, share=share: sum_ + (new / 127.5 - 1.0) * share,
            total,
            seeds.resize(size, BICUBIC),
        )
        strength /= 2
    return total


def curve(random: Random, length: int, bends: float, octaves: int = 1) -> list[float]:
    """A wandering line: `length` values around 0, within about -1 to 1."""
    waves = [
        (bends * 2**octave * random.uniform(0.8, 1.2), random.random(), 0.5**octave)
        for octave in range(octaves)
    ]
    whole = sum(strength for _, _, strength in waves)
    return [
        sum(
            strength * math.sin(math.tau * (turns * place / length + start))
            for turns, start, strength in waves
        )
        / whole
        for place in range(length)
    ]


def jagged(random: Random, length: int, roughness: float = 0.55) -> list[float]:
    """A mountain's outline by midpoint displacement: `length` values from 0 to 1."""
    points = [random.random(), random.random()]
    step = 1.0
    while len(points) < length:
        step *= roughness
        middles = [
            (left + right) / 2 + random.uniform(-step, step) for left, right in pairwise(points)
        ]
        points = [value for pair in zip(points, middles, strict=False) for value in pair] + [
            points[-1]
        ]
    low, high = min(points), max(points)
    scale = (len(points) - 1) / max(1, length - 1)
    return [(points[round(place * scale)] - low) / max(high - low, 1e-6) for place in range(length)]


def slope(field: Field, right: float, below: float) -> Field:
    """How steeply a field rises in a direction, per pixel: the light on a relief."""
    shifted = field.transform(
        field.size, Image.Transform.AFFINE, (1, 0, right, 0, 1, below), Image.Resampling.BILINEAR
    )
    # Beyond the edge a transform knows nothing and puts 0: there the field itself is flat.
    inside = Image.new("L", field.size, 255).transform(
        field.size, Image.Transform.AFFINE, (1, 0, right, 0, 1, below), NEAREST
    )
    return compute(lambda a, b: b - a, field, Image.composite(shifted, field, inside))


def mask(field: Field) -> Picture:
    """A field from 0 to 1 as a mask."""
    return compute(lambda value: value * 255.0 + 0.5, field).convert("L")


def ramp(field: Field, stops: Sequence[tuple[float, Colour]]) -> Picture:
    """Colours for the values of a field: `stops` are (value, colour), rising."""
    levels = mask(field)
    channels = []
    for channel in range(3):
        table = []
        for level in range(256):
            table.append(round(_between(level / 255, stops, channel)))
        channels.append(levels.point(table))
    return Image.merge("RGB", channels)


def _between(value: float, stops: Sequence[tuple[float, Colour]], channel: int) -> float:
    if value <= stops[0][0]:
        return stops[0][1][channel]
    for (low, one), (high, other) in pairwise(stops):
        if value <= high:
            share = (value - low) / max(high - low, 1e-6)
            return one[channel] + (other[channel] - one[channel]) * share
    return stops[-1][1][channel]


def paint(picture: Picture, colour: Colour | Picture, where: Field) -> Picture:
    """Lay a colour, or another picture, over a picture where a field says so."""
    over = colour if isinstance(colour, Image.Image) else Image.new("RGB", picture.size, colour)
    return Image.composite(over, picture, mask(where))


def shine(picture: Picture, colour: Colour, where: Field) -> Picture:
    """Add light of a colour where a field says so."""
    black = Image.new("RGB", picture.size)
    light = Image.composite(Image.new("RGB", picture.size, colour), black, mask(where))
    return ImageChops.screen(picture, light)


def glow(size: Size, centre: tuple[float, float], radius: float, power: float = 2.0) -> Field:
    """1 at a centre (pixels) and falling to 0 at a radius (pixels)."""
    x0, y0 = centre
    wide = row([((x + 0.5 - x0) / radius) ** 2 for x in range(size[0])], size)
    high = column([((y + 0.5 - y0) / radius) ** 2 for y in range(size[1])], size)
    return compute(lambda a, b: most(1.0 - (a + b), 0.0) ** power, wide, high)


def blurred(picture: Picture, radius: float) -> Picture:
    """A blur whose cost does not grow with its radius: large ones are made small first."""
    if radius < 6:
        return picture.filter(ImageFilter.GaussianBlur(radius))
    less = max(1, int(radius / 3))
    small_size = (max(1, picture.width // less), max(1, picture.height // less))
    small = picture.resize(small_size, Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / less)).resize(picture.size, BICUBIC)
