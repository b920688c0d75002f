"""The gallery, and one result enlarged in the lightbox."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFound
from app.gallery import queries
from app.gallery.before import before_of
from app.media import queries as media_queries
from app.runs.form_pages import run_view
from app.runs.services import Services
from app.team.access import Member, Person, may_see
from app.web.htmx import is_fragment
from app.web.rendering import renderer
from app.web.searching import sought

router = APIRouter(include_in_schema=False)

_PAGE = 48
_FILM = 4
_KINDS = ("image", "video", "audio")


@router.get("/gallery")
async def show_gallery(
    request: Request,
    member: Member,
    before: str = "",
    show: str = "",
    q: Annotated[str, Query(max_length=300)] = "",
    deleted: int = 0,
) -> Response:
    """Everything made, newest first, or with `show=inputs` everything given.

    before: the id after which an older page begins; q: what an input's name holds; deleted: how
    many inputs have just been.
    """
    services: Services = request.app.state.services
    q = " ".join(q.split())
    asked = {"show": "inputs", "q": q} if q else {"show": "inputs"}
    shows_inputs, fragment = show == "inputs", is_fragment(request)
    async with services.database.read() as tx:
        page = await _page_of(tx, member, shows_inputs, q, before=before)
        # Of no use to a piece of a page, and the dearer the more there is.
        total = None if fragment else await media_queries.total(tx, member.id, "input")
    response = renderer(request).page(
        request,
        _template(shows_inputs, fragment, older=bool(before)),
        section="gallery",
        page=page,
        older=bool(before),
        models=services.shelf.listed.beginnings,
        shows_inputs=shows_inputs,
        inputs_total=total,
        q=q,
        asked=asked,
        deleted=deleted,
    )
    if fragment and shows_inputs and not before:
        path = renderer(request).path_for("show_gallery")
        response.headers["HX-Replace-Url"] = f"{path}?{urlencode(asked)}"
    return response


async def _page_of(
    tx: AsyncConnection, member: Person, shows_inputs: bool, q: str, **wanted: str
) -> queries.Page:
    before, kind = wanted.get("before") or None, wanted.get("kind", "")
    if not shows_inputs:
        return await queries.newest(tx, member.id, limit=_PAGE, before=before, kind=kind)
    return await queries.newest_inputs(
        tx, member.id, limit=_PAGE, before=before, kind=kind, words=sought(q)
    )


def _template(shows_inputs: bool, fragment: bool, *, older: bool) -> str:
    if not fragment:
        return "gallery/gallery.html"
    if not shows_inputs:
        return "gallery/_page.html"
    return "gallery/_inputs.html" if older else "gallery/_found_again.html"


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
    q: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """What can be taken from the gallery for an input: a page, or for a form's dialog a fragment.

    model, for: whose input it is; kind: what alone it takes; show, before, q: as in the gallery.
    """
    services: Services = request.app.state.services
    shows_inputs = show == "inputs"
    q = " ".join(q.split()) if shows_inputs else ""
    wanted = kind if kind in _KINDS else ""
    async with services.database.read() as tx:
        page = await _page_of(tx, member, shows_inputs, q, before=before, kind=wanted)
    asked = {"model": model, "for": name, "kind": kind} | ({"several": "true"} if several else {})
    template = "gallery/pick.html"
    if is_fragment(request):
        typed = request.headers.get("hx-target") == "picks"
        template = "gallery/_picks.html" if before or typed else "gallery/_pick.html"
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
        q=q,
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
