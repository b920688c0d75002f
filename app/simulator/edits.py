"""Input pictures, transformed as an instruction asks for."""

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from app.simulator import canvas, colours
from app.simulator.canvas import Picture, Size
from app.simulator.colours import Colour
from app.simulator.finish import grained, vignetted
from app.simulator.pictures import LARGEST, SMALLEST, draw
from app.simulator.wish import Wish

_LONG_SIDE = 1536
"""Of a result whose size follows its input, at most, in pixels."""


def edited(wish: Wish, inputs: Sequence[Picture], asked: Size | None) -> Picture:
    """The first input, transformed as the prompt says, with the other inputs laid in.

    asked: the size wanted, or None to keep the shape of the first input.
    """
    size = asked or followed(inputs[0].size)
    picture = ImageOps.fit(inputs[0], size, Image.Resampling.LANCZOS)
    picture = _instructed(picture, wish)
    if len(inputs) > 1:
        picture = _with_prints(picture, inputs[1:])
    return grained(vignetted(picture, 0.22), wish.sized(size))


def widened(picture: Picture, wish: Wish, margins: tuple[int, int, int, int]) -> Picture:
    """A picture with more around it: left, top, right and bottom, in pixels."""
    left, top, right, bottom = margins
    size = left + picture.width + right, top + picture.height + bottom
    if size == picture.size:
        return picture
    beyond = draw(wish.sized(followed(size))).resize(size)
    beyond.paste(picture, (left, top))
    return beyond


def followed(size: Size) -> Size:
    """A size of the same shape that can be drawn."""
    wide, high = size
    scale = min(1.0, _LONG_SIDE / max(size))
    scale = max(scale, SMALLEST / min(size))
    return min(LARGEST, max(SMALLEST, round(wide * scale))), min(
        LARGEST, max(SMALLEST, round(high * scale))
    )


def _instructed(picture: Picture, wish: Wish) -> Picture:
    """What the words ask for, one after the other; words that ask for nothing known grade."""
    known = False
    if wish.has("sketch", "pencil", "drawing"):
        picture, known = _sketch(picture), True
    if wish.has("paint", "watercolo", "oil"):
        picture, known = _painted(picture), True
    if wish.has("blur", "dream", "soft", "fog", "mist"):
        picture, known = _dreamy(picture), True
    if wish.has("monochrome", "grayscale", "greyscale") or "black and white" in wish.prompt.lower():
        return _monochrome(picture)
    if wish.has("night", "midnight", "dark"):
        picture, known = _night(picture), True
    if wish.has("warm", "sunset", "autumn", "summer"):
        picture, known = _washed(picture, (255, 170, 84), 0.4), True
    if wish.has("cold", "cool", "winter", "snow"):
        picture, known = _washed(picture, (120, 176, 255), 0.4), True
    if wish.colour is not None:
        return _regraded(picture, wish.colour)
    return picture if known else _cinematic(picture)


def _sketch(picture: Picture) -> Picture:
    grey = ImageOps.grayscale(picture)
    # Dividing by the blurred negative leaves lines where the light changes.
    blurred = canvas.blurred(ImageChops.invert(grey), max(2.0, max(picture.size) / 110))
    lines = ImageChops.add(grey, blurred)
    return ImageOps.colorize(
        lines.point([int(v**2 / 255) for v in range(256)]), "#2b2a33", "#f7f2e6"
    )


def _painted(picture: Picture) -> Picture:
    half = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)))
    strokes = half.filter(ImageFilter.ModeFilter(7)).resize(picture.size, canvas.BICUBIC)
    return ImageEnhance.Color(strokes).enhance(1.5)


def _dreamy(picture: Picture) -> Picture:
    haze = canvas.blurred(picture, max(picture.size) / 50)
    return Image.blend(picture, ImageChops.screen(picture, haze), 0.75)


def _monochrome(picture: Picture) -> Picture:
    grey = ImageOps.autocontrast(ImageOps.grayscale(picture), cutoff=1)
    return Image.merge("RGB", (grey, grey, grey))


