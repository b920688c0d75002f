"""Every kept file looked at, beside a server that may be running."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal

from app.chores import queries
from app.chores.mending import Mending, NotMended
from app.chores.place import Place, opened
from app.chores.telling import Telling
from app.db.columns import utc_now
from app.media import queries as media_queries
from app.media.holding import hold_off_files
from app.media.queries import Media
from app.media.store import FOLDERS, MissingFile, Store
from app.settings import Settings
from app.web.words import seconds, size

_AT_ONCE = 200
_ASKED_AT_ONCE = 1000
# What is younger may be on its way: its row is written after it.
_LEFT_BEHIND = timedelta(hours=1)
# The storage's own trial leaves its file behind when the server is killed in it.
_FOLDERS = (*FOLDERS, "check")

Condition = Literal["whole", "missing", "damaged"]


@dataclass
class Found:
    """What is the matter, counted. Of what was mended, `missing` and `damaged` count nothing."""

    files: int = 0
    bytes: int = 0
    missing: int = 0
    damaged: int = 0
    mended: int = 0
    unreferenced: int = 0
    unreferenced_bytes: int = 0
    deleted: int = 0


async def verify(settings: Settings, telling: Telling, *, delete: bool) -> bool:
    """Compare every file with its hash, and mend what can be mended; True when all is whole.

    delete: also remove the files that nothing refers to, which are counted in any case.
    """
    found = Found()
    async with opened(settings) as place:
        async with place.database.read() as tx:
            telling.expect(*await queries.kept_bytes(tx))
        mending = Mending(settings, place)
        try:
            await _look_at_media(place, mending, found, telling)
        finally:
            await mending.aclose()
        for folder in _FOLDERS:
            await _look_for_strays(place, folder, found, telling, delete=delete)
        told = asdict(found) | {"seconds": telling.seconds}
        async with place.database.begin() as tx:
            await queries.note_chore(tx, "verify", told)
    _sum_up(found, telling)
    return not (found.missing or found.damaged)


async def _look_at_media(place: Place, mending: Mending, found: Found, telling: Telling) -> None:
    last = ""
    while True:
        async with place.database.read() as tx:
            some = await media_queries.after(tx, last, limit=_AT_ONCE)
        if not some:
            return
        for media in some:
            await _look_at(place, mending, media, found, telling)
        last = some[-1].id


async def _look_at(
    place: Place, mending: Mending, media: Media, found: Found, telling: Telling
) -> None:
    """Look at a file, what is sent of it, and its small picture, in this order."""
    store = place.store
    condition = await _condition(store, media.storage_key, media.size_bytes, media.sha256)
    parts = [(condition, "", mending.fetch_again)]
    if media.copy is not None:
        copy = media.copy
        condition = await _condition(store, copy.key, copy.size_bytes, copy.sha256)
        parts.append((condition, "what is sent of ", mending.prepare_again))
    if media.thumbnail is not None:
        condition = await _condition_of_thumbnail(store, media.thumbnail.key)
        parts.append((condition, "the small picture of ", mending.make_thumbnail))
    for condition, part, mend in parts:
        found.files += 1
        if condition == "whole" or not await _is_still_kept(place, media):
            continue
        what = f"{part}{_named(media)}"
        try:
            await mend(media)
        except NotMended as error:
            found.missing += condition == "missing"
            found.damaged += condition == "damaged"
            telling.say(f"NOT whole: {what} is {condition}. {error}")
        else:
            found.mended += 1
            telling.say(f"Mended: {what} was {condition}.")
    size_bytes = media.size_bytes + (media.copy.size_bytes if media.copy else 0)
    found.bytes += size_bytes
    telling.done(1, size_bytes)


async def _condition(store: Store, key: str, size_bytes: int, sha256: str) -> Condition:
    digest = hashlib.sha256()
    try:
        if await store.size(key) != size_bytes:
            return "damaged"
        async for piece in store.stream(key, 0, size_bytes):
            digest.update(piece)
    except MissingFile:
        return "missing"
    return "whole" if digest.hexdigest() == sha256 else "damaged"


async def _condition_of_thumbnail(store: Store, key: str) -> Condition:
    """By the length that a WebP tells of itself: its hash is written down nowhere."""
    try:
        size_bytes = await store.size(key)
        head = await store.read_range(key, 0, min(size_bytes, 12))
    except MissingFile:
        return "missing"
    told = int.from_bytes(head[4:8], "little") + 8
    is_webp = head[:4] == b"RIFF" and head[8:] == b"WEBP"
    return "whole" if is_webp and told == size_bytes else "damaged"


async def _is_still_kept(place: Place, media: Media) -> bool:
    """Whether its owner has not deleted it while it was looked at."""
    async with place.database.read() as tx:
        return await media_queries.by_id(tx, media.id) is not None


def _named(media: Media) -> str:
    if media.run_id is None:
        return f"the input “{media.name or media.id}” ({media.storage_key})"
    return f"file {media.position + 1} of run {media.run_id} ({media.storage_key})"


async def _look_for_strays(
    place: Place, folder: str, found: Found, telling: Telling, *, delete: bool
) -> None:
    """Count, and if that is wanted remove, the files that nothing refers to."""
    waiting: dict[str, int] = {}
    old = utc_now() - _LEFT_BEHIND
    async for file in place.store.files(folder):
        if file.modified < old:
            waiting[file.key] = file.size_bytes
        if len(waiting) == _ASKED_AT_ONCE:
            await _sort_out(place, waiting, found, telling, delete=delete)
            waiting.clear()
    await _sort_out(place, waiting, found, telling, delete=delete)


async def _sort_out(
    place: Place, files: dict[str, int], found: Found, telling: Telling, *, delete: bool
) -> None:
    async with place.database.read() as tx:
        named = await queries.named_among(tx, list(files))
    for key in sorted(files.keys() - named):
        if delete and not await _delete(place, key):
            continue
        found.deleted += delete
        found.unreferenced += 1
        found.unreferenced_bytes += files[key]
        telling.say(f"{'Deleted' if delete else 'Unreferenced'}: {key}, {size(files[key])}.")


async def _delete(place: Place, key: str) -> bool:
    """Delete a file, unless the same bytes have been given again since it was looked at."""
    async with place.database.begin() as tx:
        await hold_off_files(tx)
        if await queries.named_among(tx, [key]):
            return False
        try:
            if utc_now() - await place.store.modified(key) < _LEFT_BEHIND:
                return False
        except MissingFile:
            return False
        await place.store.delete(key)
    return True


def _sum_up(found: Found, telling: Telling) -> None:
    telling.say(
        f"{found.files:,} files, {size(found.bytes)}, looked at in {seconds(telling.seconds)}:"
        f" {found.missing:,} missing, {found.damaged:,} damaged, {found.mended:,} mended."
    )
    if found.deleted:
        telling.say(
            f"{found.deleted:,} files that nothing refers to were deleted:"
            f" {size(found.unreferenced_bytes)} are free."
        )
    elif found.unreferenced:
        telling.say(
            f"{found.unreferenced:,} files, {size(found.unreferenced_bytes)}, are referred to by"
            " nothing and older than an hour. `playground verify --mend` deletes them."
        )
