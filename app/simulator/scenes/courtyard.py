"""A walled courtyard with an arch and a pool, in hard sun."""

from random import Random

from PIL import Image, ImageChops, ImageDraw

from app.simulator import canvas, colours, solids
from app.simulator.canvas import Picture, Size, clamped, compute
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Back wall, right wall, floor, sky above.
_HOUSES: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((244, 96, 168), (226, 166, 44), (240, 214, 196), (40, 112, 186)),
    ((206, 100, 52), (178, 78, 44), (228, 196, 160), (70, 140, 176)),
    ((240, 236, 228), (222, 216, 206), (234, 226, 212), (36, 122, 196)),
    ((92, 142, 190), (236, 206, 150), (226, 222, 214), (84, 156, 214)),
)
_WATER: Colour = (42, 156, 178)

Point = tuple[float, float]


def draw(wish: Wish) -> Picture:
    random = wish.random()
    back, right, floor, sky = random.choice(_HOUSES)
    back = colours.of(wish.prompt, "wall", "walls", "courtyard", "house", "casa") or back
    if wish.colour is not None:
        back = colours.mix(back, wish.colour, wish.literalness)
    width, height = wish.size
    # Corners of the back wall; the side walls run from there to the edges.
    left, far = width * random.uniform(0.17, 0.25), width * random.uniform(0.72, 0.8)
    top, foot = height * random.uniform(0.2, 0.26), height * random.uniform(0.6, 0.65)
    picture = _sky(wish, sky)

    _fill(picture, [(0, foot), (width, foot), (width, height), (0, height)], _lit(floor, wish.size))
    _fill(picture, [(left, top), (far, top), (far, foot), (left, foot)], _lit(back, wish.size))
    _arch(picture, (sky, back), (left + (far - left) * 0.64, foot), height * 0.13, height * 0.33)
    shaded = colours.mix(colours.darker(back, 0.32), (60, 70, 120), 0.1)
    reach = foot + (height - foot) * 0.62
    _fill(picture, [(0, top * 0.45), (left, top), (left, foot), (0, reach)], shaded)
    wall = [(far, top), (width, top * 0.3), (width, reach * 1.04), (far, foot)]
    _fill(picture, wall, _lit(right, wish.size))
    _window(picture, right, (far, width), (top, foot))
    for step in range(4):
        _step(picture, (left * 0.95, foot), step, height, colours.lighter(floor, 0.2))
    picture = _sunlight(picture, (left, far, top, foot), back)
    pool = _pool_corners(wish.size, foot)
    picture = _pool(picture, pool, random)
    _ball(picture, wish, random, (pool[0][0], pool[0][1] - height * 0.005))
    return _plastered(picture, random)


def _sky(wish: Wish, sky: Colour) -> Picture:
    return canvas.ramp(canvas.down(wish.size), [(0, sky), (0.5, colours.lighter(sky, 0.6))])


def _lit(colour: Colour, size: Size) -> Picture:
    """A plane in sunlight: a little lighter towards the sun, at the upper left."""
    small = (48, 48)
    fall = compute(lambda a, d: 1.0 - a * 0.4 - d * 0.45, canvas.across(small), canvas.down(small))
    plane = canvas.ramp(
        fall,
        [(0.1, colours.darker(colour, 0.16)), (0.6, colour), (1, colours.lighter(colour, 0.2))],
    )
    return plane.resize(size, canvas.BICUBIC)


def _fill(picture: Picture, corners: list[Point], colour: Colour | Picture) -> None:
    """A polygon with clean edges."""
    shape = _shape(picture.size, corners)
    over = colour if isinstance(colour, Image.Image) else Image.new("RGB", picture.size, colour)
    picture.paste(over, (0, 0), shape)


def _shape(size: Size, corners: list[Point]) -> Picture:
    shape = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(shape).polygon([(x * 2, y * 2) for x, y in corners], fill=255)
    return shape.reduce(2)


def _arch(
    picture: Picture, hues: tuple[Colour, Colour], foot: Point, wide: float, tall: float
) -> None:
    """A doorway to the sea, with the thickness of its wall."""
    sky, wall = hues
    x, y = foot
    half = wide / 2
    outside = colours.lighter(sky, 0.55)

    def stroke(pen: ImageDraw.ImageDraw, box: solids.Box) -> None:
        side = box[2] - box[0]
        pen.ellipse((box[0], box[1], box[2], box[1] + side), fill=255)
        pen.rectangle((box[0], box[1] + side / 2, box[2], box[3]), fill=255)

    box = (x - half, y - tall, x + half, y)
    solids.draw_smooth(picture, box, stroke, colours.darker(wall, 0.4))
    view = canvas.ramp(
        canvas.down((8, 64)),
        [(0, sky), (0.55, outside), (0.6, outside), (0.605, (40, 110, 150)), (1, (96, 170, 190))],
    )
    deep = wide * 0.12
    solids.draw_smooth(picture, (box[0] + deep, box[1] + deep * 0.7, box[2], y), stroke, view)


