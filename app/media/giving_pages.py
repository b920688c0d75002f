"""What people give: files, prepared one way or another, and addresses that are looked at."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, Response

from app.catalogue.shelf import Shelf
from app.errors import NotFound
from app.inputs.addresses import named_by
from app.inputs.field import Field
from app.media import queries
from app.media.links import Links
from app.media.previews import Previews
from app.media.receiving import MalformedForm, arriving, has_files
from app.media.room import MediaRoom, own_media
from app.media.taking import Taken, as_json, shown_name, take_one, taken_before
from app.media.uploads import Uploads, Wish
from app.team.access import Member, may_see
from app.web.error_pages import wants_json
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

_SORTS = ("image", "video", "audio")
_MOST_ROWS = 200
_UPLOAD = r"^([0-9a-z-]{8,64})?$"


@router.post("/uploads")
async def take_uploads(
    request: Request,
    member: Member,
    upload: Annotated[str, Query(pattern=_UPLOAD)] = "",
    at: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Files, each kept or refused by itself: `file` once or more.

    upload, at: the sender's own name for an upload of one file, and from which byte on it goes
    on with what had arrived before it broke off. 409 when that is not here.

    `name` is the control they are for and `model` whose, `kind` what alone it takes, `first` the
    number of the first row; `as` says `row`, a fragment of a form's rows, or `json`. 422 when
    none was kept.
    """
    uploads: Uploads = request.app.state.uploads
    if not has_files(request):
        raise MalformedForm
    most = uploads.most_file_bytes
    part = uploads.left_off.part(member.id, upload, at) if upload else None
    if part is not None:
        await asyncio.to_thread(uploads.left_off.sweep)
    async with (
        uploads.left_off.coming(part),
        arriving(request, uploads.folder, most_file_bytes=most, part=part) as pairs,
    ):
        texts = {name: value for name, value in pairs if isinstance(value, str)}
        kind = texts.get("kind", "")
        name = texts.get("name", "")
        field = _field(request, texts.get("model", ""), name)
        files = [value for _, value in pairs if not isinstance(value, str)]
        taken = [
            await take_one(
                uploads,
                file,
                owner_id=member.id,
                kind=kind if kind in _SORTS else "",
                rules=field.rules if field else (),
            )
            for file in files
        ]
        taken = [_with_trouble(request, one) for one in taken]
    status = 200 if any(one.media for one in taken) else 422
    if texts.get("as") == "json" or wants_json(request):
        path_for = renderer(request).path_for
        return JSONResponse({"files": [as_json(one, path_for) for one in taken]}, status)
    first = _whole(texts.get("first", "")) or 1
    return _rows(request, taken, name, first, status=status)


def _field(request: Request, model_id: str, name: str) -> Field | None:
    """The input that a file is for, where it is said."""
    shelf: Shelf = request.app.state.shelf
    model = shelf.find(model_id)
    return shelf.form(model).find(name) if model and name else None


def _with_trouble(request: Request, taken: Taken) -> Taken:
    """The same, with why the file cannot be handed over, if so."""
    links: Links = request.app.state.links
    said = links.trouble(taken.media) if taken.media else None
    return replace(taken, broken=(*taken.broken, said)) if said else taken


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _rows(
    request: Request, taken: list[Taken], name: str, first: int, *, status: int = 200
) -> Response:
    return renderer(request).page(
        request, "media/_uploads.html", status=status, taken=taken, name=name, first=first
    )


@router.get("/uploads/left-off")
async def show_left_off(
    request: Request, member: Member, upload: Annotated[str, Query(pattern=_UPLOAD)]
) -> Response:
    """How much had arrived of an upload that broke off, as `{"at": bytes}`."""
    uploads: Uploads = request.app.state.uploads
    part = uploads.left_off.part(member.id, upload)
    headers = {"cache-control": "no-store"}
    return JSONResponse({"at": await uploads.left_off.bytes_here(part)}, headers=headers)


@router.get("/uploads/rows")
async def show_rows(
    request: Request,
    member: Member,
    file: Annotated[list[str], Query(max_length=_MOST_ROWS)],
    name: str = "",
    model: str = "",
    first: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Kept files as rows of a control: `file=media:<id>` once or more, in this order."""
    room: MediaRoom = request.app.state.media
    ids = {one: media_id for one in file if (media_id := named_by(one))}
    async with room.database.read() as tx:
        found = await queries.by_ids(tx, ids.values())
    field = _field(request, model, name)
    rows = []
    for one in file:
        media = found.get(ids.get(one, ""))
        seen = media is not None and may_see(member, media.owner_id)
        row = taken_before(media if seen else None, field.rules if field else ())
        rows.append(_with_trouble(request, row))
    return _rows(request, rows, name, first)


@router.post("/media/{media_id}/prepared")
async def prepare_again(
    request: Request,
    media_id: str,
    member: Member,
    location: Annotated[str, Form(alias="_location")] = "",
    scale: Annotated[str, Form(alias="_scale")] = "",
    name: Annotated[str, Form(alias="_name")] = "",
    number: Annotated[int, Form(alias="_number", ge=1, le=10_000)] = 1,
) -> Response:
    """Prepare an input in another way: `_location=keep`, `_scale=down`; its row again."""
    uploads: Uploads = request.app.state.uploads
    media = await own_media(request.app.state.media, media_id, member)
    if media.origin != "input":
        raise NotFound("Only a file that you gave is prepared for sending.")
    wish = Wish(keep_location=location == "keep", scale=scale == "down")
    prepared = await uploads.prepare_again(media, wish)
    again = _with_trouble(request, Taken(shown_name(media), prepared))
    if wants_json(request):
        return JSONResponse({"files": [as_json(again, renderer(request).path_for)]})
    return _rows(request, [again], name, number)


@router.post("/previews")
async def show_preview(
    request: Request,
    member: Member,
    address: Annotated[str, Form(max_length=5_000)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """What lies at an address that somebody gave, as far as it can be seen from this server."""
    previews: Previews = request.app.state.previews
    preview = await previews.look(address.strip(), kind if kind in _SORTS else "")
    return renderer(request).page(request, "media/_preview.html", preview=preview)
