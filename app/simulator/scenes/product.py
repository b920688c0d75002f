"""Plinths, an arch and a bottle on a seamless backdrop."""

from random import Random

from PIL import ImageDraw

from app.simulator import canvas, colours, solids
from app.simulator.canvas import Picture, clamped, compute, eased
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Backdrop, arch, bottle, small things.
_SETS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((242, 212, 194), (236, 134, 100), (226, 78, 44), (248, 242, 234)),
    ((188, 226, 210), (92, 182, 146), (44, 134, 106), (246, 208, 62)),
    ((74, 74, 84), (46, 46, 54), (236, 186, 88), (238, 234, 228)),
    ((240, 202, 96), (206, 116, 38), (160, 74, 44), (96, 146, 190)),
    ((204, 192, 232), (132, 98, 200), (104, 66, 190), (244, 168, 180)),
)
_BOTTLES: tuple[solids.Profile, ...] = (
    ((0, 0.94), (0.04, 1), (0.6, 1), (0.68, 0.9), (0.73, 0.36), (0.78, 0.32), (1, 0.32)),
    ((0, 0.7), (0.25, 1), (0.5, 0.86), (0.72, 0.36), (0.9, 0.3), (1, 0.36)),
    ((0, 0.97), (0.03, 1), (0.74, 1), (0.75, 1), (0.76, 0.84), (1, 0.84)),
)


def draw(wish: Wish) -> Picture:
    random = wish.random()
    sets = (_SETS[2],) if wish.has("noir", "dark", "black", "moody") else _SETS
    wall, arch, bottle, small = colours.tinted(
        random.choice(sets), wish.colour, wish.literalness * 0.8
    )
    bottle = colours.of(wish.prompt, "bottle", "perfume", "flask", "product") or bottle
    width, height = wish.size
    unit = min(width * 1.02, height)
    ground = height / 2 + unit * 0.3
    middle = width * 0.5
    picture = _backdrop(wish, random, wall, ground)
    heights = (unit * random.uniform(0.24, 0.32), unit * random.uniform(0.12, 0.17))
    left = (middle - unit * 0.13, ground + unit * 0.02)
    right = (middle + unit * 0.16, ground + unit * 0.09)
    arch_foot = (middle - unit * 0.1, ground - unit * 0.03)
    picture = solids.shadow(
        picture,
        lambda pen, s: _fallen(pen, s, (arch_foot, left, right), unit),
        unit * 0.032,
        0.42,
        colours.darker(wall, 0.72),
    )
    _arch(picture, arch_foot, unit, arch)
    _plinth(picture, left, (unit * 0.092, heights[0]), arch)
    ball = (left[0], left[1] - heights[0] - unit * 0.065)
    solids.sphere(picture, ball, unit * 0.072, small, gloss=0.8)
    _plinth(picture, right, (unit * 0.155, heights[1]), colours.lighter(wall, 0.55))
    standing = (right[0] + unit * random.uniform(-0.04, 0.04), right[1] - heights[1])
    profile = random.choice(_BOTTLES)
    tall = unit * random.uniform(0.26, 0.32)
    solids.lathe(picture, standing, (unit * 0.068, tall), profile, bottle, gloss=0.9, tilt=0.16)
    brim = unit * 0.068 * profile[-1][1]
    top = (standing[0], standing[1] - tall)
    solids.ellipse(picture, top, (brim, brim * 0.2), colours.lighter(bottle, 0.35))
    for dx, dy, radius in ((-0.26, 0.13, 0.034), (0.36, 0.12, 0.046), (-0.02, 0.16, 0.026)):
        place = (middle + unit * dx, ground + unit * (dy - radius))
        hue = small if random.random() < 0.6 else bottle
        solids.sphere(picture, place, unit * radius, hue, gloss=0.7)
    return picture


