"""Alive, fit to serve, and figures for Prometheus."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.errors import PlaygroundError
from app.runs.services import Services

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Database and storage answer; RunComfy is not asked."""
    services: Services = request.app.state.services
    failing: dict[str, str] = {}
    for name, check in (
        ("database", services.database.check),
        ("storage", services.media.store.check),
    ):
        try:
            await check()
        except PlaygroundError as error:
            failing[name] = str(error)
    return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200)


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
