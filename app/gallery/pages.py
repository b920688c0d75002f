"""The gallery, and one result enlarged in the lightbox."""

from fastapi import APIRouter, Request, Response

from app.errors import NotFound
from app.gallery import queries
from app.runs.form_pages import run_view
from app.runs.services import Services
from app.team.access import Member, may_see
from app.web.htmx import is_fragment
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

_PAGE = 48
_FILM = 4


@router.get("/gallery")
async def show_gallery(request: Request, member: Member, before: str = "") -> Response:
    """Everything made, newest first; `before` is the id after which an older page begins."""
    services: Services = request.app.state.services
    async with services.database.read() as tx:
        page = await queries.newest(tx, member.id, limit=_PAGE, before=before or None)
    template = "gallery/_page.html" if is_fragment(request) else "gallery/gallery.html"
    models = services.shelf.listed.beginnings
    return renderer(request).page(
        request, template, section="gallery", page=page, older=bool(before), models=models
    )


@router.get("/gallery/{media_id}")
async def show_picture(request: Request, media_id: str, member: Member) -> Response:
    """One result, large, with all that it was made from."""
    services: Services = request.app.state.services
    media = await services.media.find(media_id)
    if not may_see(member, media.owner_id) or media.run_id is None:
        raise NotFound("There is no such picture here. It may have been deleted.")
    view = await run_view(services, await services.read(media.run_id))
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
    )
