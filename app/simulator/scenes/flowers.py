"""A meadow of poppies, cosmos or cornflowers, sharp only where the lens looks."""

import math
from random import Random

from PIL import Image, ImageDraw

from app.simulator import canvas, colours
from app.simulator.canvas import Picture, clamped, compute
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Meadow below, meadow above (in the haze), two kinds of petals.
_MEADOWS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((92, 116, 44), (200, 196, 104), (232, 66, 34), (244, 130, 44)),
    ((118, 128, 84), (214, 214, 180), (236, 122, 168), (250, 236, 238)),
    ((130, 118, 60), (226, 206, 150), (122, 112, 222), (170, 168, 240)),
    ((66, 104, 76), (190, 210, 176), (250, 206, 60), (250, 240, 214)),
)
# From far to near: size, blur (both by the picture's height), how many.
_DISTANCES = ((0.042, 0.011, 26), (0.075, 0.005, 18), (0.135, 0.0, 10))


def draw(wish: Wish) -> Picture:
    random = wish.random()
    low, high, petal, other = _meadow(wish, random)
    if wish.colour is not None:
        petal, other = colours.tinted([petal, other], wish.colour, wish.literalness)
        petal = colours.mix(petal, wish.colour, 0.6 * wish.literalness)
    width, height = size = wish.size
    light = canvas.glow(size, (width * 0.7, height * 0.05), max(size) * 1.0, 1.5)
    drift = canvas.noise(random, size, (3 * width / height, 3), octaves=2)
    field = compute(
        lambda d, g, n: clamped(0.98 - d * 0.85 + g * 0.3 + n * 0.12),
        canvas.down(size),
        light,
        drift,
    )
    picture = canvas.ramp(
        field, [(0, colours.darker(low, 0.35)), (0.35, low), (0.85, high), (1, (250, 246, 222))]
    )
    for scale, blur, count in _DISTANCES:
        many = max(1, round(count * max(1.0, width / height) * random.uniform(0.8, 1.1)))
        layer = _layer(wish, random, scale * min(size), many, (low, petal, other))
        if blur:
            layer = canvas.blurred(layer, blur * min(size))
        haze = colours.mix(low, high, 0.8)
        veil = {0: 0.42, 1: 0.18}.get(_DISTANCES.index((scale, blur, count)), 0.0)
        tone = Image.blend(layer.convert("RGB"), Image.new("RGB", size, haze), veil)
        picture.paste(tone, (0, 0), layer.getchannel("A"))
    return picture


def _meadow(wish: Wish, random: Random) -> tuple[Colour, Colour, Colour, Colour]:
    for place, stems in enumerate((("popp",), ("cosmos",), ("cornflower", "bluebell"))):
        if wish.has(*stems):
            return _MEADOWS[place]
    if wish.has("sunflower", "daisies", "daisy", "buttercup"):
        return _MEADOWS[3]
    return random.choice(_MEADOWS)


def _layer(
    wish: Wish, random: Random, side: float, count: int, hues: tuple[Colour, Colour, Colour]
) -> Picture:
    """Flowers at one distance, on nothing; its colours are premixed so that blur has no rim."""
    width, height = wish.size
    green, petal, other = hues
    ground = (*colours.mix(green, petal, 0.35), 0)
    layer = Image.new("RGBA", wish.size, ground)
    pen = ImageDraw.Draw(layer)
    stem = max(1.0, side * 0.07)
    places = []
    for step in range(count):
        x = (step + random.uniform(0.1, 0.9)) / count * width
        y = height * random.uniform(0.28, 0.74)
        places.append((x, y))
        lean = random.uniform(-0.5, 0.5) * side
        shade = (*colours.darker(green, random.uniform(0.05, 0.35)), 255)
        points = [(x + lean * (t / 6) ** 2, y + (height * 1.02 - y) * t / 6) for t in range(7)]
        pen.line(points, fill=shade, width=round(stem), joint="curve")
    blooms = [_bloom(random, round(side), random.choice((petal, petal, other))) for _ in range(5)]
    for x, y in places:
        bloom = random.choice(blooms)
        layer.alpha_composite(
            bloom,
            dest=(
                max(0, min(width - 1, round(x - bloom.width / 2))),
                max(0, min(height - 1, round(y - bloom.height / 2))),
            ),
        )
    return layer


def _bloom(random: Random, side: int, colour: Colour) -> Picture:
    """A flower, seen slantwise from above."""
    big = max(12, side) * 3
    bloom = Image.new("RGBA", (big, big), (*colour, 0))
    pen = ImageDraw.Draw(bloom)
    middle = big / 2
    squash = random.uniform(0.62, 0.95)
    turn = random.random() * math.tau
    petals = random.choice((6, 7, 8))
    for ring, size in ((0, 0.5), (1, 0.36)):
        for petal in range(petals):
            angle = turn + ring * 0.4 + math.tau * petal / petals
            # Petals turned to the light, at the upper left, are lighter.
            facing = 0.5 - 0.5 * math.cos(angle - math.pi * 0.25)
            for step in range(6):
                reach = big * size * (1 - step * 0.13)
                wide = reach * 0.46
                hue = colours.mix(
                    colours.darker(colour, 0.55),
                    colours.lighter(colour, 0.12 + 0.35 * facing),
                    1 - step * 0.14 - 0.12 * (1 - ring),
                )
                points = [
                    _place(angle, reach * (0.52 + 0.46 * math.cos(t)), wide * math.sin(t), squash)
                    for t in (math.tau * i / 14 for i in range(14))
                ]
                pen.polygon([(middle + x, middle + y) for x, y in points], fill=(*hue, 255))
    heart = big * 0.085
    box = (middle - heart, middle - heart * squash, middle + heart, middle + heart * squash)
    pen.ellipse(box, fill=(52, 40, 26, 255))
    for _ in range(16):
        angle, far = random.random() * math.tau, heart * random.uniform(0.7, 1.7)
        x, y = middle + math.cos(angle) * far, middle + math.sin(angle) * far * squash
        dot = big * 0.011
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=(240, 214, 110, 255))
    return bloom.reduce(3)


def _place(angle: float, along: float, aside: float, squash: float) -> tuple[float, float]:
    x = math.cos(angle) * along - math.sin(angle) * aside
    y = math.sin(angle) * along + math.cos(angle) * aside
    return x, y * squash
