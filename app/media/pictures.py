"""Pictures opened with Pillow: their size, and a small copy. Runs in the darkroom's worker."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

from app.media.decoding import GaveUp, Measures, TooManyPixels, Unreadable

# A small file may declare a huge picture: 109 kB were seen to open as 900 million pixels.
MOST_PIXELS = 100_000_000
THUMBNAIL_SIDE = 512
"""The longest side of a thumbnail: twice the rows of the gallery, for fine screens."""

# What Pillow's decoders raise for files that are not what they seem.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    ImageCms.PyCMSError,
)

_FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
}
ORIENTATION = 0x0112
# By orientation mark: lying on its side.
_TURNED = (5, 6, 7, 8)


def measure(path: Path, media_type: str, *, decode: bool) -> Measures:
    """The width and height at which a picture is shown, its orientation mark obeyed.

    decode: also read every pixel, which finds a file that is cut off. Raises NotDecoded.
    """
    with opened(path, media_type) as image:
        if decode:
            image.load()
        width, height = image.size
        # Pillow decodes a whole PNG to look for notes behind the picture; nobody puts them there.
        noted = media_type != "image/png" or "exif" in image.info
        turned = noted and image.getexif().get(ORIENTATION) in _TURNED
        return Measures(height, width) if turned else Measures(width, height)


def thumbnail(path: Path, media_type: str) -> tuple[bytes, int, int]:
    """A WebP of a picture, at most THUMBNAIL_SIDE wide and high: its bytes, width and height.

    Upright, in sRGB, transparency kept, of an animation the first frame, without any of the
    original's notes. Raises NotDecoded.
    """
    with opened(path, media_type) as image:
        profile = image.info.get("icc_profile")
        small = ImageOps.exif_transpose(shrink(plain(image)))
        return to_webp(to_srgb(small, profile) if profile else small)


@contextmanager
def opened(path: Path, media_type: str) -> Iterator[Image.Image]:
    """A picture's head, read by the one decoder that its first bytes ask for."""
    if media_type == "image/heic":
        # Loaded for those alone who have such a telephone.
        from pillow_heif import register_heif_opener

        register_heif_opener()
    try:
        with Image.open(path, formats=[_FORMATS[media_type]]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooManyPixels
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except MemoryError as error:
        raise GaveUp from error
    except _UNREADABLE as error:
        raise Unreadable from error


def plain(image: Image.Image) -> Image.Image:
    """A picture that can be made smaller smoothly: not of a palette, nor of 16 bits a pixel."""
    if image.mode.startswith("I"):
        # Pillow would cut the brighter values off instead of scaling them.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("P", "1", "PA", "LA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def shrink(image: Image.Image) -> Image.Image:
    """The picture within THUMBNAIL_SIDE each way, its proportions kept, never enlarged."""
    # With a gap, a JPEG is decoded at a half, a quarter or an eighth of its size to begin with.
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return image


def to_webp(image: Image.Image) -> tuple[bytes, int, int]:
    """The picture as WebP, with its width and height."""
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    target = io.BytesIO()
    image.save(target, "WEBP", quality=80, method=2, exif=b"", icc_profile=None)
    return target.getvalue(), image.width, image.height


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours in the browser's usual space; as they are when the profile is broken."""
    try:
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        plain = image.convert("RGB") if alpha else image
        converted = ImageCms.profileToProfile(
            plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        # No profile, or one for another kind of picture: shown without it, as browsers do.
        return image
    if alpha and converted:
        converted.putalpha(alpha)
    return converted or image
