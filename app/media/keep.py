"""A file that came from outside becomes one that stays: recognised, measured, stored."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import PlaygroundError
from app.media import whole
from app.media.darkroom import Darkroom
from app.media.decoding import CutOff, GaveUp, Measures, NotDecoded, TooManyPixels
from app.media.sniff import OTHER, Kind, sniff
from app.media.store import Store

# Told apart from a whole one by reading every pixel, where the format itself leaves it open.
_DECODED_WHEN_UNSURE = ("image/jpeg", "image/gif")
# Recognised, but with no decoder here; such a file is handed over as it is.
_NEVER_DECODED = ("image/heic",)


class DamagedFile(PlaygroundError):
    """The file is not what was made: it is empty, or only its first part."""

    status = 422
    code = "damaged_file"


@dataclass(frozen=True)
class Kept:
    """A file in the store. `note` tells a person why it can only be downloaded, if so."""

    sha256: str
    size_bytes: int
    kind: Kind
    measures: Measures
    storage_key: str
    note: str | None = None


async def keep(store: Store, darkroom: Darkroom, path: Path) -> Kept:
    """Store a local file byte for byte, under a name made of its content; again changes nothing.

    The file is the caller's to delete afterwards; it must not be written to (see
    `Store.put_file`). What cannot be shown is kept for download: it may have been paid for.
    Raises DamagedFile, StorageFull, StorageUnavailable.
    """
    kind, wholeness, sha256, size_bytes = await asyncio.to_thread(_examine, path)
    if size_bytes == 0:
        raise DamagedFile("The file is empty.")
    if wholeness == "cut off":
        raise DamagedFile(_CUT_OFF)
    decode = wholeness == "unsure" and kind.media_type in _DECODED_WHEN_UNSURE
    extension = kind.extension
    kind, measures, note = await _measure(darkroom, path, kind, decode=decode)
    key = f"media/{sha256[:2]}/{sha256}.{extension}"
    await store.put_file(key, path)
    return Kept(sha256, size_bytes, kind, measures, key, note)


def _examine(path: Path) -> tuple[Kind, whole.Answer, str, int]:
    kind = sniff(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return kind, whole.is_whole(path, kind.media_type), sha256, path.stat().st_size


async def _measure(
    darkroom: Darkroom, path: Path, kind: Kind, *, decode: bool
) -> tuple[Kind, Measures, str | None]:
    if kind == OTHER or kind.media_type in _NEVER_DECODED:
        return kind, Measures(), None
    try:
        measures = await darkroom.measure(path, kind, decode=decode)
    except CutOff as error:
        raise DamagedFile(_CUT_OFF) from error
    except NotDecoded as error:
        if decode and not isinstance(error, TooManyPixels | GaveUp):
            raise DamagedFile(_CUT_OFF) from error
        return kind.as_attachment(), Measures(), _note(error)
    if kind.kind == "video" and measures.width is None:
        # The same container with nothing to see in it.
        kind = replace(kind, kind="audio", media_type=f"audio/{kind.media_type.split('/')[1]}")
    return kind, measures, None


def _note(error: NotDecoded) -> str:
    if isinstance(error, TooManyPixels):
        return "The file declares more than 100 million pixels. It can be downloaded, not shown."
    if isinstance(error, GaveUp):
        return "Opening the file takes too long or too much memory. It can be downloaded."
    return "The file cannot be read as what it seems to be. It can be downloaded, not shown."


_CUT_OFF = "The file is cut off: only its first part has come."
