"""What a kept file can be used for: a model's input, or the sheet that a mask is drawn over."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.catalogue import queries as catalogue_queries
from app.catalogue.shelf import Shelf
from app.media import queries
from app.media.masks import Sheet, sheet_for
from app.media.receiving import MalformedForm, arriving, has_files
from app.media.room import MediaRoom, own_media
from app.media.takers import takers_of
from app.media.taking import Taken, take_one
from app.media.uploads import Uploads
from app.team.access import Member, Person
from app.web.htmx import is_fragment, see_other
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

_TAKERS_IN_MENU = 12
_RUNS_LOOKED_AT = 200


@router.get("/media/{media_id}/use")
async def show_takers(request: Request, media_id: str, member: Member) -> Response:
    """The models that a kept file can be given to, those pinned and used last first."""
    room: MediaRoom = request.app.state.media
    shelf: Shelf = request.app.state.shelf
    media = await own_media(room, media_id, member)
    async with room.database.read() as tx:
        pinned = await catalogue_queries.pinned(tx, member.id)
        used = await queries.models_used(tx, member.id, runs_looked_at=_RUNS_LOOKED_AT)
    takers = takers_of(media, shelf.listed.offered, [*pinned, *used])
    fragment = is_fragment(request)
    return renderer(request).page(
        request,
        "media/_takers.html" if fragment else "media/takers.html",
        section="models",
        media=media,
        takers=takers[:_TAKERS_IN_MENU] if fragment else takers,
        more=len(takers) if fragment and len(takers) > _TAKERS_IN_MENU else 0,
    )


@router.get("/media/{media_id}/mask")
async def show_mask_editor(
    request: Request,
    media_id: str,
    member: Member,
    model_id: Annotated[str, Query(alias="for")] = "",
    name: Annotated[str, Query(alias="input")] = "",
    start: str = "",
) -> Response:
    """Draw a mask over a kept picture: a page, or for a form's dialog a fragment.

    `for` is the model and `input` its input that the mask is for; `start` names an earlier mask
    to go on with.
    """
    sheet = await _sheet(request, media_id, member, model_id, name)
    begun = await own_media(request.app.state.media, start, member) if start else None
    template = "media/_mask.html" if is_fragment(request) else "media/mask.html"
    return renderer(request).page(request, template, section="models", sheet=sheet, begun=begun)


@router.post("/media/{media_id}/mask")
async def take_mask(
    request: Request,
    media_id: str,
    member: Member,
    model_id: Annotated[str, Query(alias="for")] = "",
    name: Annotated[str, Query(alias="input")] = "",
) -> Response:
    """A mask made elsewhere, given without JavaScript; then the model's form with both in it."""
    sheet = await _sheet(request, media_id, member, model_id, name)
    uploads: Uploads = request.app.state.uploads
    if not has_files(request):
        raise MalformedForm
    async with arriving(request, uploads.folder, most_file_bytes=uploads.most_file_bytes) as pairs:
        files = [value for _, value in pairs if not isinstance(value, str)]
        taken = Taken("", None, "No file was chosen.")
        if files:
            taken = await take_one(uploads, files[0], owner_id=member.id, kind="image")
    problem = sheet.problem_with(taken)
    page = renderer(request)
    if taken.media is None or problem:
        return page.page(
            request,
            "media/mask.html",
            status=422,
            section="models",
            sheet=sheet,
            begun=None,
            problem=problem,
        )
    form_path = page.path_for("show_model", model_id=model_id)
    return see_other(f"{form_path}?{sheet.filled_with(taken.media)}")


async def _sheet(
    request: Request, media_id: str, member: Person, model_id: str, name: str
) -> Sheet:
    """What a mask is drawn on. Raises NotFound."""
    media = await own_media(request.app.state.media, media_id, member)
    shelf: Shelf = request.app.state.shelf
    model = shelf.get(model_id)
    return sheet_for(media, model, shelf.form(model), name)