def _window(
    picture: Picture, colour: Colour, xs: tuple[float, float], ys: tuple[float, float]
) -> None:
    """A square opening in the right wall, as deep as the wall is thick."""
    (left, right), (top, foot) = xs, ys
    wide = right - left
    x0, x1 = left + wide * 0.34, left + wide * 0.72
    y0, y1 = top + (foot - top) * 0.34, top + (foot - top) * 0.66
    slant = wide * 0.09
    hole = [(x0, y0), (x1, y0 - slant), (x1, y1 + slant * 0.6), (x0, y1)]
    _fill(picture, hole, colours.darker(colour, 0.45))
    inner = [(x0 + wide * 0.08, y0 + slant * 0.4), *hole[1:3], (x0 + wide * 0.08, y1 - slant * 0.1)]
    _fill(picture, inner, colours.mix(colours.darker(colour, 0.2), (150, 190, 220), 0.35))


def _step(picture: Picture, corner: Point, step: int, height: int, colour: Colour) -> None:
    """One of the stairs in the left corner, the lowest the widest."""
    x, y = corner
    rise, tread = height * 0.034, height * 0.06
    right = x + tread * (4 - step) + height * 0.02
    low = y + height * 0.05 - rise * step
    face = [(x, low - rise), (right, low - rise), (right, low), (x, low)]
    _fill(picture, face, colours.darker(colour, 0.06 + 0.02 * step))
    back = tread * 0.25
    top = [
        (x, low - rise),
        (right, low - rise),
        (right + back * 0.3, low - rise - back),
        (x, low - rise - back),
    ]
    _fill(picture, top, colours.lighter(colour, 0.5))


def _sunlight(picture: Picture, house: tuple[float, float, float, float], back: Colour) -> Picture:
    """The shadow of the left wall, thrown across the floor and up the back wall."""
    left, far, top, foot = house
    width, height = picture.size
    reach = left + (far - left) * 0.3
    corners = [
        (0.0, float(height)),
        (0.0, top * 0.45),
        (left, top),
        (reach, foot),
        (width * 0.2, float(height)),
    ]
    soft = canvas.blurred(_shape(picture.size, corners), max(1.0, height / 400))
    cool = colours.mix((86, 84, 132), back, 0.25)
    dark = ImageChops.multiply(picture, Image.new("RGB", picture.size, colours.lighter(cool, 0.28)))
    return Image.composite(dark, picture, soft)


def _pool_corners(size: Size, foot: float) -> list[Point]:
    width, height = size
    deep = height - foot
    near, far = foot + deep * 0.72, foot + deep * 0.26
    return [
        (width * 0.36, far),
        (width * 0.75, far),
        (width * 0.84, near),
        (width * 0.26, near),
    ]


def _pool(picture: Picture, corners: list[Point], random: Random) -> Picture:
    """Water that mirrors the house, broken by ripples that grow towards the viewer."""
    size = picture.size
    width, height = size
    far = round(corners[0][1])
    deep = height - far
    mirrored = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).crop(
        (0, height - far, width, min(height, height - far + deep))
    )
    mirrored = mirrored.resize((width, deep), canvas.BICUBIC)
    soft = canvas.blurred(mirrored, max(1.0, height / 220))
    ripples = canvas.noise(random, (width, deep), (14 * width / height, 26), octaves=3)
    depth = canvas.down((width, deep))
    hold = compute(lambda r, d: clamped(0.42 + d * 0.2 + r * 0.34), ripples, depth)
    water = canvas.paint(soft, _WATER, hold)
    glints = compute(lambda r: clamped((r - 0.2) * 3.0) * 0.55, ripples)
    water = canvas.shine(water, (255, 250, 235), glints)
    whole = Image.new("RGB", size)
    whole.paste(water, (0, far))
    lip = [
        (x + (8 if i in (1, 2) else -8) * width / 1024, y + (6 if i > 1 else -5) * height / 768)
        for i, (x, y) in enumerate(corners)
    ]
    _fill(picture, lip, (246, 240, 230))
    _fill(picture, corners, whole)
    drop = [
        corners[0],
        corners[1],
        (corners[1][0], corners[1][1] + height * 0.012),
        (corners[0][0], corners[0][1] + height * 0.012),
    ]
    _fill(picture, drop, colours.darker(_WATER, 0.5))
    return picture


def _ball(picture: Picture, wish: Wish, random: Random, corner: Point) -> None:
    hue = colours.of(wish.prompt, "ball", "sphere", "globe")
    hue = hue or random.choice(((250, 246, 236), (36, 74, 190), (40, 110, 112), (236, 120, 76)))
    radius = picture.height * 0.062
    place = (corner[0] + radius * 0.6, corner[1] - radius * 1.15)
    shade = solids.shadow(
        picture,
        lambda pen, s: pen.ellipse(
            [
                v * s
                for v in (
                    place[0] - radius * 0.5,
                    place[1] + radius * 0.72,
                    place[0] + radius * 2.1,
                    place[1] + radius * 1.14,
                )
            ],
            fill=255,
        ),
        radius * 0.14,
        0.5,
        (60, 56, 80),
    )
    picture.paste(shade)
    solids.sphere(picture, place, radius, hue, gloss=0.6)


def _plastered(picture: Picture, random: Random) -> Picture:
    """Lime plaster is never quite even."""
    half = (max(2, picture.width // 2), max(2, picture.height // 2))
    tone = canvas.noise(random, half, (9, 9), octaves=4)
    level = canvas.mask(compute(lambda n: 0.96 + n * 0.07, tone)).resize(
        picture.size, canvas.BICUBIC
    )
    return ImageChops.multiply(picture, Image.merge("RGB", (level, level, level)))
