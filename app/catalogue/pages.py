"""The list of models: searched as one types, narrowed, in order, a page at a time; and pins."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup

from app.catalogue import queries
from app.catalogue.cards import cards_of, known_recents
from app.catalogue.queries import Model
from app.catalogue.shelf import Shelf
from app.catalogue.wanted import PRICES, SHOWN, SORTS, Wanted, wanted_in
from app.db.columns import utc_now
from app.db.engine import Database
from app.team.access import Member
from app.team.waiting import undecided
from app.web.htmx import is_fragment, see_other
from app.web.rendering import Renderer, renderer

router = APIRouter(include_in_schema=False)

_PAGE = 48
# RunComfy's catalogue is read every hour; older than this, the list says its age.
_FRESH_SECONDS = 3 * 3600


@router.get("/models")
async def list_models(request: Request, member: Member) -> Response:
    """The models that the address asks for; for HTMX, what of the list changes with it."""
    shelf: Shelf = request.app.state.shelf
    database: Database = request.app.state.database
    page, wanted, now = renderer(request), wanted_in(request.query_params), utc_now()
    usage = await shelf.usages.of_everyone()
    async with database.read() as tx:
        mine = await shelf.usages.of(tx, member.id)
        pinned = await queries.pinned(tx, member.id)
        waiting = await undecided(tx, member.id)
    found = shelf.listed.find(wanted, now, usage, pinned)
    start = (wanted.page - 1) * _PAGE
    more = len(found) > start + _PAGE
    near = shelf.listed.near(wanted.q) if wanted.q and not found else []

    def drawn(models: list[Model]) -> list[Markup]:
        cards = cards_of(models, now, usage, mine, pinned)
        return shelf.cards.drawn(cards, shelf.version, page.piece)

    synced_at = shelf.synced_at
    old = synced_at is not None and (now - synced_at).total_seconds() > _FRESH_SECONDS
    response = page.page(
        request,
        _template(request, wanted),
        section="models",
        wanted=wanted,
        cards=drawn(found[start : start + _PAGE]),
        near=drawn(near),
        count=len(found),
        next_page=wanted.query(page=wanted.page + 1) if more else None,
        total=len(shelf.listed.offered),
        kinds=shelf.listed.kinds.most_common(),
        news=shelf.listed.news(now),
        pins=len(pinned),
        undecided=waiting,
        recents=[] if wanted.narrowed or wanted.page > 1 else known_recents(shelf.find, mine),
        shown=SHOWN,
        sorts=SORTS,
        prices=PRICES,
        synced_at=synced_at,
        stale=old or shelf.trouble is not None,
        now=now,
    )
    if is_fragment(request) and wanted.page == 1:
        _say_address(request, response, page, wanted)
    return response


def _template(request: Request, wanted: Wanted) -> str:
    if not is_fragment(request):
        return "catalogue/models.html"
    return "catalogue/_found.html" if wanted.page == 1 else "catalogue/_page.html"


def _say_address(request: Request, response: Response, page: Renderer, wanted: Wanted) -> None:
    """Let the browser's address follow; each letter typed is no page of its own to go back to."""
    typed = request.headers.get("hx-trigger-name") == "q"
    name = "HX-Replace-Url" if typed else "HX-Push-Url"
    response.headers[name] = page.path_for("list_models") + wanted.query()


@router.post("/models/{model_id:path}/pin")
async def pin_model(
    request: Request, model_id: str, member: Member, pinned: Annotated[bool, Form()] = True
) -> Response:
    """Put a model first for whoever asks, or back among the others."""
    shelf: Shelf = request.app.state.shelf
    database: Database = request.app.state.database
    model = shelf.get(model_id)
    async with database.begin() as tx:
        change = queries.pin if pinned else queries.unpin
        await change(tx, member.id, model_id)
    if not is_fragment(request):
        return see_other(_came_from(request))
    return renderer(request).page(request, "catalogue/_pin.html", model=model, pinned=pinned)


def _came_from(request: Request) -> str:
    """The page here on which the button was pressed, or else the list."""
    came = urlsplit(request.headers.get("referer", ""))
    here = came.netloc and came.netloc == request.headers.get("host")
    if here and not came.path.startswith("//"):
        return came.path + (f"?{came.query}" if came.query else "")
    return renderer(request).path_for("list_models")
