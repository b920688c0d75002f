"""The start: what this is, what was used last, and the models."""

from fastapi import APIRouter, Request, Response

from app.catalogue import queries as catalogue_queries
from app.catalogue.cards import cards_of, known_recents
from app.catalogue.queries import Model
from app.catalogue.shelf import Shelf
from app.db.columns import utc_now
from app.gallery import queries
from app.runs.services import Services
from app.team.access import Member
from app.team.waiting import undecided
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

_PICTURES = 9
_MODELS = 3
_MOST_PINNED = 9


@router.get("/")
async def start(request: Request, member: Member) -> Response:
    """The start page."""
    services: Services = request.app.state.services
    shelf, now = services.shelf, utc_now()
    usage = await shelf.usages.of_everyone()
    async with services.database.read() as tx:
        mine = await shelf.usages.of(tx, member.id)
        newest = await queries.newest_pictures(tx, member.id, limit=_PICTURES)
        pinned = await catalogue_queries.pinned(tx, member.id)
        waiting = await undecided(tx, member.id)
    models = shelf.listed.offered
    page, first = renderer(request), _first(shelf, pinned)
    cards = cards_of(first, now, usage, mine, pinned)
    return page.page(
        request,
        "home.html",
        # A few pictures would leave the row half empty: until then, samples stand there.
        items=newest if len(newest) == _PICTURES else [],
        models=models,
        undecided=waiting,
        recents=known_recents(shelf.find, mine),
        first=first,
        cards=shelf.cards.drawn(cards, shelf.version, page.piece),
    )


def _first(shelf: Shelf, pinned: list[str]) -> list[Model]:
    """What to begin with: what the person has pinned, else what is shipped."""
    found = {model_id: shelf.find(model_id) for model_id in pinned[:_MOST_PINNED]}
    for model in shelf.listed.beginnings:
        if len(found) >= _MODELS:
            break
        found.setdefault(model.model_id, shelf.find(model.model_id))
    return [model for model in found.values() if model is not None]
