"""The sea under a low sun or moon."""

from random import Random

from app.simulator import canvas, colours
from app.simulator.canvas import Field, Picture, Size, clamped, compute, eased
from app.simulator.colours import Colour
from app.simulator.wish import Wish

# Sky from the top to the horizon; the light and its disc; the water's depth.
_DUSK = ((58, 48, 104), (160, 84, 128), (226, 132, 112), (252, 206, 128), (60, 38, 92))
_DAWN = ((120, 150, 190), (196, 178, 198), (246, 190, 170), (255, 226, 190), (66, 92, 128))
_DAY = ((52, 118, 176), (112, 168, 206), (176, 206, 220), (255, 240, 206), (10, 76, 104))
_NIGHT = ((10, 18, 40), (24, 40, 74), (58, 82, 122), (206, 220, 240), (8, 16, 36))


def draw(wish: Wish) -> Picture:
    random = wish.random()
    width, height = wish.size
    palette = _palette(wish, random.random())
    top, middle, low, light, deep = colours.tinted(palette, wish.colour, wish.literalness * 0.75)
    horizon = round(height * random.uniform(0.5, 0.6))
    sun = (
        width * random.uniform(0.3, 0.72),
        horizon - min(width, height) * random.uniform(0.08, 0.3),
    )

    picture = canvas.ramp(
        canvas.column([min(1.0, y / horizon) for y in range(height)], wish.size),
        [(0, top), (0.45, middle), (0.85, low), (1, colours.mix(low, light, 0.65))],
    )
    half = (max(2, width // 2), max(2, height // 2))
    clouds = canvas.noise(random, half, (3, 15 * height / width), octaves=5)
    clouds = clouds.resize(wish.size, canvas.BICUBIC)
    veil = compute(lambda n: eased(n * 2.6 - 0.15) * 0.55, clouds)
    picture = canvas.paint(picture, colours.mix(light, low, 0.25), veil)
    picture = canvas.shine(
        picture, light, compute(lambda g: g * 0.75, canvas.glow(wish.size, sun, width * 0.5, 4.0))
    )
    radius = min(width, height) * 0.047
    disc = canvas.glow(wish.size, sun, radius * 1.06, 1.0)
    picture = canvas.paint(
        picture, colours.lighter(light, 0.75), compute(lambda d: eased(d * 9.0), disc)
    )
    sea = _water((width, height - horizon), sun[0], random, (low, light, deep))
    picture.paste(sea, (0, horizon))
    return picture


def _palette(wish: Wish, chance: float) -> tuple[Colour, ...]:
    if wish.has("night", "moon", "midnight"):
        return _NIGHT
    if wish.has("dusk", "sunset", "evening"):
        return _DUSK
    if wish.has("dawn", "sunrise", "morning"):
        return _DAWN
    if wish.has("calm", "noon", "tropical", "summer"):
        return _DAY
    return (_DUSK, _DAWN, _DAY, _NIGHT)[int(chance * 4)]


def _water(size: Size, sun_x: float, random: Random, hues: tuple[Colour, ...]) -> Picture:
    low, light, deep = hues
    width = size[0]
    near = canvas.down(size)
    swell = _swell(size, near, random)
    mirrored = canvas.ramp(near, [(0, colours.mix(low, light, 0.5)), (0.5, low), (1, low)])
    picture = canvas.paint(
        mirrored, deep, compute(lambda w, n: eased(w * 0.85 + 0.3 + n * 0.5) * 0.95, swell, near)
    )
    # The path of light widens towards the viewer, and breaks up into glints.
    offset = canvas.row([abs(x - sun_x) / width for x in range(width)], size)
    path = compute(
        lambda o, n: clamped(1.0 - o / (0.06 + n * 0.2)) ** 1.5 * (1.0 - n * 0.3), offset, near
    )
    glints = compute(lambda p, w: p * eased(0.3 - w * 2.4), path, swell)
    return canvas.shine(picture, colours.lighter(light, 0.2), glints)


def _swell(size: Size, near: Field, random: Random) -> Field:
    """Waves that grow towards the viewer: each octave is strong at its own distance."""
    width, height = size
    total = canvas.noise(random, size, (2, 5))
    for layer in range(5):
        finest = height / 2.2 / 1.75**layer
        waves = canvas.noise(
            random, size, (finest * width / height / 9, finest), octaves=1 + (layer + 1) // 2
        )
        place = (layer / 4) ** 1.5
        total = compute(
            lambda sum_, new, n, place=place: (
                sum_ * 0.94 + new * clamped(1.1 - abs(n - place) / (0.14 + place * 0.42))
            ),
            total,
            waves,
            near,
        )
    return total
