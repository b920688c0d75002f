"""The start: what this is, what was used last, and the models."""

from fastapi import APIRouter, Request, Response

from app.gallery import queries
from app.runs.services import Services
from app.team.access import Member
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)

_PICTURES = 9
_MODELS = 3


@router.get("/")
async def start(request: Request, member: Member) -> Response:
    """The start page."""
    services: Services = request.app.state.services
    async with services.database.read() as tx:
        newest = await queries.newest_pictures(tx, member.id, limit=_PICTURES)
    models = services.shelf.all()
    shipped = [model for model in models if model.model_id.startswith("blackforestlabs/flux-2/")]
    first = (shipped + [model for model in models if model not in shipped])[:_MODELS]
    return renderer(request).page(
        request,
        "home.html",
        # A few pictures would leave the row half empty: until then, samples stand there.
        items=newest if len(newest) == _PICTURES else [],
        models=models,
        first=first,
    )
