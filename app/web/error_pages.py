"""An error -> a page, a fragment or JSON, in one place."""

import logging
import secrets
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Scope

from app.errors import NotFound, PlaygroundError
from app.web.htmx import aimed, is_fragment
from app.web.rendering import renderer
from app.web.security import HEADERS

_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Have every error of the app answered here."""
    app.exception_handler(PlaygroundError)(_told)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(ClientDisconnect)(_hung_up)
    app.exception_handler(Exception)(_broken)


async def refuse(scope: Scope, error: PlaygroundError) -> ASGIApp:
    """The answer for a request that was refused before it reached a route."""
    return await _told(Request(scope), error)


async def _told(request: Request, error: PlaygroundError) -> Response:
    return answer(request, error.status, error.code, str(error), near=getattr(error, "near", []))


async def _http(request: Request, error: HTTPException) -> Response:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return await _told(request, NotFound("Nothing is kept under this address."))
    said = error.detail or HTTPStatus(error.status_code).phrase
    response = answer(request, error.status_code, "refused", f"{said.rstrip('.')}.")
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return answer(request, 422, "invalid", f"{where}: {first['msg']}.")


async def _hung_up(_: Request, __: ClientDisconnect) -> Response:
    """Whoever asked has gone before the end of what they sent: nobody reads this answer."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _broken(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(4)
    _log.error("something broke, reference %s", reference, exc_info=error)
    response = answer(
        request,
        500,
        "broken",
        "Something broke on this server. What was sent before is safe and goes on.",
        reference=reference,
    )
    # What breaks is answered outside of the guard, who puts these on everything else.
    response.headers.update(HEADERS)
    return response


def answer(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    reference: str | None = None,
    near: list[object] | None = None,
) -> Response:
    """The same words as JSON, as a notice on the open page, or as a page of their own."""
    if wants_json(request):
        body = {"error": {"code": code, "message": message, "reference": reference}}
        return JSONResponse(body, status_code=status)
    context = {"message": message, "reference": reference, "near": near or [], "number": status}
    if is_fragment(request):
        notice = renderer(request).page(request, "_notice.html", status=status, **context)
        return aimed(notice, "#notice", "innerHTML")
    template = "not_found.html" if status == HTTPStatus.NOT_FOUND else "error.html"
    return renderer(request).page(request, template, status=status, **context)


def wants_json(request: Request) -> bool:
    """Whether the one who asks is a program, and not a browser."""
    if request.url.path.startswith(("/api/", "/v1/")):
        return True
    accepts = request.headers.get("accept", "")
    return "application/json" in accepts and "text/html" not in accepts
