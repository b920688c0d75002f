"""What a person asks for when something is not kept, or RunComfy is silent: to try it now."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from app.runs.durable import Engine
from app.runs.form_pages import run_view
from app.runs.later import ask_for_missing_now, collect_now
from app.runs.news import own_run
from app.runs.queries import Run
from app.runs.services import Services
from app.team.access import Member
from app.web.htmx import is_fragment, see_other
from app.web.rendering import renderer

_PATIENCE_SECONDS = 4.0

router = APIRouter(include_in_schema=False)


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


@router.post("/runs/{run_id}/collect-now")
async def collect_run_now(request: Request, run_id: str, member: Member) -> Response:
    """Try to keep a result now, before all others."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    return await _show(request, services, await collect_now(services, run))


@router.post("/runs/{run_id}/ask-again")
async def ask_again(request: Request, run_id: str, member: Member) -> Response:
    """Ask at once for the files of a run that are missing."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    return await _show(request, services, await ask_for_missing_now(services, run))


@router.post("/runcomfy/ask-now")
async def ask_runcomfy_now(request: Request, _member: Member) -> Response:
    """Ask RunComfy at once whether it answers, and show the page again."""
    engine: Engine = request.app.state.engine
    if _services(request).runcomfy.health.failing:
        await engine.poller.silence.ask_now(patience_seconds=_PATIENCE_SECONDS)
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    # Only the path: the header is the visitor's, and leads nowhere else.
    came_from = urlsplit(request.headers.get("referer", ""))
    path = came_from.path if came_from.path.startswith("/") else renderer(request).path_for("start")
    return see_other("/" + path.lstrip("/") + (f"?{came_from.query}" if came_from.query else ""))


@router.get("/strips/down")
async def show_down_strip(request: Request, _member: Member) -> Response:
    """The strip that says RunComfy is silent, as it reads now; empty when it answers."""
    return renderer(request).page(request, "_down.html")


@router.get("/strips/unkept")
async def show_unkept_strip(request: Request, _member: Member) -> Response:
    """The alarm about what is not kept, as it reads now; empty when there is none."""
    return renderer(request).page(request, "_unkept.html")


async def _show(request: Request, services: Services, run: Run) -> Response:
    page = renderer(request)
    if not is_fragment(request):
        return see_other(page.path_for("show_run", run_id=run.id))
    return page.page(request, "runs/_ended.html", v=await run_view(services, run))
