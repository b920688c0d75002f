"""Roses in a vase, and a cup beside it."""

import math
from random import Random

from PIL import Image, ImageDraw

from app.simulator import canvas, colours, solids
from app.simulator.canvas import Picture, clamped, compute
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Wall, table.
_MOODS: tuple[tuple[Colour, Colour], ...] = (
    ((92, 78, 66), (24, 22, 23)),
    ((74, 92, 86), (22, 26, 26)),
    ((70, 84, 104), (24, 27, 34)),
    ((110, 78, 62), (38, 24, 20)),
)
_BRIGHT: tuple[Colour, Colour] = ((206, 196, 182), (226, 222, 214))
_ROSES: tuple[Colour, ...] = ((240, 158, 34), (206, 30, 52), (244, 176, 178), (246, 236, 220))
_CUPS: tuple[Colour, ...] = ((244, 198, 12), (34, 66, 186), (232, 230, 222), (196, 84, 46))
_VASES: tuple[solids.Profile, ...] = (
    ((0, 0.5), (0.08, 0.56), (0.5, 1), (0.86, 0.52), (0.96, 0.46), (1, 0.52)),
    ((0, 0.62), (0.3, 0.98), (0.55, 1), (0.9, 0.5), (1, 0.56)),
    ((0, 0.78), (0.04, 0.8), (0.9, 0.8), (1, 0.84)),
)


def draw(wish: Wish) -> Picture:
    random = wish.random()
    width, height = wish.size
    bright = wish.has("morning", "bright", "daylight", "airy")
    wall, table = _BRIGHT if bright else random.choice(_MOODS)
    wall = colours.of(wish.prompt, "wall", "background", "backdrop") or wall
    table = colours.of(wish.prompt, "table", "cloth", "desk") or table
    unit = min(width * 0.94, height)
    rim = height * random.uniform(0.66, 0.7)
    picture = _room(wish, random, (wall, table), rim)

    ground = min(height * 0.9, rim + unit * 0.16)
    vase_x = width * 0.43 + unit * random.uniform(-0.04, 0.02)
    cup_x = vase_x + unit * random.uniform(0.33, 0.38)
    picture = solids.shadow(
        picture, lambda pen, s: _fallen(pen, s, (vase_x, cup_x), ground, unit), unit * 0.03, 0.7
    )
    _vase(picture, wish, random, (vase_x, ground), unit)
    _bouquet(picture, wish, random, (vase_x, ground - unit * 0.43), unit)
    _cup(picture, wish, random, (cup_x, ground + unit * 0.035), unit)
    return picture


