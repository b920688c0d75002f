"""The list of models."""

from fastapi import APIRouter, Request, Response

from app.catalogue.shelf import Shelf
from app.team.access import Member
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)


@router.get("/models")
async def list_models(request: Request, member: Member, q: str = "", kind: str = "") -> Response:
    """Every model; `q` are words to find in names and descriptions, `kind` is a category."""
    shelf: Shelf = request.app.state.shelf
    every = shelf.all()
    words = q.casefold().split()
    found = [
        model
        for model in every
        if (not kind or kind in model.categories) and all(word in model.searched for word in words)
    ]
    kinds: dict[str, int] = {}
    for model in every:
        for category in model.categories[:1]:
            kinds[category] = kinds.get(category, 0) + 1
    return renderer(request).page(
        request,
        "catalogue/models.html",
        section="models",
        models=found,
        total=len(every),
        kinds=kinds,
        q=q,
        kind=kind,
    )
