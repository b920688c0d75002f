"""Round things under one light from the upper left: spheres, vases, and their shadows."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image, ImageDraw

from app.simulator import canvas, colours
from app.simulator.canvas import Field, Picture, clamped, compute, most
from app.simulator.colours import Colour

# Directions, x to the right, y down, z to the viewer: the light, and where it is mirrored.
_LIGHT = (-0.5, -0.55, 0.67)
_GLEAM = (-0.276, -0.304, 0.912)

Box = tuple[float, float, float, float]
Stroke = Callable[[ImageDraw.ImageDraw, Box], Any]
Profile = Sequence[tuple[float, float]]
"""(height from 0 at the foot to 1 at the brim, radius from 0 to 1), rising."""


def sphere(
    picture: Picture,
    centre: tuple[float, float],
    radius: float,
    colour: Colour,
    gloss: float = 0.5,
) -> None:
    """Lay a sphere over the picture; centre and radius in pixels."""
    left, top = math.floor(centre[0] - radius) - 1, math.floor(centre[1] - radius) - 1
    size = (math.ceil(radius * 2) + 3,) * 2
    x = canvas.row([(left + i + 0.5 - centre[0]) / radius for i in range(size[0])], size)
    y = canvas.column([(top + i + 0.5 - centre[1]) / radius for i in range(size[1])], size)
    far = compute(lambda x, y: (x * x + y * y) ** 0.5, x, y)
    z = compute(lambda f: most(1.0 - f * f, 0.0) ** 0.5, far)
    shaded = _shaded(x, y, z, colour, gloss)
    edge = compute(lambda f: clamped((1.0 - f) * radius + 0.5), far)
    picture.paste(shaded, (left, top), canvas.mask(edge))


def lathe(
    picture: Picture,
    foot: tuple[float, float],
    size: tuple[float, float],
    profile: Profile,
    colour: Colour,
    gloss: float = 0.5,
    tilt: float = 0.18,
    clear: bool = False,
) -> None:
    """Lay something turned, such as a vase or a pillar, over the picture.

    foot: the middle of its base, in pixels; size: largest radius and height, in pixels.
    tilt: how far it is seen from above; 0 is level with the eye.
    clear: of glass, so that what was painted before shows through it.
    """
    widest, tall = size
    left, top = math.floor(foot[0] - widest) - 2, math.floor(foot[1] - tall)
    box = (math.ceil(widest * 2) + 5, math.ceil(tall + widest * tilt) + 3)
    radii = [
        max(0.5, widest * _radius(profile, 1 - min(1.0, max(0.0, i / tall)))) for i in range(box[1])
    ]
    # Below the foot the radius stays the same, but the surface leans on as it did.
    last = max(2, min(box[1] - 3, int(tall) - 3))
    rises = [(radii[min(i, last) + 2] - radii[max(0, min(i, last) - 2)]) / 4 for i in range(box[1])]
    radius, rise = canvas.column(radii, box), canvas.column(rises, box)
    x = canvas.row([left + i + 0.5 - foot[0] for i in range(box[0])], box)
    u = compute(lambda x, r: x / r, x, radius)
    z = compute(lambda u: most(1.0 - u * u, 0.0) ** 0.5, u)
    length = compute(lambda s: (1.0 + s * s) ** 0.5, rise)
    shaded = _shaded(
        compute(lambda u, n: u / n, u, length),
        compute(lambda s, n: s * -1.0 / n, rise, length),
        compute(lambda z, n: z / n, z, length),
        colour,
        gloss,
    )
    base = max(1.0, radii[-1])
    hem = canvas.row(
        [
            foot[1]
            - top
            + base * tilt * math.sqrt(max(0.0, 1 - ((left + i - foot[0]) / base) ** 2))
            for i in range(box[0])
        ],
        box,
    )
    y = canvas.column([float(i) for i in range(box[1])], box)
    shape = compute(
        lambda u, r, y, h: clamped((1.0 - abs(u)) * r + 0.5) * clamped(h - y + 0.5),
        u,
        radius,
        y,
        hem,
    )
    if clear:
        shape = compute(lambda s, u: s * (0.2 + 0.55 * clamped(abs(u)) ** 5.0), shape, u)
    picture.paste(shaded, (left, top), canvas.mask(shape))


def _radius(profile: Profile, height: float) -> float:
    """The radius at a height, on one smooth line through the points of the profile."""
    for place in range(len(profile) - 1):
        (low, one), (high, other) = profile[place], profile[place + 1]
        if height > high:
            continue
        step = high - low
        share = (height - low) / step
        leave, arrive = (_lean(profile, at) * step for at in (place, place + 1))
        # The cubic with these ends and these slopes (Hermite).
        return (
            one * (1 + 2 * share) * (1 - share) ** 2
            + leave * share * (1 - share) ** 2
            + other * share**2 * (3 - 2 * share)
            + arrive * share**2 * (share - 1)
        )
    return profile[-1][1]


def _lean(profile: Profile, at: int) -> float:
    """How fast the radius changes at a point: as between its neighbours."""
    before, after = profile[max(0, at - 1)], profile[min(len(profile) - 1, at + 1)]
    return (after[1] - before[1]) / (after[0] - before[0])


def _shaded(x: Field, y: Field, z: Field, colour: Colour, gloss: float) -> Picture:
    """A surface with these normals, of a colour, in the light."""
    lit = compute(
        lambda x, y, z: clamped(
            most(x * _LIGHT[0] + y * _LIGHT[1] + z * _LIGHT[2], 0.0) * 0.86
            # The room throws a little light back from the lower right.
            + most(x * 0.6 + y * 0.3 - z * 0.35, 0.0) * 0.24
            + 0.1
        ),
        x,
        y,
        z,
    )
    picture = canvas.ramp(
        lit,
        [
            (0, colours.darker(colour, 0.82)),
            (0.4, colours.darker(colour, 0.38)),
            (0.8, colour),
            (1, colours.lighter(colour, 0.3)),
        ],
    )
    sharp = 12.0 + 60.0 * gloss
    gleam = compute(
        lambda x, y, z: (
            most(x * _GLEAM[0] + y * _GLEAM[1] + z * _GLEAM[2], 0.0) ** sharp * (gloss * 0.75)
        ),
        x,
        y,
        z,
    )
    return canvas.shine(picture, (255, 250, 240), gleam)


def ellipse(
    picture: Picture, centre: tuple[float, float], radii: tuple[float, float], colour: Colour
) -> None:
    """Lay a flat ellipse with clean edges over the picture, such as a brim seen from above."""
    draw_smooth(
        picture,
        (centre[0] - radii[0], centre[1] - radii[1], centre[0] + radii[0], centre[1] + radii[1]),
        lambda draw, box: draw.ellipse(box, fill=255),
        colour,
    )


def draw_smooth(picture: Picture, box: Box, stroke: Stroke, colour: Colour | Picture) -> None:
    """Draw within a box at four times the size and lay it down small, for clean edges.

    colour: or a picture of the whole box, rounded up, to be seen through the drawn shape.
    """
    left, top = math.floor(box[0]) - 1, math.floor(box[1]) - 1
    size = (math.ceil(box[2]) - left + 2, math.ceil(box[3]) - top + 2)
    shape = Image.new("L", (size[0] * 4, size[1] * 4))
    inner = ((box[0] - left) * 4, (box[1] - top) * 4, (box[2] - left) * 4, (box[3] - top) * 4)
    stroke(ImageDraw.Draw(shape), inner)
    if isinstance(colour, Image.Image):
        over = colour.resize(size, canvas.BICUBIC)
    else:
        over = Image.new("RGB", size, colour)
    picture.paste(over, (left, top), shape.reduce(4))


def shadow(
    picture: Picture,
    draw: Callable[[ImageDraw.ImageDraw, float], Any],
    softness: float,
    strength: float,
    colour: Colour = (10, 8, 14),
) -> Picture:
    """Darken the picture where `draw(pen, scale)` paints white; softness in pixels."""
    scale = 0.25
    small = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    shape = Image.new("L", small)
    draw(ImageDraw.Draw(shape), scale)
    soft = canvas.blurred(shape, max(0.6, softness * scale))
    soft = soft.point([round(level * strength) for level in range(256)])
    over = Image.new("RGB", picture.size, colour)
    return Image.composite(over, picture, soft.resize(picture.size, canvas.BICUBIC))