def _room(wish: Wish, random: Random, hues: tuple[Colour, Colour], rim: float) -> Picture:
    wall, table = hues
    width, height = size = wish.size
    half = (max(2, width // 2), max(2, height // 2))
    plaster = canvas.noise(random, half, (5 * width / height, 5), octaves=5).resize(
        size, canvas.BICUBIC
    )
    # One window, out of sight on the left.
    beam = canvas.glow(size, (width * 0.12, height * 0.25), width * 1.15, 1.6)
    light = compute(lambda b, p: clamped(b * 0.72 + p * 0.12 + 0.1), beam, plaster)
    picture = canvas.ramp(
        light, [(0, colours.darker(wall, 0.86)), (0.6, wall), (1, colours.lighter(wall, 0.3))]
    )
    folds = canvas.noise(random, half, (4, 11), octaves=3).resize(size, canvas.BICUBIC)
    relief = compute(lambda s: s * (height / 17), canvas.slope(folds, 1.0, 1.0))
    lit = compute(lambda b, r: clamped(b * 0.6 + 0.12 - r * 0.11), beam, relief)
    cloth = canvas.ramp(
        lit, [(0, colours.darker(table, 0.75)), (0.5, table), (1, colours.lighter(table, 0.32))]
    )
    edge = canvas.column([min(1.0, max(0.0, (y - rim) / 2.5)) for y in range(height)], size)
    return canvas.paint(picture, cloth, edge)


def _fallen(
    pen: ImageDraw.ImageDraw, scale: float, places: tuple[float, float], ground: float, unit: float
) -> None:
    """Shadows lie to the right, away from the window."""
    vase_x, cup_x = places
    for x, y, reach, high in (
        (vase_x + unit * 0.15, ground + unit * 0.008, unit * 0.26, unit * 0.032),
        (vase_x + unit * 0.02, ground + unit * 0.012, unit * 0.13, unit * 0.03),
        (cup_x + unit * 0.08, ground + unit * 0.042, unit * 0.16, unit * 0.024),
        (cup_x + unit * 0.01, ground + unit * 0.045, unit * 0.09, unit * 0.02),
    ):
        box = (x - reach, y - high, x + reach, y + high)
        pen.ellipse([value * scale for value in box], fill=255)
    # The bouquet's own, on the wall.
    for dx, dy, radius in ((0.4, -0.56, 0.13), (0.52, -0.5, 0.11), (0.46, -0.42, 0.12)):
        x, y = vase_x + unit * dx, ground + unit * dy
        box = (x - unit * radius, y - unit * radius, x + unit * radius, y + unit * radius)
        pen.ellipse([value * scale for value in box], fill=120)


def _vase(
    picture: Picture, wish: Wish, random: Random, foot: tuple[float, float], unit: float
) -> None:
    profile = random.choice(_VASES)
    colour = colours.of(wish.prompt, "vase", "jug", "pitcher") or (226, 224, 216)
    size = (unit * random.uniform(0.115, 0.14), unit * 0.4)
    clear = wish.has("glass", "clear", "transparent")
    if clear:
        profile = _VASES[2]
        pen = ImageDraw.Draw(picture)
        for _ in range(9):
            top, bottom = random.uniform(-0.6, 0.6) * size[0], random.uniform(-0.6, 0.6) * size[0]
            line = (foot[0] + top, foot[1] - size[1], foot[0] + bottom, foot[1])
            green = colours.darker((88, 124, 58), random.uniform(0.1, 0.5))
            pen.line(line, fill=green, width=max(2, round(unit * 0.009)))
    solids.lathe(picture, foot, size, profile, colour, gloss=0.75, clear=clear)


def _bouquet(
    picture: Picture, wish: Wish, random: Random, middle: tuple[float, float], unit: float
) -> None:
    colour = colours.of(wish.prompt, "roses", "rose", "flowers", "bouquet", "blooms", "peonies")
    if colour is None:
        colour = wish.colour if wish.colour and not wish.has("cup", "mug") else None
    colour = colour or random.choice(_ROSES)
    roses = [_rose(random, round(unit * 0.28), colour) for _ in range(4)]
    pen = ImageDraw.Draw(picture)
    for _ in range(11):
        angle = random.uniform(math.pi * 0.92, math.pi * 2.08)
        reach = unit * random.uniform(0.15, 0.26)
        tip = (
            middle[0] + math.cos(angle) * reach,
            middle[1] - unit * 0.07 + math.sin(angle) * reach,
        )
        _leaf(pen, (middle[0], middle[1] - unit * 0.07), tip, unit * 0.028, random)
    places = [(0.0, 0.0)]
    for ring, (count, reach) in enumerate(((6, 0.115), (8, 0.19))):
        turn = random.random() * math.tau
        for step in range(count):
            angle = turn + math.tau * step / count
            if ring and math.sin(angle) > 0.55:
                continue
            places.append((math.cos(angle) * reach * 1.08, math.sin(angle) * reach * 0.85))
    # What is nearest, low and in the middle, is laid last.
    for dx, dy in sorted(places, key=lambda place: place[1] - abs(place[0]) * 0.5):
        rose = random.choice(roses).rotate(random.uniform(-40, 40), Image.Resampling.BICUBIC)
        scale = random.uniform(0.78, 1.0)
        side = max(2, round(rose.width * scale))
        rose = rose.resize((side, side), Image.Resampling.LANCZOS)
        x = middle[0] + unit * dx - side / 2
        y = middle[1] - unit * 0.1 + unit * dy - side / 2
        _lay_in_light(picture, rose, (round(x), round(y)), dx, dy)


def _rose(random: Random, side: int, colour: Colour) -> Picture:
    """A rose from above, with its own outline: rings of petals, the inner ones steeper."""
    big = side * 3
    rose = Image.new("RGBA", (big, big), (*colours.darker(colour, 0.5), 0))
    pen = ImageDraw.Draw(rose)
    middle = big / 2
    turn = random.random() * math.tau
    for ring in range(6):
        share = 1 - ring / 6
        petals = (6, 5, 5, 4, 3, 3)[ring]
        turn += 0.55
        for petal in range(petals):
            angle = turn + math.tau * petal / petals + random.uniform(-0.22, 0.22)
            reach = middle * 0.37 * share**0.9 * random.uniform(0.86, 1.1)
            wide = middle * (0.355 * share**0.8 + 0.04) * random.uniform(0.85, 1.2)
            # From the shaded base outwards to the light rim, in steps too small to see.
            for step in range(7):
                inset = step / 6
                hue = colours.mix(
                    colours.darker(colour, 0.55 - 0.15 * share),
                    colours.lighter(colour, 0.02 + 0.16 * share),
                    (0.3, 1.0, 0.86, 0.7, 0.52, 0.34, 0.16)[step],
                )
                shrink = 1 - inset * 0.4 if step else 1.012
                near = reach * (1 - inset * 0.55)
                outline = _petal(angle, (middle, middle), near, wide * shrink)
                pen.polygon(outline, fill=(*hue, 255))
    return rose.reduce(3)


def _petal(
    angle: float, middle: tuple[float, float], reach: float, wide: float
) -> list[tuple[float, float]]:
    along, aside = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    points = []
    for step in range(18):
        turn = math.tau * step / 18
        # Broad and a little flat at its outer rim.
        out = reach + wide * 0.72 * math.copysign(abs(math.cos(turn)) ** 0.8, math.cos(turn))
        side = wide * math.sin(turn)
        points.append(
            (
                middle[0] + along[0] * out + aside[0] * side,
                middle[1] + along[1] * out + aside[1] * side,
            )
        )
    return points


def _leaf(
    pen: ImageDraw.ImageDraw,
    stem: tuple[float, float],
    tip: tuple[float, float],
    wide: float,
    random: Random,
) -> None:
    dx, dy = tip[0] - stem[0], tip[1] - stem[1]
    length = math.hypot(dx, dy) or 1.0
    aside = (-dy / length * wide, dx / length * wide)
    middle = (stem[0] + dx * 0.62, stem[1] + dy * 0.62)
    green = colours.darker((92, 116, 62), random.uniform(0.25, 0.65))
    left = (middle[0] + aside[0], middle[1] + aside[1])
    right = (middle[0] - aside[0], middle[1] - aside[1])
    pen.polygon((stem, left, tip), fill=green)
    pen.polygon((stem, right, tip), fill=colours.darker(green, 0.25))


def _lay_in_light(
    picture: Picture, rose: Picture, place: tuple[int, int], dx: float, dy: float
) -> None:
    """Each rose throws a soft shadow on those behind it and is lit by where it stands."""
    side = rose.width
    outline = rose.getchannel("A")
    soft = canvas.blurred(outline, side / 16).point([level * 5 // 8 for level in range(256)])
    drop = round(side * 0.05)
    picture.paste((14, 8, 8), (place[0] + drop, place[1] + drop), soft)
    shade = canvas.glow((side, side), (side * 0.3, side * 0.26), side * 0.95, 1.0)
    where = max(0.0, min(1.0, 0.42 + dx * 1.5 + dy * 0.9))
    dark = compute(lambda s, w=where: clamped((1.0 - s) * 0.5 + w * 0.45 - 0.16), shade)
    body = canvas.paint(rose.convert("RGB"), (26, 12, 12), dark)
    picture.paste(body, place, outline)


def _cup(
    picture: Picture, wish: Wish, random: Random, foot: tuple[float, float], unit: float
) -> None:
    colour = colours.of(wish.prompt, "cup", "mug", "teacup") or random.choice(_CUPS)
    wide, tall = unit * 0.082, unit * 0.15
    x, y = foot
    handle = (x + wide * 0.55, y - tall * 0.86, x + wide * 1.62, y - tall * 0.18)
    solids.draw_smooth(
        picture,
        handle,
        lambda pen, box: pen.ellipse(box, outline=255, width=round(wide * 0.24 * 4)),
        colours.darker(colour, 0.36),
    )
    shine = (handle[0], handle[1] - wide * 0.05, handle[2] - wide * 0.05, handle[3] - wide * 0.05)
    solids.draw_smooth(
        picture,
        shine,
        lambda pen, box: pen.arc(box, 230, 380, fill=150, width=round(wide * 0.1 * 4)),
        colour,
    )
    solids.lathe(
        picture, foot, (wide, tall), ((0, 0.8), (0.1, 0.87), (1, 1)), colour, gloss=0.7, tilt=0.2
    )
    brim = (x, y - tall)
    solids.ellipse(picture, brim, (wide * 1.01, wide * 0.23), colours.lighter(colour, 0.22))
    solids.ellipse(picture, brim, (wide * 0.92, wide * 0.185), colours.darker(colour, 0.62))
    inside = (brim[0] + wide * 0.05, brim[1] + wide * 0.045)
    solids.ellipse(picture, inside, (wide * 0.8, wide * 0.13), (40, 24, 16))
