"""What a person's browser tells of how they left a page."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.team.access import Member
from app.team.remembered import MORE_SETTINGS, Remembered

router = APIRouter(include_in_schema=False)


@router.post("/remembered")
async def remember(
    request: Request, member: Member, more_settings: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Keep whether "More settings" stands open; there is nothing to show for it."""
    remembered: Remembered = request.app.state.services.remembered
    await remembered.set(member.id, MORE_SETTINGS, "open" if more_settings == "open" else "")
    return Response(status_code=204)
