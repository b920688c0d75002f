"""The gallery, and one result enlarged in the lightbox."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.errors import NotFound
from app.gallery import queries
from app.gallery.before import before_of
from app.media import queries as media_queries
from app.runs.form_pages import run_view
from app.runs.services import Services
from app.team.access import Member, may_see
from app.web.htmx import is_fragment
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

_PAGE = 48
_FILM = 4
_KINDS = ("image", "video", "audio")


@router.get("/gallery")
async def show_gallery(
    request: Request, member: Member, before: str = "", show: str = ""
) -> Response:
    """Everything made, newest first, or with `show=inputs` everything given.

    before: the id after which an older page begins.
    """
    services: Services = request.app.state.services
    shows_inputs = show == "inputs"
    newest = queries.newest_inputs if shows_inputs else queries.newest
    async with services.database.read() as tx:
        page = await newest(tx, member.id, limit=_PAGE, before=before or None)
        total = await media_queries.total(tx, member.id, "input")
    template = "gallery/_page.html" if is_fragment(request) else "gallery/gallery.html"
    models = services.shelf.listed.beginnings
    return renderer(request).page(
        request,
        template,
        section="gallery",
        page=page,
        older=bool(before),
        models=models,
        shows_inputs=shows_inputs,
        inputs_total=total,
    )


@router.get("/gallery/pick")
async def pick_from_gallery(
    request: Request,
    member: Member,
    model: str,
    name: Annotated[str, Query(alias="for")] = "",
    kind: str = "",
    show: str = "",
    before: str = "",
    several: bool = False,
) -> Response:
    """What can be taken from the gallery for an input: a page, or for a form's dialog a fragment.

    model, for: whose input it is; kind: what alone it takes; show, before: as in the gallery.
    """
    services: Services = request.app.state.services
    shows_inputs = show == "inputs"
    newest = queries.newest_inputs if shows_inputs else queries.newest
    wanted = kind if kind in _KINDS else ""
    async with services.database.read() as tx:
        page = await newest(tx, member.id, limit=_PAGE, before=before or None, kind=wanted)
    asked = {"model": model, "for": name, "kind": kind} | ({"several": "true"} if several else {})
    template = "gallery/pick.html"
    if is_fragment(request):
        template = "gallery/_picks.html" if before else "gallery/_pick.html"
    return renderer(request).page(
        request,
        template,
        section="models",
        page=page,
        shows_inputs=shows_inputs,
        model=services.shelf.get(model),
        name=name,
        several=several,
        asked=asked,
    )


@router.get("/gallery/{media_id}")
async def show_picture(
    request: Request, media_id: str, member: Member, beside: str = ""
) -> Response:
    """One result, large, with all that it was made from; `beside=input` lays an edit's input over.

    Without JavaScript the two stand side by side.
    """
    services: Services = request.app.state.services
    media = await services.media.find(media_id)
    if not may_see(member, media.owner_id) or media.run_id is None:
        raise NotFound("There is no such picture here. It may have been deleted.")
    view = await run_view(services, await services.read(media.run_id))
    form = await services.shelf.form_of(view.run.schema_id)
    before = await before_of(services.media, view.run, form, media, member)
    async with services.database.read() as tx:
        newer, older = await queries.around(tx, member.id, media_id, each_side=_FILM)
    return renderer(request).page(
        request,
        "gallery/lightbox.html",
        section="gallery",
        item=media,
        v=view,
        newer=newer,
        older=older,
        before=before,
        compares=beside == "input" and before is not None and before.picture is not None,
    )
