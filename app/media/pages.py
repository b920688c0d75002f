"""Kept files as browsers fetch them, their small pictures, and what a signed link stands for."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from app.errors import NotFound
from app.media.links import Links
from app.media.ranges import RangeNotThere, is_unchanged, wanted_range
from app.media.room import MediaRoom, own_media
from app.media.sniff import OPAQUE, SHOWN_IN_PLACE
from app.media.store import Store
from app.team.access import Member

router = APIRouter(include_in_schema=False)

_HEADERS = {
    "accept-ranges": "bytes",
    # What an id stands for never changes; `private`, for it is shown to its owner alone.
    "cache-control": "private, max-age=31536000, immutable",
    # Even if a browser were led to take it for a page, it could run and load nothing.
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
# In a tab of its own a video is played by a page that the browser makes up around it. That page
# has to load the video and its own style; scripts are refused to it all the same.
_ALONE_IN_A_TAB = (
    "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self';"
    " style-src 'unsafe-inline'"
)
_LONGEST_NAME = 80


@router.api_route("/media/{media_id}/thumbnail", methods=["GET", "HEAD"])
async def show_thumbnail(request: Request, media_id: str, member: Member) -> Response:
    """A kept picture's or video's small picture, made now if need be."""
    room: MediaRoom = request.app.state.media
    media = await own_media(room, media_id, member)
    etag = f'"{media.sha256}-small"'
    if is_unchanged(request.headers, etag):
        return Response(status_code=304, headers={**_HEADERS, "etag": etag})
    thumbnail = await room.thumbnail(media_id)
    if thumbnail is None:
        raise NotFound("There is no small picture of this file.")
    size = await room.store.size(thumbnail.key)
    headers = {**_HEADERS, "etag": etag, "content-type": "image/webp"}
    return await _part(request, room.store, thumbnail.key, size, headers)


@router.api_route("/media/{media_id}/sent", methods=["GET", "HEAD"])
async def show_sent(request: Request, media_id: str, member: Member) -> Response:
    """What RunComfy is given of a kept file: upright, and of a type that browsers show."""
    room: MediaRoom = request.app.state.media
    sent = (await own_media(room, media_id, member)).sent
    # It may be prepared in another way tomorrow.
    headers = {**_HEADERS, "etag": f'"{sent.sha256}"', "cache-control": "private, no-cache"}
    if is_unchanged(request.headers, headers["etag"]):
        return Response(status_code=304, headers=headers)
    shown = sent.media_type in SHOWN_IN_PLACE
    headers["content-type"] = sent.media_type if shown else OPAQUE
    return await _part(request, room.store, sent.key, sent.size_bytes, headers)


@router.api_route("/media/{media_id}/{name}", methods=["GET", "HEAD"])
async def show_media_file(request: Request, media_id: str, name: str, member: Member) -> Response:
    """A kept file, byte for byte; `name` is only what the browser may save it as."""
    room: MediaRoom = request.app.state.media
    media = await own_media(room, media_id, member)
    shown = media.media_type in SHOWN_IN_PLACE
    headers = {**_HEADERS, "etag": f'"{media.sha256}"', "content-type": OPAQUE}
    if shown:
        headers["content-type"] = media.media_type
        headers["content-security-policy"] = _ALONE_IN_A_TAB
    if not shown or "download" in request.query_params:
        headers["content-disposition"] = _attachment(name, media.extension)
    if is_unchanged(request.headers, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return await _part(request, room.store, media.storage_key, media.size_bytes, headers)


@router.api_route("/files/{token}/{name}", methods=["GET", "HEAD"])
async def hand_over_file(request: Request, token: str, name: str) -> Response:
    """The one file that a signed link stands for, to whoever has the link: RunComfy."""
    room: MediaRoom = request.app.state.media
    links: Links = request.app.state.links
    held = links.open(token)
    if held is None:
        raise NotFound("This link leads nowhere, or not any more.")
    headers = {
        **_HEADERS,
        "cache-control": "private, no-store",
        "cross-origin-resource-policy": "cross-origin",
        "content-type": held.media_type,
        "etag": f'"{held.key}"',
    }
    return await _part(request, room.store, held.key, await room.store.size(held.key), headers)


def _attachment(name: str, extension: str) -> str:
    """A header that makes the browser save the file; its ending is ours, whatever the name says."""
    stem = name.rsplit(".", 1)[0]
    plain = "".join(sign for sign in stem if sign.isalnum() or sign in " -_.").strip(" .")
    saved = f"{plain[:_LONGEST_NAME] or 'file'}.{extension}"
    in_ascii = saved.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{in_ascii}\"; filename*=UTF-8''{quote(saved)}"


async def _part(
    request: Request, store: Store, key: str, size: int, headers: dict[str, str]
) -> Response:
    """The wanted part of a file, or the whole."""
    try:
        wanted = wanted_range(request.headers, headers["etag"], size)
    except RangeNotThere:
        refused = {"content-range": f"bytes */{size}", "cache-control": "no-store"}
        return Response(status_code=416, headers={**_HEADERS, **refused})
    start, end = wanted or (0, size)
    status = 206 if wanted else 200
    if wanted:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    headers["content-length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    # The first piece is read before anything is sent: a missing file is still an error page.
    first_end = min(start + store.piece_bytes, end)
    first = await store.read_range(key, start, first_end)
    if first_end == end:
        return Response(first, status, headers)
    return StreamingResponse(_pieces(store, key, first, first_end, end), status, headers)


async def _pieces(
    store: Store, key: str, first: bytes, start: int, end: int
) -> AsyncIterator[bytes]:
    yield first
    async for piece in store.stream(key, start, end):
        yield piece
