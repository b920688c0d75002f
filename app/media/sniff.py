"""What a file is, from its bytes alone: never from its name or what its sender calls it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

OPAQUE = "application/octet-stream"

# What a browser may show in place. All of it is inert: nothing here can carry a script.
SHOWN_IN_PLACE = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "image/avif",
        "video/mp4",
        "video/webm",
        "video/quicktime",
        "audio/mpeg",
        "audio/mp4",
        "audio/aac",
        "audio/wav",
        "audio/ogg",
        "audio/flac",
        "audio/webm",
    }
)

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """What a file is: `extension` without a dot, `media_type` as it is served."""

    kind: Literal["image", "video", "audio", "other"]
    media_type: str
    extension: str

    def as_attachment(self) -> "Kind":
        """The same file, to be handed over for download and not shown."""
        return replace(self, kind="other", media_type=OPAQUE)


OTHER = Kind("other", OPAQUE, "bin")


def sniff(path: Path) -> Kind:
    """Recognise a picture, a video or a sound by its first bytes; all else is OTHER.

    SVG, HTML and every other text are OTHER too: they could run a script.
    """
    with path.open("rb") as file:
        return sniff_head(file.read(HEAD_BYTES))


def sniff_head(head: bytes) -> Kind:
    """The same from a file's first HEAD_BYTES alone."""
    for start, kind in _BY_FIRST_BYTES:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], OTHER)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _WEBM if b"webm" in head[:64] else _MATROSKA
    if head[:4] == b"OggS":
        return _OGG_VIDEO if b"\x80theora" in head else _OGG
    if head[4:8] == b"ftyp" and len(head) >= 16:
        return _by_brand(head)
    if head[4:8] in _QUICKTIME_WITHOUT_BRAND:
        return _QUICKTIME
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and head[14:18] in _BMP_HEADS:
        return _BMP
    return _by_frame(head)


_QUICKTIME = Kind("video", "video/quicktime", "mov")
_QUICKTIME_WITHOUT_BRAND = (b"moov", b"mdat", b"wide")
_MP4 = Kind("video", "video/mp4", "mp4")
_MP4_SOUND = Kind("audio", "audio/mp4", "m4a")
_WEBM = Kind("video", "video/webm", "webm")
_MATROSKA = Kind("video", "video/x-matroska", "mkv")
_OGG = Kind("audio", "audio/ogg", "ogg")
_OGG_VIDEO = Kind("video", "video/ogg", "ogv")
_MP3 = Kind("audio", "audio/mpeg", "mp3")
_AAC = Kind("audio", "audio/aac", "aac")
_AVIF = Kind("image", "image/avif", "avif")
_HEIC = Kind("image", "image/heic", "heic")
_TIFF = Kind("image", "image/tiff", "tif")
_BMP = Kind("image", "image/bmp", "bmp")
# The length of its second head, which is one of a few.
_BMP_HEADS = frozenset(length.to_bytes(4, "little") for length in (12, 40, 52, 56, 64, 108, 124))

_BY_FIRST_BYTES = (
    (b"\x89PNG\r\n\x1a\n", Kind("image", "image/png", "png")),
    (b"\xff\xd8\xff", Kind("image", "image/jpeg", "jpg")),
    (b"GIF87a", Kind("image", "image/gif", "gif")),
    (b"GIF89a", Kind("image", "image/gif", "gif")),
    (b"II*\0", _TIFF),
    (b"MM\0*", _TIFF),
    (b"fLaC", Kind("audio", "audio/flac", "flac")),
    (b"ID3", _MP3),
)
_RIFF = {
    b"WEBP": Kind("image", "image/webp", "webp"),
    b"WAVE": Kind("audio", "audio/wav", "wav"),
    b"AVI ": Kind("video", "video/x-msvideo", "avi"),
}
_BRANDS = {
    b"avif": _AVIF,
    b"avis": _AVIF,
    b"heic": _HEIC,
    b"heix": _HEIC,
    b"hevc": _HEIC,
    b"hevx": _HEIC,
    b"qt  ": _QUICKTIME,
    b"M4A ": _MP4_SOUND,
    b"M4B ": _MP4_SOUND,
}


def _by_brand(head: bytes) -> Kind:
    """An ISO file's first brand says what it is; a general one is made clear by the others."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12]] + [head[at : at + 4] for at in range(16, length, 4)]
    if brands[0] in _BRANDS:
        return _BRANDS[brands[0]]
    if brands[0] in (b"mif1", b"msf1"):
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), OTHER)
    return _MP4


def _by_frame(head: bytes) -> Kind:
    """MP3 and AAC have no name at their start, only a frame: eleven set bits, then its figures."""
    if len(head) < 4 or head[0] != 0xFF:
        return OTHER
    if head[1] & 0xF6 == 0xF0:
        return _AAC
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    is_frame = head[1] & 0xE0 == 0xE0 and version != 1 and layer == 1
    return _MP3 if is_frame and bit_rate not in (0, 15) and sample_rate != 3 else OTHER
