"""A model's form, its target, a run's page, and what a person decides about a run."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from app.catalogue.queries import Model
from app.errors import NotFound
from app.inputs.check import check_posted
from app.inputs.prefill import from_inputs, from_link, untouched
from app.inputs.seeds import roll_seeds
from app.inputs.values import read_posted
from app.runs import decisions, queries
from app.runs.durable import Engine
from app.runs.form_pages import (
    Filled,
    ReadyPages,
    earlier_runs,
    form_context,
    form_text,
    run_view,
    with_key,
    without_rolled,
)
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.submit import Order, draw, new_key, submit
from app.team.access import Member, Person, may_see
from app.web.htmx import aimed, is_fragment, see_other
from app.web.rendering import Renderer, renderer

router = APIRouter(include_in_schema=False)

# A prompt alone may be 100 kB; the whole body is bounded before it comes here.
_PART_BYTES = 4 * 1024 * 1024
_MOST_FIELDS = 5_000


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def _engine(request: Request) -> Engine:
    found: Engine = request.app.state.engine
    return found


@router.post("/models/{model_id:path}/runs")
async def start_run(request: Request, model_id: str, member: Member) -> Response:
    """Read, check, save: a run, or the form again with what has to change."""
    services, page = _services(request), renderer(request)
    model = services.shelf.get(model_id)
    form = services.shelf.form(model)
    async with request.form(max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES) as sent:
        pairs = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    posted = read_posted(form, pairs)
    problems = check_posted(form, posted, services.loopback_origin)
    filled = Filled(model, form, posted, problems)
    if problems:
        return await _form_again(request, services, member, filled)
    inputs, rolled = roll_seeds(form, posted.inputs, draw)
    key = next((value for name, value in pairs if name == "_key" and value), None)
    order = Order(model, inputs, rolled, key)
    run = await submit(services, _engine(request), order, by=member)
    path = page.path_for("show_run", run_id=run.id)
    if not is_fragment(request):
        return see_other(path)
    earlier = await earlier_runs(services, model_id, member)
    response = page.page(
        request,
        "runs/_started.html",
        v=await run_view(services, run),
        earlier=earlier,
        model=model,
        key=new_key(),
    )
    response.headers["HX-Push-Url"] = path
    return response


@router.get("/models/{model_id:path}")
async def show_model(request: Request, model_id: str, member: Member) -> Response:
    """A model's form: untouched, or filled by a link or from an earlier run."""
    services = _services(request)
    model = services.shelf.get(model_id)
    if request.url.query:
        return await _filled_by_link(request, services, model, member)
    ready: ReadyPages = request.app.state.ready_pages
    about = (member.id, model_id)
    as_of = services.as_of(member.id, model_id)
    found = ready.find(about, as_of)
    if found is None:
        form = services.shelf.form(model)
        filled = Filled(model, form, untouched(form), [], restore_draft=True)
        text = await form_text(renderer(request), services, member, filled)
        found = ready.put(about, as_of, text)
    return found.answer(request)


async def _filled_by_link(
    request: Request, services: Services, model: Model, member: Person
) -> Response:
    form = services.shelf.form(model)
    made_from = request.query_params.get("_from")
    if made_from:
        run = await _run(services, made_from, member)
        keep_seed = request.query_params.get("_seed") != "new"
        shown = run if keep_seed else without_rolled(run)
        inputs = {
            name: value for name, value in shown.inputs.items() if keep_seed or name != "seed"
        }
        posted = from_inputs(form, inputs)
    else:
        posted = from_link(form, request.query_params.multi_items())
    filled = Filled(model, form, posted, [])
    return with_key(request, await form_text(renderer(request), services, member, filled))


async def _form_again(
    request: Request, services: Services, member: Person, filled: Filled
) -> Response:
    if not is_fragment(request):
        text = await form_text(renderer(request), services, member, filled)
        return with_key(request, text, status=422)
    context = await form_context(services, member, filled)
    response = renderer(request).page(request, "runs/_form.html", status=422, v=None, **context)
    return aimed(response, "#form")


@router.get("/runs/changes")
async def show_changes(
    request: Request, member: Member, run: Annotated[list[str], Query(max_length=500)]
) -> Response:
    """What is new among many runs: `run=<id>` or `run=<id>:<seen version>`, once for each."""
    services = _services(request)
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
    if not changed:
        return Response(status_code=204)
    views = [await run_view(services, one) for one in changed]
    return renderer(request).page(request, "runs/_changes.html", views=views)


