"""Mountain ranges behind each other, with air between them."""

from random import Random

from PIL import ImageDraw

from app.simulator import canvas, colours
from app.simulator.canvas import Field, Picture, Size, clamped, compute, eased
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Sky above, sky low, lit snow, rock, forest.
_RANGES: tuple[tuple[Colour, ...], ...] = (
    ((36, 94, 168), (190, 214, 232), (246, 248, 252), (86, 104, 130), (22, 38, 36)),
    ((104, 76, 130), (250, 190, 160), (255, 222, 206), (116, 82, 112), (34, 24, 40)),
    ((24, 84, 98), (150, 206, 202), (214, 240, 236), (40, 98, 108), (8, 34, 38)),
    ((38, 20, 70), (214, 92, 168), (240, 178, 230), (82, 44, 122), (18, 8, 32)),
    ((150, 170, 160), (232, 236, 224), (244, 246, 238), (112, 134, 120), (26, 48, 34)),
)
_LAYERS = 4


def draw(wish: Wish) -> Picture:
    random = wish.random()
    palette = _RANGES[1] if wish.has("dawn", "sunrise", "dusk", "sunset") else None
    palette = palette or random.choice(_RANGES)
    sky, low, snow, rock, forest = colours.tinted(palette, wish.colour, wish.literalness * 0.7)
    width, height = wish.size
    picture = canvas.ramp(canvas.down(wish.size), [(0, sky), (0.55, low), (1, low)])
    sun = (width * random.uniform(0.2, 0.8), height * random.uniform(0.28, 0.4))
    warm = colours.lighter(low, 0.5)
    half = (max(2, width // 2), max(2, height // 2))
    clouds = canvas.noise(random, half, (2.5, 9), octaves=4).resize(wish.size, canvas.BICUBIC)
    picture = canvas.paint(picture, warm, compute(lambda n: eased(n * 2.2 - 0.1) * 0.4, clouds))
    picture = canvas.shine(picture, warm, canvas.glow(wish.size, sun, width * 0.5, 3.0))
    folds, light = _relief(random, (width, height))
    for layer in range(_LAYERS):
        nearness = layer / (_LAYERS - 1)
        air = colours.mix(low, warm, 0.3)
        hues = (
            colours.mix(air, snow, 0.35 + 0.65 * nearness),
            colours.mix(air, rock, 0.3 + 0.7 * nearness),
            colours.mix(air, colours.darker(rock, 0.4), 0.15 + 0.75 * nearness),
            air,
        )
        _range(picture, random, nearness, hues, (folds, light))
    return _forest(picture, random, forest)


def _relief(random: Random, size: Size) -> tuple[Field, Field]:
    """Sharp ridges (noise folded at 0), and how they turn to a light at the upper left."""
    cells = size[0] / size[1] * 5
    folds = compute(
        lambda n: 1.0 - abs(n) * 2.0, canvas.noise(random, size, (cells, 4.2), octaves=6)
    )
    steep = size[1] / 34
    light = compute(lambda s: clamped(0.5 - s * steep), canvas.slope(folds, 1.5, 1.0))
    return folds, light


def _range(
    picture: Picture,
    random: Random,
    nearness: float,
    hues: tuple[Colour, ...],
    relief: tuple[Field, Field],
) -> None:
    lit, rock, dark, air = hues
    width, height = picture.size
    reach = height * (0.2 + 0.06 * nearness)
    top = height * (0.26 + 0.44 * nearness)
    # Only the strip that shows is worked out: what lies deeper, the next range hides.
    first = int(top)
    last = min(height, int(top + reach + height * 0.16))
    size = (width, last - first)
    ridge = canvas.row([top + reach * (1 - v) for v in canvas.jagged(random, width)], size)
    y = canvas.column([float(place) for place in range(first, last)], size)
    depth = compute(lambda y, r: y - r, y, ridge)

    # Each range is another piece of the one relief.
    above = random.randrange(height - size[1] + 1)
    folds, light = (field.crop((0, above, width, above + size[1])) for field in relief)
    stone = canvas.ramp(light, [(0, dark), (0.45, rock), (0.9, colours.mix(rock, lit, 0.6))])
    # Snow lies high, and on what is turned to the light.
    snowline = height * 0.15
    snow = compute(
        lambda d, s, f: eased(1.15 - d / snowline + f * 0.5) * eased(s * 1.5 - 0.25) * 0.95,
        depth,
        light,
        folds,
    )
    stone = canvas.paint(stone, lit, snow)
    mist = compute(lambda d: clamped(d / (height * 0.26)) ** 1.5 * 0.85, depth)
    stone = canvas.paint(stone, air, mist)
    picture.paste(stone, (0, first), canvas.mask(compute(lambda d: clamped(d + 0.5), depth)))


def _forest(picture: Picture, random: Random, hue: Colour) -> Picture:
    """Firs along the lower edge, two rows deep."""
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    for row, shade in ((0, 0.0), (1, 0.45)):
        foot = height * (0.93 + 0.05 * row)
        line = canvas.curve(random, width, 1.5, octaves=2)
        colour = colours.darker(hue, shade)
        step = height / 75
        x = -step
        while x < width + step:
            ground = foot + line[min(width - 1, max(0, round(x)))] * height * 0.02
            tall = height * random.uniform(0.03, 0.075) * (1 + 0.35 * row)
            wide = tall * random.uniform(0.16, 0.24)
            for tier in range(4):
                spread = wide * (0.4 + 0.2 * tier)
                tip = ground - tall + tall * 0.2 * tier
                points = [
                    (x, tip),
                    (x - spread, tip + tall * 0.34),
                    (x + spread, tip + tall * 0.34),
                ]
                draw.polygon(points, fill=colour)
            draw.rectangle((x - wide, ground - tall * 0.1, x + wide * 2, height), fill=colour)
            x += step * random.uniform(0.5, 1.3)
    return picture
