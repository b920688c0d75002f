"""create_app: the rooms wired together, started and stopped in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from sqlalchemy.engine import URL
from starlette.routing import Route

from app import health, home, logs
from app.catalogue import import_pages, importing, samples, syncing
from app.catalogue import pages as catalogue_pages
from app.catalogue.queries import in_words
from app.catalogue.shelf import Shelf
from app.data_folder import make_data_dir
from app.db.engine import Database, database_url
from app.db.held import holding
from app.db.migrate import migrate
from app.gallery import clearing_pages
from app.gallery import pages as gallery_pages
from app.inputs.frames import frame_of
from app.inputs.masks import mask_over
from app.media import giving_pages, using_pages
from app.media import pages as media_pages
from app.media.links import Links
from app.media.previews import Previews
from app.media.room import MediaRoom
from app.media.store import open_store
from app.media.uploads import Uploads
from app.operations import pages as operations_pages
from app.runcomfy.client import RunComfy
from app.runcomfy.download import Downloader
from app.runs import decision_pages, desk_pages, keeping_pages, sending_pages
from app.runs import pages as run_pages
from app.runs.counting import count_forever
from app.runs.durable import Engine
from app.runs.form_pages import ReadyPages
from app.runs.not_heard import down_in_words
from app.runs.services import Services
from app.settings import Settings, is_loopback
from app.team import pages as team_pages
from app.web import error_pages
from app.web.assets import Assets
from app.web.rendering import Renderer
from app.web.security import Guard

_log = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The playground as an ASGI app; everything it needs is started with its lifespan."""
    app = FastAPI(
        title="Playground", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan
    )
    assets = Assets(prefix=settings.prefix)
    app.state.settings = settings
    app.state.ready_pages = ReadyPages()
    app.state.renderer = Renderer(
        app.router, assets, settings.prefix, common=lambda: _common(app, settings)
    )
    app.state.renderer.add(
        face=samples.face,
        samples=samples.SHOWN,
        mask_over=mask_over,
        frame_of=frame_of,
        filters={"kind_in_words": in_words},
    )
    app.state.renderer.load_all()
    for router in (
        health.router,
        home.router,
        operations_pages.router,
        catalogue_pages.router,
        import_pages.router,
        run_pages.router,
        decision_pages.router,
        clearing_pages.router,
        sending_pages.router,
        desk_pages.router,
        keeping_pages.router,
        gallery_pages.router,
        giving_pages.router,
        using_pages.router,
        media_pages.router,
        team_pages.router,
    ):
        app.include_router(router)
    app.router.routes.append(Route("/static/{address:path}", assets.answer, name="static"))
    error_pages.install(app)
    app.add_middleware(Guard, settings=settings, refuse=_refuse_for(app))
    return app


def prepare(settings: Settings) -> URL:
    """Make the data folder, and bring the database to this release's shape; blocks.

    Raises PlaygroundError, saying what cannot be used.
    """
    make_data_dir(settings.data_dir)
    url = database_url(settings.database_url, settings.data_dir)
    migrate(url)
    return url


def _refuse_for(app: FastAPI) -> Any:
    async def refuse(scope: Any, error: Any) -> Any:
        scope["app"] = app
        return await error_pages.refuse(scope, error)

    return refuse


def _common(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """What every page shows."""
    services: Services | None = getattr(app.state, "services", None)
    return {
        "section": None,
        "simulated": settings.simulated,
        "open_to_network": settings.open_to_network and not is_loopback(settings.host),
        "upstream_down": None if services is None else down_in_words(services.runcomfy.health),
        "unkept": None if services is None else services.unkept.words(),
    }


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    url = await asyncio.to_thread(prepare, settings)
    async with AsyncExitStack() as stack:
        if settings.on_sqlite:
            stack.enter_context(holding(settings.data_dir))
        base_url = settings.runcomfy_base_url
        if settings.simulated:
            # Loaded only here: with RunComfy itself, what draws would take a fifth of the memory.
            from app.simulator.beside import simulator_beside

            folder = settings.data_dir / "simulator"
            reached = [settings.public_url] if settings.public_url else []
            base_url = stack.enter_context(simulator_beside(folder, fetch_origins=reached))
        services = await _services(settings, base_url, Database(url))
        stack.push_async_callback(_close, services)
        logs.name_replica(services.replica_id)
        app.state.services, app.state.shelf = services, services.shelf
        app.state.media, app.state.database = services.media, services.database
        app.state.uploads, app.state.links = services.uploads, services.links
        app.state.previews = services.previews
        app.state.engine = engine = Engine(services)
        await engine.start()
        services.evidence.stir()
        stack.push_async_callback(engine.stop)
        app.state.fitness = fitness = health.Fitness(services, engine)
        stack.callback(fitness.close)
        syncing = asyncio.create_task(_sync(services))
        stack.push_async_callback(_cancelled, syncing)
        counting = asyncio.create_task(count_forever(services))
        stack.push_async_callback(_cancelled, counting)
        yield


async def _services(settings: Settings, base_url: str, database: Database) -> Services:
    await importing.import_shipped(database)
    shelf = Shelf(database, host=urlsplit(base_url).hostname or "")
    await shelf.load()
    token = settings.runcomfy_token
    host = base_url.split("//", 1)[1].split("/", 1)[0]
    on_loopback = base_url.startswith("http://")
    media = MediaRoom(
        database, open_store(settings.storage_url, folder=settings.data_dir / "media")
    )
    loopback_origin = f"http://{host}" if on_loopback else None
    return Services(
        settings=settings,
        database=database,
        media=media,
        uploads=Uploads(media, settings),
        previews=Previews(media.darkroom, settings, loopback_origin=loopback_origin),
        links=Links(media.store, settings),
        runcomfy=RunComfy(
            base_url=base_url, token=None if token is None else token.get_secret_value()
        ),
        downloader=Downloader(base_url=base_url),
        shelf=shelf,
        loopback_origin=loopback_origin,
    )


async def _sync(services: Services) -> None:
    services.offers[:] = await services.runcomfy.samples()
    await syncing.keep_in_step(services.runcomfy, services.database, services.shelf)


async def _close(services: Services) -> None:
    await services.figures.counted.aclose()
    await services.evidence.aclose()
    await services.previews.aclose()
    await services.media.close()
    await services.downloader.aclose()
    await services.runcomfy.aclose()
    await services.database.close()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
