"""The stand-in for RunComfy's API: an ASGI app that takes requests, and really draws."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app.simulator import answers, checking, given, timing, wire
from app.simulator.bearer import Bearer
from app.simulator.drawing import Drawer
from app.simulator.files import Files
from app.simulator.ledger import Accepted, Ledger, new_request_id
from app.simulator.models import Catalogue, JsonObject, published
from app.simulator.timing import Standing, Times

_MOST_BYTES = 64 * 1024 * 1024
"""The official nodes send no body larger than this."""
_FIRST_BALANCE_USD = 1000.0
_ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_simulator(
    *,
    folder: Path,
    token: str | None = None,
    origin: str | None = None,
    fetch_origins: Sequence[str] = (),
    queue_seconds: float = 1.5,
    run_seconds: float = 4.0,
    draw_threads: int = 1,
    rough: bool = False,
    models: Path | None = None,
) -> ASGIApp:
    """Make the app; it plays RunComfy's API, its files and its balance at one origin.

    folder: where accepted requests are kept, so that a later process knows them too.
    token: the bearer that must be sent; None takes any, and none.
    origin: its own address in what it answers; None takes it from each request's Host.
    fetch_origins: origins whose pictures are really fetched; nothing else is.
    queue_seconds: for each of a request's 1 to 3 places in the queue.
    run_seconds: usual time of work, from which each request differs by up to 40 %.
    rough: whether pictures are drawn small and enlarged, where looks are of no concern.
    models: a folder of further models, a JSON file for each, offered beside its own.
    """
    service = _Service(
        folder,
        origin,
        tuple(fetch_origins),
        queue_seconds,
        run_seconds,
        draw_threads,
        rough,
        models,
    )
    app = Starlette(
        routes=service.routes(),
        middleware=[Middleware(Bearer, token=token)],
        exception_handlers={HTTPException: _refused_by_routing},
        lifespan=service.lifespan,
    )
    app.state.origin_of = service.origin_of
    return wire.Cuttable(app)


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are believed; read once, since that takes long."""
    return httpx.create_ssl_context(trust_env=False)


