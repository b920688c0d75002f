"""Small pictures of what is kept, made after it can be seen large."""

from pathlib import Path
from typing import Literal

from app.media.darkroom import Darkroom
from app.media.decoding import NotDecoded
from app.media.queries import Media, Thumbnail
from app.media.sniff import SHOWN_IN_PLACE, Kind
from app.media.store import Store


async def make_thumbnail(
    store: Store, darkroom: Darkroom, media: Media, *, path: Path | None = None
) -> Thumbnail | None:
    """Make and store the small picture of a kept file; None when it can have none.

    path: the bytes that are sent of it, on this machine, when they are still at hand. Making it
    again gives the same picture under the same name. Raises MissingFile, StorageFull,
    StorageUnavailable.
    """
    if media.kind not in ("image", "video") or media.sent.media_type not in SHOWN_IN_PLACE:
        return None
    if path is not None:
        return await _make(store, darkroom, media, path)
    async with store.local_file(media.sent.key) as local:
        return await _make(store, darkroom, media, local)


async def _make(store: Store, darkroom: Darkroom, media: Media, path: Path) -> Thumbnail | None:
    sort: Literal["image", "video"] = "image" if media.kind == "image" else "video"
    kind = Kind(sort, media.sent.media_type, media.extension)
    try:
        small = await darkroom.thumbnail(path, kind)
    except NotDecoded:
        return None
    key = f"thumbnails/{media.sha256[:2]}/{media.sha256}.webp"
    await store.put_bytes(key, small.content)
    return Thumbnail(key, small.width, small.height)
