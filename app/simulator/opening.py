"""Input pictures: from bytes that somebody sent to pixels that can be worked on."""

import io

from PIL import Image, ImageOps

from app.simulator.canvas import Picture
from app.simulator.pictures import LARGEST

_READ = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
_MOST_PIXELS = 64_000_000
"""The official nodes send 32 megapixels at most; twice that is taken here."""


def opened(data: bytes) -> Picture:
    """An input picture, upright and in RGB, no larger than can be drawn.

    Raises ValueError, with a sentence, for what is not a picture or declares more
    pixels than are worth unpacking.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as picture:
            _refuse_bombs(picture)
            # A large JPEG is unpacked at a fraction of its size, which is all that is needed.
            picture.draft("RGB", (LARGEST, LARGEST))
            return _plain(picture)
    except (OSError, SyntaxError) as error:
        raise ValueError("The file is not a picture that can be read.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_TOO_LARGE) from error


def check(data: bytes) -> None:
    """Read no more than the head of a picture; ValueError as above."""
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as picture:
            _refuse_bombs(picture)
    except (OSError, SyntaxError) as error:
        raise ValueError("The file is not a picture that can be read.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_TOO_LARGE) from error


_TOO_LARGE = f"The picture has more than {_MOST_PIXELS // 10**6} megapixels."


def _refuse_bombs(picture: Image.Image) -> None:
    if picture.width * picture.height > _MOST_PIXELS:
        raise ValueError(_TOO_LARGE)


def _plain(picture: Image.Image) -> Picture:
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in ("RGBA", "LA", "PA", "P"):
        solid = turned.convert("RGBA")
        white = Image.new("RGBA", solid.size, (255, 255, 255, 255))
        turned = Image.alpha_composite(white, solid)
    plain = turned.convert("RGB")
    plain.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    return plain