def _backdrop(wish: Wish, random: Random, wall: Colour, ground: float) -> Picture:
    """Paper that bends from wall to floor without an edge."""
    size = wish.size
    width, height = size
    beam = canvas.glow(size, (width * 0.24, height * 0.22), max(size) * 1.1, 1.3)
    bend = canvas.column(
        [min(1.0, max(0.0, (y - ground + height * 0.13) / (height * 0.14))) for y in range(height)],
        size,
    )
    light = compute(lambda b, f: clamped(0.34 + b * 0.5 + eased(f) * 0.1), beam, bend)
    return canvas.ramp(
        light, [(0, colours.darker(wall, 0.6)), (0.7, wall), (1, colours.lighter(wall, 0.4))]
    )


def _fallen(
    pen: ImageDraw.ImageDraw, scale: float, feet: tuple[tuple[float, float], ...], unit: float
) -> None:
    (arch_x, arch_y), left, right = feet
    # The arch's own falls on the wall behind it.
    for box in (
        (arch_x - unit * 0.13, arch_y - unit * 0.44, arch_x + unit * 0.31, arch_y),
        (arch_x - unit * 0.13, arch_y - unit * 0.22, arch_x + unit * 0.31, arch_y + unit * 0.012),
    ):
        pen.rounded_rectangle([value * scale for value in box], unit * 0.2 * scale, fill=190)
    flat = [
        (left[0] + unit * 0.09, left[1] + unit * 0.012, unit * 0.2, unit * 0.03),
        (right[0] + unit * 0.11, right[1] + unit * 0.022, unit * 0.27, unit * 0.04),
    ]
    middle, ground = arch_x + unit * 0.1, arch_y + unit * 0.03
    for dx, dy, radius in ((-0.26, 0.13, 0.034), (0.36, 0.12, 0.046), (-0.02, 0.16, 0.026)):
        flat.append(
            (middle + unit * (dx + 0.025), ground + unit * dy, unit * radius * 1.5, unit * 0.012)
        )
    for x, y, wide, high in flat:
        box = (x - wide, y - high, x + wide, y + high)
        pen.ellipse([value * scale for value in box], fill=255)


def _arch(picture: Picture, foot: tuple[float, float], unit: float, colour: Colour) -> None:
    """A thick arch, seen from a little to the right: first its depth, then its face."""
    outer, inner, tall = unit * 0.23, unit * 0.125, unit * 0.52
    x, y = foot
    deep = unit * 0.05

    def stroke(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = box
        thick = (right - left) * (outer - inner) / (2 * outer)
        pen.ellipse((left, top, right, top + right - left), fill=255)
        pen.rectangle((left, top + (right - left) / 2, right, bottom), fill=255)
        hole = (left + thick, top + thick, right - thick, top + right - left - thick)
        pen.ellipse(hole, fill=0)
        pen.rectangle((hole[0], top + (right - left) / 2, hole[2], bottom), fill=0)

    steps = max(2, round(deep / 2))
    for step in range(steps, -1, -1):
        shift = deep * step / steps
        box = (x - outer + shift, y - tall - shift * 0.3, x + outer + shift, y - shift * 0.3)
        if step:
            solids.draw_smooth(picture, box, stroke, colours.darker(colour, 0.42))
            continue
        # Lighter where the lamp is, at the upper left.
        size = (64, 64)
        fade = compute(
            lambda a, d: clamped(1.0 - a * 0.25 - d * 0.25), canvas.across(size), canvas.down(size)
        )
        face = canvas.ramp(
            fade, [(0.4, colours.darker(colour, 0.3)), (1, colours.lighter(colour, 0.12))]
        )
        solids.draw_smooth(picture, box, stroke, face)


def _plinth(
    picture: Picture, foot: tuple[float, float], size: tuple[float, float], colour: Colour
) -> None:
    wide, tall = size
    profile = ((0.0, 1.0), (1.0, 1.0))
    solids.lathe(picture, foot, size, profile, colour, gloss=0.15, tilt=0.2)
    top = (foot[0], foot[1] - tall)
    solids.ellipse(picture, top, (wide, wide * 0.2), colours.lighter(colour, 0.3))