@router.get("/runs/{run_id}")
async def show_run(
    request: Request, run_id: str, member: Member, seen: str = "", until: int = 0
) -> Response:
    """One run: its page, or for HTMX what is new of it."""
    services = _services(request)
    if is_fragment(request):
        return await _news(request, services, run_id, member, seen, until)
    run = await _run(services, run_id, member)
    model = services.shelf.get(run.model_id)
    form = services.shelf.form(model)
    filled = Filled(model, form, from_inputs(form, without_rolled(run).inputs), [])
    text = await form_text(renderer(request), services, member, filled, run)
    return with_key(request, text)


async def _news(
    request: Request, services: Services, run_id: str, member: Person, seen: str, until: int
) -> Response:
    known = services.versions.of(run_id)
    if known is not None and may_see(member, known.owner_id):
        etag = f'"{known.version}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag, "vary": "HX-Request"})
        if seen == str(known.version) and not services.is_past(until):
            return Response(status_code=204, headers={"etag": etag, "vary": "HX-Request"})
    run = await _run(services, run_id, member)
    if seen == str(run.version) and not services.is_past(until):
        return Response(status_code=204, headers={"etag": f'"{run.version}"', "vary": "HX-Request"})
    response = await _fragment(request, services, run)
    response.headers["etag"] = f'"{run.version}"'
    return response


async def _fragment(request: Request, services: Services, run: Run) -> Response:
    """The small state fragment, or the whole run once it has nothing more to ask."""
    view = await run_view(services, run)
    if run.followed:
        return renderer(request).page(request, "runs/_state.html", v=view, oob=True)
    response = renderer(request).page(request, "runs/_ended.html", v=view)
    return aimed(response, f"#run-{run.id}")


@router.get("/runs")
async def list_runs(request: Request, member: Member, state: str = "") -> Response:
    """A person's runs, newest first; `state` names one state."""
    services = _services(request)
    async with services.database.read() as tx:
        runs = await queries.in_state(tx, member.id, state, limit=50)
    views = [await run_view(services, run) for run in runs]
    return renderer(request).page(request, "runs/list.html", views=views, state=state, section=None)


@router.post("/runs/{run_id}/cancel")
async def cancel_run(request: Request, run_id: str, member: Member) -> Response:
    """Cancel while it is saved or queued."""
    services = _services(request)
    run = await _run(services, run_id, member)
    return await _show(request, services, await decisions.cancel(services, _engine(request), run))


@router.post("/runs/{run_id}/look-again")
async def look_again(request: Request, run_id: str, member: Member) -> Response:
    """Ask RunComfy once more."""
    services = _services(request)
    run = await _run(services, run_id, member)
    return await _show(
        request, services, await decisions.look_again(services, _engine(request), run)
    )


@router.post("/runs/{run_id}/attach")
async def attach_run(
    request: Request, run_id: str, member: Member, request_id: Annotated[str, Form()] = ""
) -> Response:
    """Go on with a request that a person found at RunComfy."""
    services = _services(request)
    run = await _run(services, run_id, member)
    attached = await decisions.attach(services, _engine(request), run, request_id.strip())
    return await _show(request, services, attached)


@router.post("/runs/{run_id}/write-off")
async def write_run_off(request: Request, run_id: str, member: Member) -> Response:
    """Give an unknown run up."""
    services = _services(request)
    run = await _run(services, run_id, member)
    return await _show(request, services, await decisions.write_off(services, run))


@router.post("/runs/{run_id}/send-again")
async def send_run_again(request: Request, run_id: str, member: Member) -> Response:
    """Make a new run with the same inputs; the old one is written off."""
    services = _services(request)
    run = await _run(services, run_id, member)
    again = await decisions.send_again(services, _engine(request), run)
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


async def _run(services: Services, run_id: str, member: Person) -> Run:
    run = await services.read(run_id)
    if not may_see(member, run.owner_id):
        raise NotFound("There is no run under this address.")
    services.versions.read(run)
    return run


def _unchanged(services: Services, run_id: str, seen: str, member: Person) -> bool:
    known = services.versions.of(run_id)
    return known is not None and may_see(member, known.owner_id) and seen == str(known.version)
