"""A finished run that still owes something: not kept yet, or with files missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.columns import utc_now
from app.media.queries import Media
from app.runcomfy.answers import files_in
from app.runs.keeping import deleted_there_at
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.unkept import time_left

_NOUNS = ("image", "video", "audio")
_NOUN_OF = {"picture": "image", "sound": "audio"}


@dataclass(frozen=True)
class NotKept:
    """Why a result is not kept here yet, when it is tried again, and until when RunComfy has it.

    address: where it lies there, if that may be opened.
    """

    words: str
    next_try_at: datetime | None
    deleted_at: datetime
    now: datetime
    address: str | None

    @property
    def left(self) -> list[tuple[int, str]]:
        """Time until RunComfy deletes it, in the two largest units."""
        return time_left((self.deleted_at - self.now).total_seconds())

    @property
    def tries_later(self) -> bool:
        """Whether the next try is still to come."""
        return self.next_try_at is not None and self.next_try_at > self.now


@dataclass(frozen=True)
class Gap:
    """A file that could not be had; it keeps its place and its shape."""

    position: int
    name: str
    reason: str
    asked: str
    passing: bool
    address: str | None
    ratio: float


def not_kept(services: Services, run: Run) -> NotKept | None:
    """What the page of a run says that waits for room; None for every other run.

    The memory of this process knows the next try; of another one's run the row tells.
    """
    if run.ended or run.phase is None:
        return None
    keeping = services.keeping
    words, next_try_at = run.held_up, run.next_try_at
    if keeping.words is not None and keeping.waits(run.id):
        words, next_try_at = keeping.words, keeping.next_try_at
    if not words:
        return None
    files = [file.url for file in files_in(run.output, limit=1)]
    address = next((url for url in files if services.downloader.may_fetch(url)), None)
    return NotKept(words, next_try_at, deleted_there_at(run), utc_now(), address)


def gaps(services: Services, run: Run, media: list[Media]) -> list[Gap]:
    """The files of a run that are missing, as its page names them."""
    if run.width and run.height:
        ratio = run.width / run.height
    else:
        shapes = [item.width / item.height for item in media if item.width and item.height]
        ratio = shapes[0] if shapes else 4 / 3
    return [
        Gap(
            position=item["position"],
            name=f"{_noun(item['key'], media)} {item['position'] + 1}",
            reason=item["reason"],
            asked=_asked(item),
            passing=item["passing"],
            address=item["url"] if services.downloader.may_fetch(item["url"]) else None,
            ratio=ratio,
        )
        for item in run.missing or []
    ]


def _noun(key: str, media: list[Media]) -> str:
    """What a file would have been, by the name it has in the output, else by its sisters."""
    last = next((part for part in reversed(key.lower().split(".")) if not part.isdigit()), "")
    for word in (*_NOUNS, *_NOUN_OF):
        if word in last:
            return _NOUN_OF.get(word, word).capitalize()
    kinds = {item.kind for item in media}
    kind = kinds.pop() if len(kinds) == 1 else "file"
    return kind.capitalize() if kind in _NOUNS else "File"


def _asked(item: dict[str, Any]) -> str:
    """How often it was asked for: once, 4 times in one minute."""
    times = item.get("times", 0)
    if times < 2:
        return "Asked once."
    first, last = (datetime.fromisoformat(item[name]) for name in ("first_at", "last_at"))
    return f"Asked {times} times in {_span((last - first).total_seconds())}."


def _span(seconds: float) -> str:
    if seconds < 45:
        return f"{max(round(seconds), 1)} s"
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = round(seconds / length)
        if count or unit == "minute":
            count = max(count, 1)
            return f"one {unit}" if count == 1 else f"{count} {unit}s"
    return ""
