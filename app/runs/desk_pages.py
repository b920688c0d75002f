"""Lists of runs: those in one state, and the unknown desk."""

from fastapi import APIRouter, Request, Response

from app.runs import queries
from app.runs.desk import desk_page
from app.runs.form_pages import run_view
from app.runs.services import Services
from app.runs.states import State
from app.team.access import Member
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)


@router.get("/runs")
async def list_runs(
    request: Request, member: Member, state: str = "", after: str = "", decided: str = ""
) -> Response:
    """A person's runs, newest first; those in doubt, oldest first, are the unknown desk.

    after: the run beyond which the desk goes on. decided: one decided just now.
    """
    services: Services = request.app.state.services
    if state == State.UNKNOWN:
        return await desk_page(request, services, member, after=after, decided=decided)
    async with services.database.read() as tx:
        runs = await queries.in_state(tx, member.id, state, limit=50)
    views = [await run_view(services, run) for run in runs]
    return renderer(request).page(request, "runs/list.html", views=views, state=state, section=None)