def _night(picture: Picture) -> Picture:
    dark = picture.point([round(255 * (v / 255) ** 1.35 * 0.55) for v in range(256)] * 3)
    return ImageChops.add(
        ImageChops.multiply(dark, Image.new("RGB", picture.size, (120, 150, 255))),
        Image.new("RGB", picture.size, (4, 8, 24)),
    )


def _washed(picture: Picture, light: Colour, share: float) -> Picture:
    over = Image.new("RGB", picture.size, light)
    return Image.blend(
        picture, ImageChops.soft_light(ImageEnhance.Color(picture).enhance(1.2), over), 0.5 + share
    )


def _regraded(picture: Picture, colour: Colour) -> Picture:
    """Every light and shade of the picture in one colour, with a rest of its own."""
    grey = ImageOps.autocontrast(ImageOps.grayscale(picture), cutoff=0.5)
    toned = ImageOps.colorize(
        grey,
        colours.darker(colour, 0.88),
        colours.lighter(colour, 0.82),
        mid=colour,
        midpoint=118,
    )
    return Image.blend(picture, toned, 0.72)


def _cinematic(picture: Picture) -> Picture:
    """Teal shadows, amber lights."""
    grey = ImageOps.autocontrast(ImageOps.grayscale(picture), cutoff=0.5)
    toned = ImageOps.colorize(grey, (8, 42, 58), (255, 226, 170), mid=(150, 118, 104))
    return ImageEnhance.Contrast(Image.blend(picture, toned, 0.5)).enhance(1.12)


def _with_prints(picture: Picture, others: Sequence[Picture]) -> Picture:
    """The other inputs as small prints along the lower right, the first at the edge."""
    unit = min(picture.size)
    side = max(12, round(unit * min(0.3, 1.2 / (len(others) + 1))))
    border = max(2, side // 18)
    x = picture.width - round(unit * 0.05)
    y = picture.height - round(unit * 0.05)
    for place, other in enumerate(others):
        print_ = ImageOps.expand(ImageOps.fit(other, (side, side)), border, (250, 247, 240))
        print_ = print_.convert("RGBA").rotate(
            (-4, 3, -2, 5)[place % 4], Image.Resampling.BICUBIC, expand=True
        )
        shade = Image.new("RGBA", picture.size)
        at = (x - print_.width, y - print_.height)
        shade.paste((8, 6, 12, 150), (at[0] + border, at[1] + border * 2), print_.getchannel("A"))
        soft = shade.getchannel("A").filter(ImageFilter.BoxBlur(border))
        picture = Image.composite(Image.new("RGB", picture.size, (8, 6, 12)), picture, soft)
        picture.paste(print_, at, print_)
        x -= round(print_.width * 0.92)
    return picture


def stand_in(picture: Picture, words: Sequence[str]) -> Picture:
    """A picture with a caption that says whose place it takes."""
    width, height = picture.size
    size = max(11, min(width, height) // 30)
    font = ImageFont.load_default(size)
    margin = size
    lines = [_shortened(line, font, width - 3 * margin) for line in words]
    band = round(size * 1.5 * len(lines) + margin)
    shown = Image.blend(
        picture.crop((0, height - band, width, height)), Image.new("RGB", (width, band)), 0.66
    )
    pen = ImageDraw.Draw(shown)
    for place, line in enumerate(lines):
        hue = (255, 255, 255) if place == 0 else (206, 206, 212)
        pen.text((margin, margin / 2 + place * size * 1.5), line, fill=hue, font=font)
    captioned = picture.copy()
    captioned.paste(shown, (0, height - band))
    return captioned


def _shortened(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> str:
    """The line, its middle left out where it is too wide."""
    # The font at hand has Latin letters only; others would show as boxes.
    line = line[:400].encode("ascii", "replace").decode()
    short = line
    kept = len(line)
    while font.getlength(short) > width and kept > 8:
        kept -= max(1, kept // 20)
        short = f"{line[: kept // 2]}...{line[len(line) - kept // 2 :]}"
    return short
