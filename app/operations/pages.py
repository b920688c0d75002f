"""The operations page; a part of it that asks for itself again, and the whole."""

from fastapi import APIRouter, Request, Response

from app.operations.board import board
from app.runs.services import Services
from app.team.access import Member
from app.web.htmx import is_fragment
from app.web.rendering import renderer

router = APIRouter(include_in_schema=False)


@router.get("/operations")
async def show_operations(request: Request, member: Member) -> Response:
    """How everything goes at this moment; for whoever may use the playground."""
    services: Services = request.app.state.services
    template = "operations/_board.html" if is_fragment(request) else "operations/operations.html"
    return renderer(request).page(request, template, b=await board(services))
