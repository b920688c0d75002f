"""A file that came from outside becomes one that stays: recognised, measured, stored."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import PlaygroundError
from app.media import whole
from app.media.darkroom import Darkroom
from app.media.decoding import CutOff, GaveUp, Measures, NotDecoded, TooManyPixels
from app.media.sniff import OTHER, SHOWN_IN_PLACE, Kind, sniff
from app.media.store import Store

# Told apart from a whole one by reading every pixel, where the format itself leaves it open.
_DECODED_WHEN_UNSURE = ("image/jpeg", "image/gif", "image/tiff", "image/bmp")


class DamagedFile(PlaygroundError):
    """The file is not what was made: it is empty, or only its first part."""

    status = 422
    code = "damaged_file"


@dataclass(frozen=True)
class Kept:
    """A file in the store. `note` tells a person why it can only be downloaded, if so.

    unsure: only reading every pixel will tell whether it is whole; never so once it is measured.
    """

    sha256: str
    size_bytes: int
    kind: Kind
    measures: Measures
    storage_key: str
    note: str | None = None
    unsure: bool = False


async def keep(store: Store, darkroom: Darkroom, path: Path) -> Kept:
    """Store a local file byte for byte, under a name made of its content; again changes nothing.

    The file is the caller's to delete afterwards; it must not be written to (see
    `Store.put_file`). What cannot be shown is kept for download: it may have been paid for.
    Raises DamagedFile, StorageFull, StorageUnavailable.
    """
    kept = await examine(path)
    try:
        kept = await measured(darkroom, path, kept)
    except NotDecoded as error:
        kept = replace(kept, kind=kept.kind.as_attachment(), note=_note(error))
    if kept.kind.kind == "image" and kept.kind.media_type not in SHOWN_IN_PLACE:
        kept = replace(kept, kind=kept.kind.as_attachment())
    await store.put_file(kept.storage_key, path)
    return kept


async def examine(path: Path, sha256: str | None = None) -> Kept:
    """What a local file would be kept as, unmeasured. Raises DamagedFile.

    sha256: of its content, when that is known already.
    """
    kind, wholeness, digest, size_bytes = await asyncio.to_thread(_examine, path, sha256)
    if size_bytes == 0:
        raise DamagedFile("The file is empty.")
    if wholeness == "cut off":
        raise DamagedFile(_CUT_OFF)
    key = f"media/{digest[:2]}/{digest}.{kind.extension}"
    unsure = wholeness == "unsure" and kind.media_type in _DECODED_WHEN_UNSURE
    return Kept(digest, size_bytes, kind, Measures(), key, unsure=unsure)


def _examine(path: Path, sha256: str | None) -> tuple[Kind, whole.Answer, str, int]:
    kind = sniff(path)
    if sha256 is None:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return kind, whole.is_whole(path, kind.media_type), sha256, path.stat().st_size


async def measured(darkroom: Darkroom, path: Path, kept: Kept) -> Kept:
    """The same with its measures. Raises DamagedFile, NotDecoded."""
    kind = kept.kind
    if kind == OTHER:
        return kept
    try:
        measures = await darkroom.measure(path, kind, decode=kept.unsure)
    except CutOff as error:
        raise DamagedFile(_CUT_OFF) from error
    except NotDecoded as error:
        if kept.unsure and not isinstance(error, TooManyPixels | GaveUp):
            raise DamagedFile(_CUT_OFF) from error
        raise
    if kind.kind == "video" and measures.width is None:
        # The same container with nothing to see in it.
        kind = replace(kind, kind="audio", media_type=f"audio/{kind.media_type.split('/')[1]}")
    return replace(kept, kind=kind, measures=measures, unsure=False)


def _note(error: NotDecoded) -> str:
    if isinstance(error, TooManyPixels):
        return "The file declares more than 100 million pixels. It can be downloaded, not shown."
    if isinstance(error, GaveUp):
        return "Opening the file takes too long or too much memory. It can be downloaded."
    return "The file cannot be read as what it seems to be. It can be downloaded, not shown."


_CUT_OFF = "The file is cut off: only its first part has come."
