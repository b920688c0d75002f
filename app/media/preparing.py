"""A picture as it is sent: upright, of a type that models take, without where it was taken.

Runs in the darkroom's worker.
"""

from pathlib import Path

from PIL import Image, ImageOps

from app.media.decoding import LOCATION_REMOVED, SCALED_DOWN, Prepared
from app.media.pictures import ORIENTATION, opened, plain, to_srgb

_TAKEN = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_NAMES = {
    "image/heic": "HEIC",
    "image/avif": "AVIF",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/gif": "GIF",
}
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
# Photographs come so; all else stays exact, unless that makes it larger than this.
_PHOTOGRAPHS = ("image/heic", "image/avif")
_EXACT_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
_LARGEST_EXACT_BYTES = 6 * 1024 * 1024
_QUALITY = 95
_GPS = 0x8825
# What is said of a place beside EXIF: the start of GPSLatitude and its like.
_GPS_IN_TEXT = b"GPSL"


def prepare(
    path: Path, media_type: str, into: Path, *, keep_location: bool, most_side: int | None
) -> Prepared | None:
    """Write the copy of a picture that is sent; None when the picture is fit as it is.

    most_side: scale it down to this many pixels a side. Raises NotDecoded.
    """
    with opened(path, media_type) as image:
        if media_type == "image/png" and _has_notes_behind(path):
            image.load()
        exif = _exif(image, media_type)
        turned = exif.get(ORIENTATION, 1) != 1
        located = not keep_location and _is_located(image, exif)
        scaled = most_side is not None and max(image.size) > most_side
        if media_type in _TAKEN and not (turned or located or scaled):
            return None
        smaller = _scaled(image, most_side) if scaled else image
        picture = ImageOps.exif_transpose(smaller) if turned else smaller
        exif.pop(ORIENTATION, None)
        notes = exif.tobytes() if keep_location else b""
        sent_as = _write(picture, image, media_type, into, notes)
    said = [_turned_into(media_type, sent_as)] if media_type not in _TAKEN else []
    said += ["Turned upright."] if turned else []
    said += [LOCATION_REMOVED] if located else []
    said += [f"{SCALED_DOWN} {picture.width} × {picture.height}."] if scaled else []
    return Prepared(sent_as, _EXTENSIONS[sent_as], picture.width, picture.height, said)


def _has_notes_behind(path: Path) -> bool:
    """Whether a PNG has notes behind its picture, where Pillow sees them only after decoding."""
    size, at, behind = path.stat().st_size, 8, False
    with path.open("rb") as file:
        while at + 12 <= size:
            file.seek(at)
            length, name = int.from_bytes(file.read(4), "big"), file.read(4)
            behind = behind or name == b"IDAT"
            if behind and name in (b"eXIf", b"iTXt", b"zTXt", b"tEXt"):
                return True
            at += 12 + length
    return False


def _exif(image: Image.Image, media_type: str) -> Image.Exif:
    # Pillow decodes a whole PNG to look for notes; those behind the picture are loaded by now.
    noted = {"exif", "Raw profile type exif", "Raw profile type APP1"} & image.info.keys()
    return image.getexif() if media_type != "image/png" or noted else Image.Exif()


def _is_located(image: Image.Image, exif: Image.Exif) -> bool:
    if _GPS in exif:
        return True
    texts = (text.encode() if isinstance(text, str) else text for text in image.info.values())
    return any(isinstance(text, bytes) and _GPS_IN_TEXT in text for text in texts)


def _scaled(image: Image.Image, most_side: int | None) -> Image.Image:
    side = most_side or max(image.size)
    small = plain(image)
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return small


def _write(
    picture: Image.Image, image: Image.Image, media_type: str, into: Path, notes: bytes
) -> str:
    """Write a picture without its old notes; returns the type it was given."""
    profile = image.info.get("icc_profile")
    as_it_was = picture is image and image.format == "JPEG"
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    wanted = media_type
    if media_type not in _TAKEN:
        exact = picture.mode in _EXACT_MODES and media_type not in _PHOTOGRAPHS
        exact = exact or picture.has_transparency_data
        wanted = "image/png" if exact else "image/jpeg"
    if wanted == "image/png":
        picture.save(into, "PNG", icc_profile=profile, exif=notes, compress_level=4)
        if media_type == wanted or picture.has_transparency_data:
            return wanted
        if into.stat().st_size <= _LARGEST_EXACT_BYTES:
            return wanted
        wanted = "image/jpeg"
    if wanted == "image/webp":
        picture.save(into, "WEBP", quality=_QUALITY, icc_profile=profile, exif=notes)
    elif as_it_was:
        # The same tables again: what changes is too little to be seen.
        picture.save(into, "JPEG", quality="keep", icc_profile=profile, exif=notes)
    else:
        _write_jpeg(picture, profile, into, notes)
    return wanted


def _write_jpeg(picture: Image.Image, profile: bytes | None, into: Path, notes: bytes) -> None:
    if picture.mode not in ("RGB", "L"):
        picture = plain(picture)
        picture = (to_srgb(picture, profile) if profile else picture).convert("RGB")
        profile = None
    picture.save(into, "JPEG", quality=_QUALITY, icc_profile=profile, exif=notes)


def _turned_into(media_type: str, sent_as: str) -> str:
    return (
        f"Turned from {_NAMES[media_type]} into {_TAKEN[sent_as]},"
        " because models take JPEG, PNG or WebP."
    )
