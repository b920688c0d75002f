"""Northern lights over a dark ridge and still water."""

from random import Random

from PIL import Image, ImageChops, ImageDraw

from app.simulator import canvas, colours
from app.simulator.canvas import Picture, Size, clamped, compute, eased, most
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# The light at its lower edge, and what it fades to above.
_LIGHTS: tuple[tuple[Colour, Colour], ...] = (
    ((74, 244, 166), (96, 70, 190)),
    ((238, 92, 190), (90, 50, 190)),
    ((60, 220, 226), (50, 80, 214)),
    ((150, 246, 110), (30, 140, 150)),
)
_NIGHT: Colour = (6, 12, 30)


def draw(wish: Wish) -> Picture:
    random = wish.random()
    low, high = random.choice(_LIGHTS)
    if wish.colour is not None:
        low = colours.mix(low, wish.colour, wish.literalness)
    width, height = wish.size
    shore = round(height * 0.76)
    sky_size = (width, shore)
    picture = canvas.ramp(
        canvas.down(sky_size), [(0, _NIGHT), (0.75, (14, 34, 66)), (1, (30, 66, 92))]
    )
    picture = _stars(picture, random)
    for distance in range(3):
        picture = _curtain(picture, random, distance, (low, high))
    picture = _ridge(picture, random)

    # Below the shore the sky lies upside down, darker and drawn out by ripples.
    whole = Image.new("RGB", wish.size)
    whole.paste(picture, (0, 0))
    whole.paste(_reflection(picture, (width, height - shore), random), (0, shore))
    return whole


def _stars(picture: Picture, random: Random) -> Picture:
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for _ in range(width * height // 2600):
        x, y = random.randrange(width), int(height * random.random() ** 1.4)
        light = random.random() ** 3
        colour = colours.mix((70, 90, 130), (255, 250, 240), light)
        draw.point((x, y), fill=colour)
        if light > 0.75:
            draw.point(((x + 1, y), (x, y + 1), (x + 1, y + 1)), fill=colours.darker(colour, 0.45))
    return picture


def _curtain(
    picture: Picture, random: Random, distance: int, hues: tuple[Colour, Colour]
) -> Picture:
    low, high = hues
    size = picture.size
    width, height = size
    base = height * (0.8 - 0.16 * distance + random.uniform(-0.05, 0.05))
    sway = canvas.curve(random, width, 0.9 + 0.4 * distance, octaves=3)
    hem = canvas.row([base + value * height * 0.15 for value in sway], size)
    # Rays: one line of noise, coarse and fine, pulled up through the whole sky.
    coarse = canvas.noise(random, (width, 1), (9, 1), octaves=2)
    fine = canvas.noise(random, (width, 1), (width / 14, 1), octaves=3)
    rays = compute(lambda c, f: clamped(0.55 + c * 0.75 + f * 0.5), coarse, fine).resize(
        size, canvas.NEAREST
    )
    y = canvas.column([float(place) for place in range(height)], size)
    tall = height * random.uniform(0.42, 0.62)
    rise = compute(lambda y, h, r: (h - y) / (tall * (0.55 + r * 0.6)), y, hem, rays)
    light = compute(
        lambda t, r: eased(t * 9.0 + 0.25) * most(1.0 - t, 0.0) ** 2.2 * (0.22 + r * 0.85),
        rise,
        rays,
    )
    light = compute(lambda v, weight=0.95 - 0.22 * distance: clamped(v * weight), light)
    hue = canvas.ramp(
        compute(clamped, rise),
        [
            (0, colours.lighter(low, 0.15)),
            (0.18, low),
            (0.55, high),
            (1, colours.darker(high, 0.4)),
        ],
    )
    shown = Image.composite(hue, Image.new("RGB", size), canvas.mask(light))
    return ImageChops.screen(ImageChops.screen(picture, shown), canvas.blurred(shown, height / 28))


def _ridge(picture: Picture, random: Random) -> Picture:
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    for layer, colour in enumerate(((16, 34, 52), (8, 18, 30), (3, 8, 14))):
        line = canvas.jagged(random, width, 0.5 + 0.06 * layer)
        tall = height * (0.17 - 0.05 * layer)
        points = [(x, height - 2 - tall * value) for x, value in enumerate(line)]
        draw.polygon([(0.0, float(height)), *points, (float(width), float(height))], fill=colour)
    return picture


def _reflection(picture: Picture, size: Size, random: Random) -> Picture:
    flipped = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(
        size, canvas.BICUBIC, box=(0, 0, picture.width, min(picture.height, size[1] * 1.9))
    )
    soft = canvas.blurred(flipped, max(1.0, size[1] / 60))
    ripples = canvas.noise(random, size, (10, 60), octaves=2)
    near = canvas.down(size)
    dark = compute(lambda n, r: clamped(0.22 + n * 0.4 + r * 0.16), near, ripples)
    return canvas.paint(soft, _NIGHT, dark)
