"""Dunes in slanting light."""

from random import Random

from app.simulator import canvas, colours
from app.simulator.canvas import Field, Picture, clamped, compute, eased, wave
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Sky above, sky at the horizon, lit sand, sand in shadow.
_DESERTS: tuple[tuple[Colour, ...], ...] = (
    ((62, 108, 158), (236, 214, 178), (232, 178, 98), (118, 74, 46)),
    ((138, 92, 142), (244, 178, 160), (238, 146, 116), (122, 58, 76)),
    ((44, 96, 168), (206, 222, 236), (246, 242, 234), (104, 122, 164)),
    ((206, 132, 84), (252, 214, 150), (222, 130, 62), (92, 44, 40)),
)
_LAYERS = 5


def draw(wish: Wish) -> Picture:
    random = wish.random()
    chosen = _DESERTS[2] if wish.has("white", "snow") else random.choice(_DESERTS)
    sky, haze, sand, shadow = chosen
    if wish.colour is not None:
        sand, shadow = colours.tinted([sand, shadow], wish.colour, wish.literalness * 0.85)
        haze = colours.mix(haze, colours.lighter(wish.colour, 0.6), 0.4)
    horizon = round(wish.size[1] * random.uniform(0.3, 0.42))
    picture = canvas.ramp(
        canvas.column([min(1.0, y / horizon) for y in range(wish.size[1])], wish.size),
        [(0, sky), (0.75, haze), (1, colours.lighter(haze, 0.25))],
    )
    lift = canvas.noise(random, wish.size, (3, 5), octaves=2)
    for layer in range(_LAYERS):
        nearness = layer / (_LAYERS - 1)
        # Air lies over what is far.
        lit = colours.mix(haze, sand, 0.3 + 0.7 * nearness)
        dark = colours.mix(haze, shadow, 0.2 + 0.75 * nearness)
        top = horizon + (wish.size[1] - horizon) * 0.86 * nearness**1.7
        _dune(picture, random, nearness, top, (lit, dark), lift)
    return picture


def _dune(
    picture: Picture,
    random: Random,
    nearness: float,
    top: float,
    hues: tuple[Colour, Colour],
    lift: Field,
) -> None:
    lit, dark = hues
    width, height = picture.size
    swing = height * (0.012 + 0.085 * nearness)
    line = canvas.curve(random, width, 1.7 - 0.9 * nearness, octaves=2)
    fall = height * (0.06 + 0.3 * nearness)
    # Only the strip that shows is worked out: what lies deeper, the next dune hides.
    first = max(0, int(top - swing) - 1)
    last = min(height, int(top + swing * 2.4 + height * 0.3) + 1)
    size = (width, last - first)
    lift = lift.crop((0, first, width, last))
    x = canvas.row([float(place) for place in range(width)], size)
    y = canvas.column([float(place) for place in range(first, last)], size)
    depth = compute(lambda y, e: y - e, y, canvas.row([top + swing * v for v in line], size))

    # The lee side falls away from a spine that wanders down from the crest.
    start = random.uniform(0.15, 0.85) * width
    lean = random.choice((-1, 1)) * random.uniform(0.9, 2.2)
    wander = canvas.curve(random, height, 2.2)
    spine = canvas.column(
        [start + wander[row] * swing * 1.1 + (row - top) * lean for row in range(first, last)],
        size,
    )
    side = 1 if lean > 0 else -1
    soft = 2.0 + 10.0 * nearness
    lee = compute(
        lambda x, s, d: eased((s - x) * side / soft) * clamped(1.12 - d / fall) * 0.88,
        x,
        spine,
        depth,
    )
    body = compute(lambda d, b: clamped(0.92 - d / fall * 0.34 + b * 0.1), depth, lift)
    if nearness > 0.4:
        ripples = _ripples(height, nearness, x, y, lift)
        body = compute(lambda b, r: clamped(b + r), body, ripples)
    sand = canvas.ramp(
        body, [(0, dark), (0.45, colours.mix(dark, lit, 0.55)), (1, colours.lighter(lit, 0.1))]
    )
    sand = canvas.paint(sand, colours.mix(dark, (70, 70, 110), 0.16), lee)
    picture.paste(sand, (0, first), canvas.mask(compute(lambda d: clamped(d + 0.5), depth)))


def _ripples(height: int, nearness: float, x: Field, y: Field, bend: Field) -> Field:
    """What the wind writes: seen only near by."""
    pace = height / 72
    strength = 0.075 * (nearness - 0.4)
    return compute(
        lambda x, y, b: wave(y / pace + x / (pace * 7.0) + b * 5.0) * strength, x, y, bend
    )
