"""What decoding a file gives, and why it may not be decoded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measures:
    """How large a file is shown, in pixels, and how long it lasts; None where it has no such."""

    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None


LOCATION_REMOVED = "Location data was removed."
LOCATION_KEPT = "Location data is sent along."
SCALED_DOWN = "Scaled down to"


@dataclass(frozen=True)
class Prepared:
    """The copy of a file that is sent: its type, its size in pixels, what was changed.

    changes: in sentences. Width and height are None for a mere sound.
    """

    media_type: str
    extension: str
    width: int | None
    height: int | None
    changes: list[str]


class NotDecoded(Exception):
    """A file that gives no picture and no sound here; `word` crosses from process to process."""

    word = "not decoded"


class Unreadable(NotDecoded):
    """The bytes are not what they seem to be."""

    word = "unreadable"


class CutOff(NotDecoded):
    """There is less in the file than it announces."""

    word = "cut off"


class TooManyPixels(NotDecoded):
    """More pixels are declared than are decoded here."""

    word = "too many pixels"


class GaveUp(NotDecoded):
    """It took too long, or more memory than there is for it."""

    word = "gave up"


REASONS = {reason.word: reason for reason in (Unreadable, CutOff, TooManyPixels, GaveUp)}
