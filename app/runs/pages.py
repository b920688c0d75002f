"""A model's form, its target, and a run's page."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.catalogue.queries import Model
from app.inputs.check import check_posted
from app.inputs.posted import JSON, KEY, SCHEMA, Posted
from app.inputs.prefill import from_inputs, from_link, untouched
from app.inputs.rework import rework
from app.inputs.seeds import roll_seeds
from app.inputs.values import read_posted
from app.media.use_queries import FileDeleted
from app.runs import news
from app.runs.files import file_problems, read_sent, with_refused
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
from app.runs.json_view import as_json
from app.runs.news import own_run
from app.runs.queries import Run
from app.runs.refit import form_asked, refitted
from app.runs.services import Services
from app.runs.submit import Order, draw, new_key, submit
from app.runs.views import CHECK, Seen, view_asked
from app.team.access import Member, Person, member_of
from app.web.htmx import aimed, is_fragment, see_other
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


@router.post("/models/{model_id:path}/runs")
async def start_run(request: Request, model_id: str, member: Member) -> Response:
    """Read, check, save: a run, or the form again with what has to change."""
    services, page = _services(request), renderer(request)
    sent = await read_sent(request, services, member)
    pairs = sent.pairs
    blank = await _blank(services, model_id, pairs)
    posted = read_posted(blank.form, pairs)
    problems = check_posted(blank.form, posted, services.loopback_origin)
    problems = with_refused(blank.form, problems, sent)
    problems += await file_problems(services, blank.form, posted.inputs, member)
    if problems:
        view = as_json(blank.form, posted, services.loopback_origin)
        shown = view if JSON in posted.texts else None
        filled = replace(blank, posted=posted, problems=problems, json=shown)
        return await _form_again(request, services, member, filled)
    inputs, rolled = roll_seeds(blank.form, posted.inputs, draw)
    order = Order(blank.model, inputs, rolled, _said(pairs, KEY))
    try:
        run = await submit(services, order, by=member)
    except FileDeleted:
        problems = await file_problems(services, blank.form, posted.inputs, member)
        if not problems:
            raise
        filled = replace(blank, posted=posted, problems=problems)
        return await _form_again(request, services, member, filled)
    path = page.path_for("show_run", run_id=run.id)
    if not is_fragment(request):
        return see_other(path)
    earlier = await earlier_runs(services, model_id, member)
    response = page.page(
        request,
        "runs/_started.html",
        v=await run_view(services, run),
        earlier=earlier,
        model=blank.model,
        key=new_key(),
    )
    response.headers["HX-Push-Url"] = path
    return response


async def _blank(services: Services, model_id: str, pairs: list[tuple[str, str]]) -> Filled:
    """The form that was filled, with nothing in it: today's, or an earlier version of it."""
    model = services.shelf.get(model_id)
    model, form, version = await form_asked(services, model, _said(pairs, SCHEMA))
    return Filled(model, form, Posted(), [], version=version)


def _said(pairs: list[tuple[str, str]], name: str) -> str | None:
    return next((text for one, text in pairs if one == name and text), None)


@router.post("/models/{model_id:path}/form")
async def rework_form(request: Request, model_id: str, member: Member) -> Response:
    """The form again with everything typed kept: reworked, or in its other view; sends nothing."""
    services = _services(request)
    sent = await read_sent(request, services, member)
    pairs = sent.pairs
    blank = await _blank(services, model_id, pairs)
    seen = view_asked(services.settings, blank, pairs, services.loopback_origin)
    if seen is not None:
        return await _seen(request, services, member, seen)
    done = rework(blank.form, pairs)
    refused = with_refused(blank.form, [], sent)
    filled = replace(blank, posted=done.posted, focus=done.focus, problems=refused)
    if not is_fragment(request):
        text = await form_text(renderer(request), services, member, filled)
        return with_key(request, text)
    if done.field is None:
        return await _form_fragment(request, services, member, filled)
    context, page = await form_context(services, member, filled), renderer(request)
    part = {"field": done.field, "rework": page.path_for("rework_form", model_id=model_id)}
    return page.page(request, "inputs/_field.html", **context | part)


