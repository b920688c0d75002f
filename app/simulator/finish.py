"""The last strokes: bloom, guidance as a grade, a vignette and grain."""

from PIL import Image, ImageChops, ImageEnhance

from app.simulator import canvas
from app.simulator.canvas import Picture
from app.simulator.wish import Wish

_GRAIN = 5
"""How far grain lifts or sinks a pixel, of 255: enough to keep skies from banding."""


def finished(picture: Picture, wish: Wish) -> Picture:
    return grained(vignetted(_graded(_bloomed(picture), wish.guidance)), wish)


def _bloomed(picture: Picture) -> Picture:
    """Let the lights spill a little over their edges."""
    small = picture.reduce(4) if min(picture.size) >= 64 else picture
    lights = small.point([max(0, level - 150) * 2 for level in range(256)] * 3)
    spill = canvas.blurred(lights, max(2, max(small.size) / 45))
    veil = spill.point([level // 3 for level in range(256)] * 3)
    return ImageChops.screen(picture, veil.resize(picture.size, canvas.BICUBIC))


def _graded(picture: Picture, guidance: float) -> Picture:
    """Guidance 2.5 leaves a picture as it is; below it pales, above it grows hard and loud."""
    if guidance < 2.5:
        share = (2.5 - guidance) / 2.5
        pale = ImageEnhance.Color(picture).enhance(1 - 0.55 * share)
        veil = Image.new("RGB", picture.size, (206, 204, 200))
        return Image.blend(pale, veil, 0.32 * share)
    share = min(1.0, (guidance - 2.5) / 17.5) ** 0.7
    if share == 0:
        return picture
    loud = ImageEnhance.Color(picture).enhance(1 + 0.75 * share)
    return ImageEnhance.Contrast(loud).enhance(1 + 0.5 * share)


def vignetted(picture: Picture, strength: float = 0.32) -> Picture:
    edges = Image.radial_gradient("L").point(
        [round(255 * (1 - strength * (level / 255) ** 2.6)) for level in range(256)]
    )
    shade = edges.resize(picture.size, canvas.BICUBIC)
    return ImageChops.multiply(picture, Image.merge("RGB", (shade, shade, shade)))


def grained(picture: Picture, wish: Wish) -> Picture:
    width, height = picture.size
    chance = wish.random().randbytes(width * height)
    # Around 128, which the offset below takes away again: bytes cannot be negative.
    grain = Image.frombytes("L", picture.size, chance).point(
        [round(128 + (level - 127.5) / 127.5 * _GRAIN) for level in range(256)]
    )
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), 1, -128)
