"""Sending paused and gone on with, by whoever may use the playground."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from app.db.columns import utc_now
from app.runs import sending_queries as queries
from app.runs.pauses import person_s_pause
from app.runs.services import Services
from app.team.access import Member
from app.web.htmx import is_fragment, see_other
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)


@router.post("/operations/pause")
async def pause_sending(request: Request, _member: Member) -> Response:
    """Send nothing more until somebody says so; what RunComfy has goes on."""
    services: Services = request.app.state.services
    async with services.database.begin() as tx:
        await queries.lock(tx)
        await queries.put_pause(tx, person_s_pause(utc_now()))
    return _back(request, services)


@router.post("/operations/resume")
async def resume_sending(request: Request, _member: Member) -> Response:
    """Go on sending, whatever made it pause: one run first, the rest when that gets through."""
    services: Services = request.app.state.services
    async with services.database.begin() as tx:
        await queries.lock(tx)
        await queries.end_pause(tx, utc_now())
    services.turn.set()
    return _back(request, services)


def _back(request: Request, services: Services) -> Response:
    """To the page on which it was pressed, which asks at once how its run stands."""
    services.line_facts = None
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Trigger": "ask"})
    came_from = urlsplit(request.headers.get("referer", ""))
    inside = came_from.netloc == request.url.netloc and came_from.path.startswith("/")
    if inside and not came_from.path.startswith("//"):
        return see_other(came_from.path)
    return see_other(f"{renderer(request).path_for('list_runs')}?state=saved")