async def _refused_by_routing(_: Request, error: Exception) -> Response:
    """No such path, or not with this method: said in RunComfy's shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answers.error(status, "There is nothing at this address.")


class _Service:
    """The routes, and what they share."""

    def __init__(
        self,
        folder: Path,
        origin: str | None,
        fetch_origins: tuple[str, ...],
        queue_seconds: float,
        run_seconds: float,
        draw_threads: int,
        rough: bool,
        models: Path | None,
    ) -> None:
        self._origin = origin.rstrip("/") if origin else None
        self._queue_seconds, self._run_seconds = queue_seconds, run_seconds
        self._models = Catalogue(models)
        self._ledger = Ledger(folder, self._models)
        self._drawer = Drawer(draw_threads)
        # No redirects: one would lead away from the origins that may be fetched.
        self._client = httpx.AsyncClient(
            follow_redirects=False, trust_env=False, verify=_authorities()
        )
        self._files = Files(
            self._ledger,
            self._drawer,
            self._client,
            fetch_origins,
            queue_seconds,
            run_seconds,
            rough,
        )
        self._collecting: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self.list_models),
            Route("/v1/models/categories", self.list_categories),
            Route("/v1/models/{model_id:path}", self.show_model, methods=["GET"]),
            Route("/v1/models/{model_id:path}", self.submit, methods=["POST"]),
            Route("/v1/requests/{request_id:path}/status", self.show_status),
            Route("/v1/requests/{request_id:path}/result", self.show_result),
            Route("/v1/requests/{request_id:path}/cancel", self.cancel, methods=["POST"]),
            Route("/elsewhere", self.stray, methods=_ALL_METHODS),
            Route("/elsewhere/{path:path}", self.stray, methods=_ALL_METHODS),
            Route("/prod/v2/balance", self.show_balance),
            Route("/go-on/{request_id}", self.go_on, methods=["POST"]),
            Route("/samples", self._files.samples),
            Route("/samples/{name}", self._files.sample),
            Route("/files/{request_id}/{name}", self._files.file),
            Route("/moved/files/{request_id}/{name}", self._files.moved),
        ]

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        for task in self._collecting:
            task.cancel()
        self._drawer.stop()
        await self._client.aclose()

    def origin_of(self, request: Request) -> str:
        return self._origin or f"{request.url.scheme}://{request.url.netloc}"

    async def list_models(self, request: Request) -> Response:
        return JSONResponse(self._models.page(dict(request.query_params), self.origin_of(request)))

    async def list_categories(self, _: Request) -> Response:
        return JSONResponse({"categories": self._models.categories()})

    async def show_model(self, request: Request) -> Response:
        model = self._models.found(request.path_params["model_id"])
        if model is None:
            return answers.not_found("Model")
        return JSONResponse(published(model, self.origin_of(request), with_schema=True))

    async def submit(self, request: Request) -> Response:
        """POST /v1/models/{model_id}: the paid request."""
        model = self._models.found(request.path_params["model_id"])
        if model is None:
            return answers.not_found("Model")
        body = await _body(request)
        if body is None:
            return answers.error(413, "The request is larger than 64 MB.")
        inputs = await asyncio.to_thread(_json_object, body)
        if inputs is None:
            return answers.invalid([{"loc": ["body"], "msg": "must be a JSON object"}])
        wrong = await asyncio.to_thread(checking.complaints, model, inputs)
        if wrong:
            return answers.invalid(wrong)
        try:
            kept = await asyncio.to_thread(given.keep_data_uris, self._ledger.files, inputs)
        except given.Unusable as error:
            return answers.invalid([{"loc": ["body", *error.loc], "msg": str(error)}])
        now = time.time()
        origin = self.origin_of(request)
        accepted = Accepted(new_request_id(now), model["model_id"], kept, origin, model)
        refusal = answers.refusal(accepted, request.headers.get("authorization", ""))
        refused = refusal.status_code if refusal is not None else 0
        # Written down before the answer leaves: an answer may be lost, a request never.
        await asyncio.to_thread(partial(self._ledger.accept, accepted, refused=refused))
        if refusal is not None:
            return answers.late(accepted, refusal)
        self._begin(accepted, now)
        return answers.acceptance(accepted, origin)

    def _begin(self, accepted: Accepted, now: float) -> None:
        """What goes on behind the answer: inputs are fetched, and old requests deleted."""

        async def begin() -> None:
            await self._files.collect(accepted)
            await asyncio.to_thread(self._ledger.sweep, now)

        task = asyncio.create_task(begin())
        self._collecting.add(task)
        task.add_done_callback(self._collecting.discard)

    def _stands(self, accepted: Accepted, now: float) -> tuple[Standing, Times]:
        known = timing.times(
            accepted, self._queue_seconds, self._run_seconds, self._ledger.let_go(accepted)
        )
        if self._ledger.cancelled(accepted):
            return Standing("cancelled"), known
        return timing.standing(accepted, known, now), known

    async def show_status(self, request: Request) -> Response:
        now = time.time()
        accepted = self._ledger.find(request.path_params["request_id"], now)
        if accepted is None:
            return answers.not_found("Request")
        stands, known = self._stands(accepted, now)
        body = answers.status(accepted, stands, self.origin_of(request))
        troubled = answers.troubled_status(accepted, known, now, body)
        return troubled or answers.dressed(accepted, body)

    async def show_result(self, request: Request) -> Response:
        now = time.time()
        accepted = self._ledger.find(request.path_params["request_id"], now)
        if accepted is None:
            return answers.not_found("Request")
        stands, known = self._stands(accepted, now)
        with_cost = request.query_params.get("include_cost", "").lower() in ("true", "1")
        body = answers.result(accepted, stands, known, self.origin_of(request), with_cost=with_cost)
        troubled = answers.troubled_result(accepted, known, now, body)
        return troubled or answers.dressed(accepted, body)

    async def cancel(self, request: Request) -> Response:
        """POST /v1/requests/{request_id}/cancel: works only while the request is queued."""
        now = time.time()
        accepted = self._ledger.find(request.path_params["request_id"], now)
        if accepted is None:
            return answers.not_found("Request")
        troubled = answers.troubled_cancel(accepted)
        if troubled is not None:
            return troubled
        stands, _ = self._stands(accepted, now)
        if stands.status == "in_queue" and "cancel late" not in accepted.faults:
            await asyncio.to_thread(self._ledger.cancel, accepted)
            stands = Standing("cancelled")
        cancelled = stands.status == "cancelled"
        return JSONResponse(
            {
                "request_id": accepted.request_id,
                "status": answers.word(accepted, stands),
                "outcome": "cancelled" if cancelled else "not_cancellable",
            }
        )

    async def go_on(self, request: Request) -> Response:
        """POST /go-on/{request_id}: lets a held request run, then end; not RunComfy's."""
        now = time.time()
        accepted = self._ledger.find(request.path_params["request_id"], now)
        if accepted is None:
            return answers.not_found("Request")
        await asyncio.to_thread(self._ledger.go_on, accepted, now)
        return JSONResponse({"let_go": len(self._ledger.let_go(accepted))})

    async def stray(self, request: Request) -> Response:
        """Where only those come who follow what must not be followed; each is written down."""
        sent = {name: name in request.headers for name in ("authorization", "cookie")}
        await asyncio.to_thread(self._ledger.note_stray, {"path": request.url.path, **sent})
        return Response("You should not have come here.")

    async def show_balance(self, _: Request) -> Response:
        left = max(0.0, _FIRST_BALANCE_USD - self._ledger.spent_usd)
        return JSONResponse({"balance_usd": round(left, 4), "currency": "USD"})


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too large, of which no more than the limit is read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            return None
    return bytes(body)


def _json_object(body: bytes) -> JsonObject | None:
    try:
        inputs = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return inputs if isinstance(inputs, dict) else None
