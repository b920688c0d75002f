"""What becomes of kept inputs: why one stays, or that it goes; and all that nothing uses."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.db.columns import first_id_at, utc_now
from app.errors import Conflict, NotFound
from app.media import use_queries
from app.media.queries import Media
from app.media.removing import remove, remove_unused
from app.media.room import own_media
from app.runs.services import Services
from app.team.access import Member, Person
from app.web.htmx import see_other
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

# What was given since may stand in a form that is not sent yet.
_LEFT_ALONE = timedelta(hours=1)
_RUNS_SHOWN = 20


@router.get("/gallery/inputs/{media_id}")
async def show_input(request: Request, media_id: str, member: Member) -> Response:
    """One kept input: the runs that it was given to, or the question whether to delete it."""
    services: Services = request.app.state.services
    item = await _own_input(services, media_id, member)
    async with services.database.read() as tx:
        uses = (await use_queries.count_uses(tx, [media_id])).get(media_id, 0)
        users = await use_queries.runs_using(tx, media_id, limit=_RUNS_SHOWN)
    known = {model_id: services.shelf.find(model_id) for _, model_id, _ in users}
    return renderer(request).page(
        request,
        "gallery/input.html",
        section="gallery",
        item=item,
        uses=uses,
        users=users,
        models={key: model.display_name if model else key for key, model in known.items()},
    )


@router.post("/gallery/inputs/{media_id}/delete")
async def delete_input(request: Request, media_id: str, member: Member) -> Response:
    """Delete a kept input that no run was given."""
    services: Services = request.app.state.services
    await _own_input(services, media_id, member)
    if not await remove(services.media, member.id, [media_id]):
        services.media.forget(media_id)
        # Either it is gone already, or it was used meanwhile.
        await _own_input(services, media_id, member)
        raise Conflict("A run was given this file, so it stays.")
    return see_other(_inputs(request, 1))


@router.get("/gallery/unused")
async def show_unused(request: Request, member: Member, deleted: int = 0) -> Response:
    """How much there is that no run was given, and the question whether to delete it."""
    services: Services = request.app.state.services
    before = _latest()
    async with services.database.read() as tx:
        total = await use_queries.unused_total(tx, member.id, before=before)
    return renderer(request).page(
        request,
        "gallery/unused.html",
        section="gallery",
        total=total,
        before=before,
        deleted=deleted,
    )


@router.post("/gallery/unused")
async def delete_unused(
    request: Request, member: Member, before: Annotated[str, Form(pattern=r"^[0-9A-Z]{26}$")]
) -> Response:
    """Delete what no run was given, of what `show_unused` counted; as much as one visit allows."""
    services: Services = request.app.state.services
    removed = await remove_unused(services.media, member.id, before=min(before, _latest()))
    if removed.more:
        path = renderer(request).path_for("show_unused")
        return see_other(f"{path}?deleted={removed.count}")
    return see_other(_inputs(request, removed.count))


async def _own_input(services: Services, media_id: str, member: Person) -> Media:
    media = await own_media(services.media, media_id, member)
    if media.origin != "input":
        raise NotFound("Only files that you gave are deleted here.")
    return media


def _latest() -> str:
    return first_id_at(utc_now() - _LEFT_ALONE)


def _inputs(request: Request, deleted: int) -> str:
    path = renderer(request).path_for("show_gallery")
    return f"{path}?show=inputs&deleted={deleted}"
