"""Why a file that somebody gave is not taken, in words."""

from pathlib import Path

from app.errors import PlaygroundError
from app.media.decoding import GaveUp, NotDecoded, TooManyPixels
from app.media.receiving import Arrived
from app.media.sniff import HEAD_BYTES, Kind
from app.web.words import size

KINDS = {"image": "pictures", "video": "videos", "audio": "sounds"}
ONE = {"image": "a picture", "video": "a video", "audio": "a sound"}


class FileRefused(PlaygroundError):
    """A file that somebody gave is not taken; says why."""

    status = 422
    code = "file_refused"


def larger(size_bytes: int, most_mb: int, kind: str) -> str:
    """That a file is beyond what is taken of its kind."""
    what = ONE.get(kind, "a file")
    return f"It is {size(size_bytes)}, larger than {most_mb} MB, the most that is taken for {what}."


def unknown(file: Arrived) -> str:
    """Why bytes that are no picture, video or sound are not taken."""
    with file.path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    ending = Path(file.name).suffix[:10]
    named = f" named {ending}" if ending else ""
    if b"<svg" in head.lower():
        return "This is an SVG, a drawing written as a program. Save it as PNG, then choose that."
    if b"<html" in head.lower() or b"<!doctype html" in head.lower():
        return f"This is a web page{named}. It was not taken."
    if _is_text(head):
        return f"This is a text file{named}. It was not taken."
    return "This is not a picture, a video or a sound of a known type. It was not taken."


def _is_text(head: bytes) -> bool:
    try:
        # A letter may be cut in two at the end of what was read.
        text = head.decode("utf-8", "strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign.isspace() for sign in text)


def not_opened(error: NotDecoded, kind: Kind) -> str:
    """Why a file that begins like a picture or a video is not taken."""
    if isinstance(error, TooManyPixels):
        return "It would unpack to more than 100 million pixels. It was refused before opening."
    if isinstance(error, GaveUp):
        return "Opening it takes too long or too much memory. It was not taken."
    return f"It begins like {ONE[kind.kind]}, but cannot be opened. It was not taken."
