"""What is new about runs, for the pages that are open: mostly nothing, said from memory."""

from fastapi import Request, Response

from app.errors import NotFound
from app.runs import queries
from app.runs.form_pages import run_view
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State
from app.runs.view import RunView
from app.team.access import Person, may_see
from app.web.htmx import aimed
from app.web.rendering import renderer


async def of_one(request: Request, services: Services, run_id: str, member: Person) -> Response:
    """The answer to an open page that has version `seen`: nothing new, mostly from memory.

    `until`, a Unix time, is when its fragment has to be made anew although nothing is new.
    """
    seen = request.query_params.get("seen", "")
    until = request.query_params.get("until", "")
    if (request.query_params.get("down") == "1") != services.runcomfy.health.failing:
        # RunComfy has fallen silent since, or is back: the page says so, whatever is new.
        until = "0"
    known = services.versions.of(run_id)
    if known is not None and may_see(member, known.owner_id):
        etag = f'"{known.version}"'
        if request.headers.get("if-none-match") == etag and not services.is_past(until):
            return Response(status_code=304, headers={"etag": etag, "vary": "HX-Request"})
        if seen == str(known.version) and not services.is_past(until):
            return Response(status_code=204, headers={"etag": etag, "vary": "HX-Request"})
        lately = services.in_line.is_fresh(run_id, seen, known.version)
        if lately and not services.is_past(until):
            return Response(status_code=204, headers={"vary": "HX-Request"})
    run = services.versions.latest(run_id)
    if run is None or not may_see(member, run.owner_id):
        run = await own_run(services, run_id, member)
    if run.state != State.SAVED and seen == str(run.version) and not services.is_past(until):
        return Response(status_code=204, headers={"etag": f'"{run.version}"', "vary": "HX-Request"})
    view = await run_view(services, run)
    etag = f'"{view.seen}"'
    if run.state == State.SAVED:
        # In line nothing changes but the words.
        services.in_line.tell(run_id, view.seen)
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag, "vary": "HX-Request"})
        if seen == view.seen:
            return Response(status_code=204, headers={"etag": etag, "vary": "HX-Request"})
    response = _fragment(request, view)
    response.headers["etag"] = etag
    return response


def _fragment(request: Request, view: RunView) -> Response:
    """The small state fragment, or the whole run once it has nothing more to ask."""
    if view.run.followed:
        strip_shown = request.query_params.get("down") == "1"
        return renderer(request).page(
            request, "runs/_state.html", v=view, oob=True, strip_shown=strip_shown
        )
    response = renderer(request).page(request, "runs/_ended.html", v=view)
    return aimed(response, f"#run-{view.run.id}")


async def of_many(request: Request, services: Services, run: list[str], member: Person) -> Response:
    """The same for many runs, each named as `id` or `id:seen version`, in one answer."""
    asked = [item.partition(":") for item in run]
    stale = [run_id for run_id, _, seen in asked if not _unchanged(services, run_id, seen, member)]
    if not stale:
        return Response(status_code=204)
    async with services.database.read() as tx:
        found = await queries.many(tx, stale)
    for one in found:
        services.versions.read(one)
    seen = {run_id: version for run_id, _, version in asked}
    changed = [
        one for one in found if may_see(member, one.owner_id) and str(one.version) != seen[one.id]
    ]
    views = [await run_view(services, one) for one in changed]
    views = [view for view in views if view.seen != seen[view.run.id]]
    if not views:
        return Response(status_code=204)
    return renderer(request).page(request, "runs/_changes.html", views=views)


async def own_run(services: Services, run_id: str, member: Person) -> Run:
    """A run of this person's. Raises NotFound for others' too."""
    run = await services.read(run_id)
    if not may_see(member, run.owner_id):
        raise NotFound("There is no run under this address.")
    services.versions.read(run)
    return run


def _unchanged(services: Services, run_id: str, seen: str, member: Person) -> bool:
    known = services.versions.of(run_id)
    return known is not None and may_see(member, known.owner_id) and seen == str(known.version)
