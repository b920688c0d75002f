"""Alive, fit to serve, and figures for Prometheus."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.db.revision import check_revision
from app.errors import PlaygroundError
from app.media.store import StorageFull
from app.runs.durable import Engine
from app.runs.services import Services

router = APIRouter(include_in_schema=False)

_PATIENCE_SECONDS = 3.0
# Several balancers may ask each second; a bucket is asked three times for each answer.
_REMEMBERED_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Probe:
    """One part's fitness: asked once at a time however many want to know, never waited for long.

    A question that hangs is left to hang alone: another one would only take one more thread.
    """

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        self._ask = ask
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[str | None] | None = None

    async def trouble(self) -> str | None:
        """What is wrong with it, in a sentence; None when it is fit."""
        over = self._asking is None or self._asking.done()
        if self._asking is None or (over and self._is_old()):
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._asked())
        await asyncio.wait({self._asking}, timeout=_PATIENCE_SECONDS)
        if not self._asking.done():
            return f"It has not answered within {_PATIENCE_SECONDS:.0f} seconds."
        return self._asking.result()

    def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    def _is_old(self) -> bool:
        return time.monotonic() - self._asked_at > _REMEMBERED_SECONDS

    async def _asked(self) -> str | None:
        try:
            await self._ask()
        except PlaygroundError as error:
            return str(error)
        except Exception:  # noqa: BLE001  # whatever it is, this part is not fit
            _log.exception("a part could not be asked how it is")
            return "It could not be asked. The log says why."
        return None


class Fitness:
    """Whether requests should come here; RunComfy is not asked, since pages do without it."""

    def __init__(self, services: Services, engine: Engine) -> None:
        self._services = services
        self._engine = engine
        self._probes = {
            "database": Probe(lambda: check_revision(services.database)),
            "storage": Probe(self._check_storage),
        }

    async def failing(self) -> dict[str, str]:
        """Each part that is not fit, and why."""
        if self._services.stopping.is_set():
            return {"server": "stopping"}
        found = await asyncio.gather(*(probe.trouble() for probe in self._probes.values()))
        said = dict(zip(self._probes, found, strict=True)) | {"engine": self._engine.trouble}
        return {name: words for name, words in said.items() if words is not None}

    def close(self) -> None:
        """Ask no more."""
        for probe in self._probes.values():
            probe.close()

    async def _check_storage(self) -> None:
        try:
            await self._services.media.store.check()
        except StorageFull:
            # Pages go on with what there is, and results wait at RunComfy: turning everybody
            # away would help nobody. The operations page says it.
            return


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Database, storage and engine are fit, and this server is not about to stop."""
    fitness: Fitness = request.app.state.fitness
    failing = await fitness.failing()
    return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text format."""
    services: Services = request.app.state.services
    await services.figures.write(_PATIENCE_SECONDS)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
