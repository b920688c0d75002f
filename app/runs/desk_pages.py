"""Lists of runs: those in one state, and the unknown desk."""

from fastapi import APIRouter, Request, Response

from app.runs import queries
from app.runs.counting import overdue_since
from app.runs.desk import desk_page
from app.runs.form_pages import run_view
from app.runs.services import Services
from app.runs.states import State
from app.runs.unkept_queries import not_kept
from app.team.access import Member, may_see
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

NOT_KEPT = "not-kept"


@router.get("/runs")
async def list_runs(
    request: Request,
    member: Member,
    state: str = "",
    show: str = "",
    after: str = "",
    decided: str = "",
) -> Response:
    """A person's runs, newest first; those in doubt, oldest first, are the unknown desk.

    show: `not-kept` for what is not kept here. after: the run beyond which the desk goes on.
    decided: one decided just now.
    """
    services: Services = request.app.state.services
    if state == State.UNKNOWN:
        return await desk_page(request, services, member, after=after, decided=decided)
    async with services.database.read() as tx:
        if show == NOT_KEPT:
            found = await not_kept(tx, ended_there_before=overdue_since(), limit=200)
            runs = [run for run in found if may_see(member, run.owner_id)]
        else:
            runs = await queries.in_state(tx, member.id, state, limit=50)
    views = [await run_view(services, run) for run in runs]
    return renderer(request).page(
        request, "runs/list.html", views=views, state=state, show=show, section=None
    )
