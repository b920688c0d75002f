"""Importing a model: what was understood of a text beside its live form, saved on a press."""

import asyncio
from dataclasses import replace

from fastapi import APIRouter, Request, Response

from app.catalogue import imported
from app.catalogue.import_form import UNITS, Entered, address_in, checked, entered, schema_of
from app.catalogue.shelf import Shelf
from app.catalogue.understanding.understand import MOST_CHARS
from app.db.engine import Database
from app.inputs.fields import make_form
from app.inputs.prefill import untouched
from app.inputs.rework import rework
from app.outside.fetch import fetch_text
from app.outside.trouble import CannotFetch
from app.team.access import Member
from app.web.htmx import is_fragment, see_other
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

# What a form may hold is bounded before it comes here; a longer text is told its limit by us.
_PART_BYTES = 8 * 1024 * 1024
_MOST_FIELDS = 5_000


@router.get("/models/import")
async def show_import(request: Request, member: Member) -> Response:
    """The empty form."""
    return _page(request, entered({}))


@router.post("/models/import")
async def import_model(request: Request, member: Member) -> Response:
    """What is understood of a text. Nothing is kept unless `_do` is `save`."""
    posted, file = await _posted(request)
    trouble = ""
    if file is not None:
        posted["_text"], trouble = _read(file, posted.get("_text", ""))
    elif posted.get("_do") == "look" and (address := address_in(posted.get("_text", ""))):
        try:
            page = await fetch_text(address, most_bytes=MOST_CHARS)
            posted["_text"] = f"{address}\n{page}"
        except CannotFetch as error:
            trouble = f"{error} Open it in a browser and paste what it says."
    # A long text takes a while to understand; other pages do not wait for it.
    form = await asyncio.to_thread(entered, posted, trouble=trouble)
    if posted.get("_do") != "save":
        return _page(request, form)
    form = checked(form)
    wanted = form.wanted
    if wanted is None:
        return _page(request, form, status=422)
    database: Database = request.app.state.database
    shelf: Shelf = request.app.state.shelf
    await imported.save(database, wanted)
    await shelf.load()
    return see_other(renderer(request).path_for("show_model", model_id=wanted.model_id))


@router.post("/models/import/form")
async def rework_preview(request: Request, member: Member) -> Response:
    """A list or a choice of the form that is tried out, after one of its buttons."""
    async with request.form(max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES) as sent:
        pairs = [(name, text) for name, text in sent.multi_items() if isinstance(text, str)]
    schema = next((text for name, text in pairs if name == "_of"), "{}")
    form = make_form(await asyncio.to_thread(schema_of, schema))
    done = rework(form, pairs)
    if done.field is None:
        return Response(status_code=204)
    return renderer(request).page(
        request,
        "inputs/_field.html",
        form=form,
        field=done.field,
        posted=done.posted,
        problems=[],
        focus=done.focus,
        rework=renderer(request).path_for("rework_preview"),
    )


@router.post("/models/{model_id:path}/forget")
async def forget_model(request: Request, model_id: str, member: Member) -> Response:
    """Drop an imported model; its runs keep the schema they were made with."""
    database: Database = request.app.state.database
    shelf: Shelf = request.app.state.shelf
    await imported.forget(database, shelf.get(model_id))
    await shelf.load()
    return see_other(renderer(request).path_for("list_models"))


async def _posted(request: Request) -> tuple[dict[str, str], bytes | None]:
    """The form's texts, and the file that came with it."""
    texts: dict[str, str] = {}
    file: bytes | None = None
    async with request.form(max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, str):
                texts[name] = value
            elif value.filename:
                file = await value.read()
    return texts, file


def _read(file: bytes, typed: str) -> tuple[str, str]:
    """A file's text; or what was typed, and why the file cannot be read."""
    if len(file) > MOST_CHARS:
        return typed, f"That file has {len(file):,} bytes; {MOST_CHARS:,} is the most that is read."
    marked = file.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = file.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        return typed, "That file is not a text. Save the page as text or HTML, or paste it."
    return text, ""


def _page(request: Request, form: Entered, *, status: int = 200) -> Response:
    shelf: Shelf = request.app.state.shelf
    schema = form.input_schema
    live = None if schema is None else make_form(schema)
    if is_fragment(request):
        # The text stands in the page already.
        form = replace(form, text=form.text if form.address else "…")
    existing = shelf.find(form.values["id"].strip())
    return renderer(request).page(
        request,
        "catalogue/import.html",
        status=status,
        section="models",
        entered=form,
        units=UNITS,
        form=live,
        posted=None if live is None else untouched(live),
        problems=[],
        required=0 if live is None else sum(field.required for field in live.fields),
        existing=existing,
        known=existing is not None and existing.input_schema == schema,
    )