async def _seen(request: Request, services: Services, member: Person, seen: Seen) -> Response:
    filled, page = seen.filled, renderer(request)
    if seen.order == CHECK and is_fragment(request):
        return page.page(request, "runs/_json_said.html", json=filled.json)
    if seen.refused:
        return await _form_again(request, services, member, filled)
    if not is_fragment(request):
        return with_key(request, await form_text(page, services, member, filled))
    if filled.copied is not None:
        return page.page(request, "runs/_copied.html", copied=filled.copied)
    return await _form_fragment(request, services, member, filled)


@router.get("/models/{model_id:path}/form")
@router.get("/models/{model_id:path}/runs")
async def back_to_form(request: Request, model_id: str) -> Response:
    """Where a form without scripts was answered, opened anew: the form itself."""
    return see_other(renderer(request).path_for("show_model", model_id=model_id))


# The two pages asked for most are plain routes: FastAPI's own reading of their parameters would
# cost as much again as the whole answer.
async def show_model(request: Request) -> Response:
    """A model's form: untouched, or filled by a link or from an earlier run."""
    services, member = _services(request), member_of(request)
    model_id: str = request.path_params["model_id"]
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


router.add_route("/models/{model_id:path}", show_model, name="show_model")


async def _filled_by_link(
    request: Request, services: Services, model: Model, member: Person
) -> Response:
    asked = request.query_params
    model, form, version = await form_asked(services, model, asked.get(SCHEMA))
    blank = Filled(model, form, Posted(), [], version=version)
    made_from = asked.get("_from")
    if made_from:
        run = await own_run(services, made_from, member)
        keep_seed = asked.get("_seed") != "new"
        shown = run if keep_seed else without_rolled(run)
        inputs = {
            name: value for name, value in shown.inputs.items() if keep_seed or name != "seed"
        }
        filled = await _fitted(services, blank, run, inputs)
    else:
        filled = replace(blank, posted=from_link(form, asked.multi_items()))
    return with_key(request, await form_text(renderer(request), services, member, filled))


async def _fitted(services: Services, blank: Filled, run: Run, inputs: dict[str, Any]) -> Filled:
    """A form filled with a run's inputs; made with another schema, as far as they fit it."""
    changed = await refitted(services, blank.model, run, inputs)
    if changed is None:
        return replace(blank, posted=from_inputs(blank.form, inputs))
    fitted = changed.fitted
    return replace(blank, posted=fitted.posted, problems=fitted.problems, changed=changed)


async def _form_again(
    request: Request, services: Services, member: Person, filled: Filled
) -> Response:
    if not is_fragment(request):
        text = await form_text(renderer(request), services, member, filled)
        return with_key(request, text, status=422)
    return await _form_fragment(request, services, member, filled, status=422)


async def _form_fragment(
    request: Request, services: Services, member: Person, filled: Filled, *, status: int = 200
) -> Response:
    context = await form_context(services, member, filled) | {"v": None, "swapped": True}
    page = renderer(request).page(request, "runs/_form.html", status=status, **context)
    return aimed(page, "#form")


@router.get("/runs/changes")
async def show_changes(
    request: Request, member: Member, run: Annotated[list[str], Query(max_length=500)]
) -> Response:
    """What is new among many runs: `run=<id>` or `run=<id>:<seen version>`, once for each."""
    return await news.of_many(request, _services(request), run, member)


async def show_run(request: Request) -> Response:
    """One run: its page, or for HTMX what is new of it since version `seen`."""
    member, run_id = member_of(request), request.path_params["run_id"]
    services = _services(request)
    if is_fragment(request):
        return await news.of_one(request, services, run_id, member)
    run = await own_run(services, run_id, member)
    model = services.shelf.get(run.model_id)
    form = services.shelf.form(model)
    blank = Filled(model, form, Posted(), [])
    filled = await _fitted(services, blank, run, without_rolled(run).inputs)
    text = await form_text(renderer(request), services, member, filled, run)
    return with_key(request, text)


router.add_route("/runs/{run_id}", show_run, name="show_run")
