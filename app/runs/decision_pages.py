"""What a person decides about a run: cancel, look again, attach, write off, send again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.runs import decisions
from app.runs.durable import Engine
from app.runs.form_pages import run_view
from app.runs.news import own_run
from app.runs.queries import Run
from app.runs.services import Services
from app.team.access import Member
from app.web.htmx import is_fragment, see_other
from app.web.rendering import Renderer, renderer

router = APIRouter(include_in_schema=False)


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def _engine(request: Request) -> Engine:
    found: Engine = request.app.state.engine
    return found


@router.post("/runs/{run_id}/cancel")
async def cancel_run(request: Request, run_id: str, member: Member) -> Response:
    """Cancel while it is saved or queued."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    return await _show(request, services, await decisions.cancel(services, _engine(request), run))


@router.post("/runs/{run_id}/look-again")
async def look_again(request: Request, run_id: str, member: Member) -> Response:
    """Ask RunComfy once more."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    return await _show(
        request, services, await decisions.look_again(services, _engine(request), run)
    )


@router.post("/runs/{run_id}/attach")
async def attach_run(
    request: Request, run_id: str, member: Member, request_id: Annotated[str, Form()] = ""
) -> Response:
    """Go on with a request that a person found at RunComfy."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    attached = await decisions.attach(services, _engine(request), run, request_id.strip())
    return await _show(request, services, attached)


@router.post("/runs/{run_id}/write-off")
async def write_run_off(request: Request, run_id: str, member: Member) -> Response:
    """Give an unknown run up."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    return await _show(request, services, await decisions.write_off(services, run))


@router.post("/runs/{run_id}/send-again")
async def send_run_again(request: Request, run_id: str, member: Member) -> Response:
    """Make a new run with the same inputs; the old one is written off."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    again = await decisions.send_again(services, run)
    response = await _show(request, services, again)
    if is_fragment(request):
        path = renderer(request).path_for("show_run", run_id=again.id)
        response.headers["HX-Push-Url"] = path
    return response


async def _show(request: Request, services: Services, run: Run) -> Response:
    page: Renderer = renderer(request)
    if not is_fragment(request):
        return see_other(page.path_for("show_run", run_id=run.id))
    return page.page(request, "runs/_ended.html", v=await run_view(services, run))
