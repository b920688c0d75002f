"""Whether a file is all there, by the lengths and ends that its own format writes down."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal

Answer = Literal["whole", "cut off", "unsure"]

_TAIL_BYTES = 64 * 1024 + 512


def is_whole(path: Path, media_type: str) -> Answer:
    """Tell a whole file from the first part of one, without decoding it.

    "unsure" where the format writes no length down, or keeps its end elsewhere than at the end.
    """
    test = _TESTS.get(media_type)
    if test is None:
        return "unsure"
    with path.open("rb") as file:
        return test(file, os.fstat(file.fileno()).st_size)


def _png(file: BinaryIO, size: int) -> Answer:
    """Chunk after chunk, each with its length, until the one that ends the picture."""
    at = 8
    while at + 12 <= size:
        file.seek(at)
        length, name = int.from_bytes(file.read(4), "big"), file.read(4)
        at += 12 + length
        if name == b"IEND":
            return "whole" if at <= size else "cut off"
    return "cut off"


def _jpeg(file: BinaryIO, size: int) -> Answer:
    """The end mark is last, but for padding; a camera may put more behind it."""
    file.seek(max(size - 4096, 0))
    return "whole" if file.read().rstrip(b"\0\r\n ").endswith(b"\xff\xd9") else "unsure"


def _gif(file: BinaryIO, size: int) -> Answer:
    """Block after block, each cut into pieces with their lengths, until the end mark."""
    file.seek(10)
    flags = file.read(3)
    file.seek(_colour_bytes(flags), os.SEEK_CUR)
    while mark := file.read(1):
        if mark == b";":
            return "whole"
        if mark == b"!":
            file.seek(1, os.SEEK_CUR)
        elif mark == b",":
            file.seek(8, os.SEEK_CUR)
            file.seek(_colour_bytes(file.read(1)) + 1, os.SEEK_CUR)
        else:
            return "unsure"
        while (length := file.read(1)) != b"\0":
            if not length:
                return "cut off"
            file.seek(length[0], os.SEEK_CUR)
    # Some writers leave the end mark out; what ends within a block is cut off in any case.
    return "unsure" if file.tell() == size else "cut off"


def _colour_bytes(flags: bytes) -> int:
    """The length of the table of colours that these flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _riff(file: BinaryIO, size: int) -> Answer:
    """The length of the rest stands at the start; a recorder that streams leaves it open."""
    file.seek(4)
    length = int.from_bytes(file.read(4), "little")
    if length in (0, 0xFFFFFFFF):
        return "unsure"
    return "whole" if length + 8 <= size else "cut off"


def _boxes(file: BinaryIO, size: int) -> Answer:
    """Box after box, each with its length; without the one that describes it, nothing plays."""
    at, described = 0, False
    while at + 8 <= size:
        file.seek(at)
        length, name = int.from_bytes(file.read(4), "big"), file.read(4)
        if length == 1:
            length = int.from_bytes(file.read(8), "big")
        described = described or name in (b"moov", b"meta")
        if length < 8:
            # Zero reaches to the end, wherever that should have been; less is no box but padding.
            return "unsure" if described else "cut off"
        at += length
    return "whole" if described and at <= size else "cut off"


def _matroska(file: BinaryIO, size: int) -> Answer:
    """The head, then one segment with its length, which a live recording leaves open."""
    at = 0
    for _ in range(2):
        file.seek(at)
        _read_number(file, keep_mark=True)
        length = _read_number(file, keep_mark=False)
        if length is None:
            return "unsure"
        at = file.tell() + length
    return "whole" if at <= size else "cut off"


def _read_number(file: BinaryIO, *, keep_mark: bool) -> int | None:
    """A number whose first byte tells its length by its leading zeros; None when left open.

    Source: RFC 8794, section 4.
    """
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    length = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(length - 1), "big")
    mark = 1 << 7 * length
    if not keep_mark and value == 2 * mark - 1:
        return None
    return value if keep_mark else value - mark


def _ogg(file: BinaryIO, size: int) -> Answer:
    """The last page's own table of lengths reaches to the end of the file."""
    file.seek(max(size - _TAIL_BYTES, 0))
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return "cut off"
    lengths = tail[at + 27 : at + 27 + tail[at + 26]]
    needed = at + 27 + tail[at + 26] + sum(lengths)
    return "whole" if needed <= len(tail) else "cut off"


_TESTS: dict[str, Callable[[BinaryIO, int], Answer]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _riff,
    "image/avif": _boxes,
    "image/heic": _boxes,
    "video/mp4": _boxes,
    "video/quicktime": _boxes,
    "video/webm": _matroska,
    "video/x-matroska": _matroska,
    "video/x-msvideo": _riff,
    "audio/wav": _riff,
    "audio/mp4": _boxes,
    "audio/ogg": _ogg,
    "video/ogg": _ogg,
}
