"""What a person decides about a run: cancel, look again, attach, write off, send again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.runs import decisions
from app.runs.cancelling import cancel
from app.runs.desk import Refused, desk_page
from app.runs.durable import Engine
from app.runs.form_pages import run_view
from app.runs.news import own_run
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State
from app.team.access import Member, Person
from app.web.htmx import aimed, is_fragment, see_other
from app.web.rendering import Renderer, renderer

router = APIRouter(include_in_schema=False)

# Where the button stood: empty for the run's own page, `desk` for the unknown desk.
From = Annotated[str, Form(alias="_from")]
_DESK = "desk"


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
    return await _show(request, services, await cancel(services, _engine(request), run))


@router.post("/runs/{run_id}/look-again")
async def look_again(
    request: Request, run_id: str, member: Member, came_from: From = ""
) -> Response:
    """Ask RunComfy once more."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    reopened = await decisions.look_again(services, _engine(request), run)
    return await _decided(request, services, reopened, came_from)


@router.post("/runs/{run_id}/attach")
async def attach_run(
    request: Request,
    run_id: str,
    member: Member,
    request_id: Annotated[str, Form()] = "",
    came_from: From = "",
) -> Response:
    """Go on with a request that a person found at RunComfy."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    try:
        attached = await decisions.attach(services, _engine(request), run, request_id.strip())
    except decisions.WrongRequestId as problem:
        refused = Refused(run.id, request_id, problem)
        return await _refused(request, services, member, run, refused, came_from)
    return await _decided(request, services, attached, came_from)


@router.post("/runs/{run_id}/write-off")
async def write_run_off(
    request: Request, run_id: str, member: Member, came_from: From = ""
) -> Response:
    """Give an unknown run up."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    return await _decided(request, services, await decisions.write_off(services, run), came_from)


@router.post("/runs/{run_id}/send-again")
async def send_run_again(
    request: Request, run_id: str, member: Member, came_from: From = ""
) -> Response:
    """Make a new run with the same inputs; the old one is written off."""
    services = _services(request)
    run = await own_run(services, run_id, member)
    again = await decisions.send_again(services, run)
    if came_from == _DESK:
        return await _decided(request, services, await services.read(run.id), came_from)
    response = await _show(request, services, again)
    if is_fragment(request):
        path = renderer(request).path_for("show_run", run_id=again.id)
        response.headers["HX-Push-Url"] = path
    return response


async def _decided(request: Request, services: Services, run: Run, came_from: str) -> Response:
    """The run as it is now, or on the desk what was decided, in the place of its card."""
    if came_from != _DESK:
        return await _show(request, services, run)
    page: Renderer = renderer(request)
    if not is_fragment(request):
        desk = page.path_for("list_runs")
        return see_other(f"{desk}?state={State.UNKNOWN}&decided={run.id}")
    return page.page(request, "runs/_decided.html", v=await run_view(services, run))


async def _refused(
    request: Request,
    services: Services,
    member: Person,
    run: Run,
    refused: Refused,
    came_from: str,
) -> Response:
    """The form again with what was typed, and the message beside it."""
    page, on_desk = renderer(request), came_from == _DESK
    if is_fragment(request):
        told = {"run": run, "desk": on_desk, "typed": refused.typed, "problem": refused.problem}
        form = page.page(request, "runs/_attach.html", status=422, **told)
        return aimed(form, f"#attach-{run.id}")
    if on_desk and run.state == State.UNKNOWN:
        return await desk_page(request, services, member, refused=refused)
    view = await run_view(services, run)
    return page.page(request, "runs/attach.html", status=422, v=view, refused=refused, section=None)


async def _show(request: Request, services: Services, run: Run) -> Response:
    page: Renderer = renderer(request)
    if not is_fragment(request):
        return see_other(page.path_for("show_run", run_id=run.id))
    return page.page(request, "runs/_ended.html", v=await run_view(services, run))
