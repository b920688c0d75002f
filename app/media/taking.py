"""What became of each file that somebody gave: kept, or the reason why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.inputs.rules import Measures, Rule, broken_rules
from app.media.decoding import LOCATION_KEPT, LOCATION_REMOVED, SCALED_DOWN
from app.media.keep import DamagedFile
from app.media.queries import Media
from app.media.receiving import Arrived
from app.media.refusing import FileRefused
from app.media.uploads import Uploads, may_be_scaled


@dataclass(frozen=True)
class Taken:
    """A file by its owner's name for it: the media it became, or a sentence.

    broken: the rules of the input it is for that a kept file does not keep, in words.
    """

    name: str
    media: Media | None
    error: str = ""
    size_bytes: int = 0
    broken: tuple[str, ...] = ()

    @property
    def ways(self) -> list[tuple[str, dict[str, str]]]:
        """How else it may be prepared: the words of a button, and what that button posts."""
        if self.media is None:
            return []
        changes = self.media.changes
        scaled = {"_scale": "down"} if any(one.startswith(SCALED_DOWN) for one in changes) else {}
        located = {"_location": "keep"} if LOCATION_KEPT in changes else {}
        ways: list[tuple[str, dict[str, str]]] = []
        if LOCATION_REMOVED in changes:
            ways.append(("Keep the location", scaled | {"_location": "keep"}))
        elif located:
            ways.append(("Remove the location again", scaled))
        if scaled:
            ways.append(("Send it in full size", located))
        elif may_be_scaled(self.media):
            ways.append(("Scale it down", located | {"_scale": "down"}))
        return ways


async def take_one(
    uploads: Uploads,
    file: Arrived,
    *,
    owner_id: str,
    kind: str = "",
    rules: Iterable[Rule] = (),
) -> Taken:
    """Keep a file, or say why not; one bad file never costs its neighbours.

    rules: of the input it is for. Raises StorageFull, StorageUnavailable.
    """
    try:
        media = await uploads.take(file, owner_id=owner_id, kind=kind)
    except (FileRefused, DamagedFile) as error:
        return Taken(file.name, None, str(error), file.size_bytes)
    broken = rules_broken(rules, media)
    return Taken(file.name, media, size_bytes=file.size_bytes, broken=tuple(broken))


def taken_before(media: Media | None, rules: Iterable[Rule] = ()) -> Taken:
    """A file that is kept already, given once more; None for one that is not any more."""
    if media is None:
        return Taken("A file", None, "This file is not kept here any more. Choose it again.")
    return Taken(shown_name(media), media, broken=tuple(rules_broken(rules, media)))


def shown_name(media: Media) -> str:
    """What its owner calls a kept file; a result has no name of its own."""
    return media.name or "From the gallery"


def rules_broken(rules: Iterable[Rule], media: Media) -> list[str]:
    """The words of each of an input's rules that what is sent of a file breaks."""
    sent = media.sent
    return broken_rules(rules, Measures(sent.size_bytes, sent.width, sent.height))


def as_json(taken: Taken, path_for: Callable[..., str]) -> dict[str, Any]:
    """The same for a program."""
    media = taken.media
    if media is None:
        return {"name": taken.name, "kept": False, "error": taken.error}
    return {
        "name": taken.name,
        "kept": True,
        "id": media.id,
        "reference": media.reference,
        "kind": media.kind,
        "media_type": media.sent.media_type,
        "width": media.sent.width,
        "height": media.sent.height,
        "duration_seconds": media.duration_seconds,
        "size_bytes": media.sent.size_bytes,
        "sha256": media.sha256,
        "changes": media.changes,
        "broken": list(taken.broken),
        "thumbnail": path_for("show_thumbnail", media_id=media.id),
    }
