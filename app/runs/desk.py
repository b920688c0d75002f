"""The unknown desk as a page: every run in doubt with what is known of it, oldest first."""

from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.runs import desk_queries, queries
from app.runs.decisions import WrongRequestId
from app.runs.form_pages import run_view
from app.runs.queries import Run
from app.runs.services import Services
from app.team.access import Person, may_see
from app.web.rendering import renderer

_CASES = 20


@dataclass(frozen=True)
class Refused:
    """A request id that cannot be attached: to which run, what was typed, and why not."""

    run_id: str
    typed: str
    problem: WrongRequestId


async def desk_page(
    request: Request,
    services: Services,
    member: Person,
    *,
    after: str = "",
    decided: str = "",
    refused: Refused | None = None,
) -> Response:
    """The desk from beyond one run on. decided: a run decided just now, which is told first."""
    now = utc_now()
    this_month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    async with services.database.read() as tx:
        runs = await queries.undecided(tx, member.id, after=after, limit=_CASES + 1)
        figures = await desk_queries.doubts(tx, member.id)
        counts = await desk_queries.decided_since(tx, member.id, this_month)
        told = await _told(tx, decided, member)
    if refused is not None:
        # Wherever it stands on the desk: what was typed is kept, and first.
        runs = [await services.read(refused.run_id)]
    shown = runs[:_CASES]
    return renderer(request).page(
        request,
        "runs/desk.html",
        status=422 if refused is not None else 200,
        section=None,
        views=[await run_view(services, run) for run in shown],
        figures=figures,
        decided=counts,
        next_after=shown[-1].id if len(runs) > _CASES else None,
        first=not after and refused is None,
        just_decided=None if told is None else await run_view(services, told),
        refused=refused,
    )


async def _told(tx: AsyncConnection, run_id: str, member: Person) -> Run | None:
    """The run that was decided just now, where there is one and this person may see it."""
    run = await queries.find(tx, run_id) if run_id else None
    if run is None or run.decision is None or not may_see(member, run.owner_id):
        return None
    return run
