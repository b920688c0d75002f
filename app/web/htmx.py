"""The few things a route says to HTMX."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse


def is_fragment(request: Request) -> bool:
    """Whether HTMX asks, and so for a piece of a page."""
    return request.headers.get("hx-request") == "true"


def see_other(path: str) -> Response:
    """Send the browser on to a page, after a form has done its work."""
    return RedirectResponse(path, status_code=303)


def aimed(response: Response, target: str, swap: str = "outerHTML") -> Response:
    """Aim a fragment at another element than the one that asked."""
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = swap
    return response
