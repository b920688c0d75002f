"""What `playground check` and `playground models` print."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import SecretStr

from app.catalogue.importing import import_shipped
from app.catalogue.queries import Model
from app.catalogue.shelf import Shelf
from app.db.engine import Database, database_url
from app.db.migrate import migrate
from app.errors import PlaygroundError
from app.media.store import open_store
from app.runcomfy.client import RunComfy
from app.settings import Settings, make_data_dir


async def check_all(settings: Settings) -> bool:
    """Print every setting, secrets masked, and how each part answers; True when all do."""
    for name, value in settings:
        env = name.upper() if name.startswith("runcomfy_") else f"PLAYGROUND_{name.upper()}"
        print(f"{env:28} {_shown(name, value)}")
    print()
    fine = True
    for name, attempt in (
        ("database", _check_database),
        ("storage", _check_storage),
        ("RunComfy", _check_runcomfy),
    ):
        fine &= await _tried(name, attempt, settings)
    return fine


async def known_models(settings: Settings) -> list[Model]:
    """Every model in the database, the shipped ones written there first."""
    database = await _opened(settings)
    try:
        await import_shipped(database)
        shelf = Shelf(database)
        await shelf.load()
        return shelf.all()
    finally:
        await database.close()


async def _tried(
    name: str, attempt: Callable[[Settings], Awaitable[str]], settings: Settings
) -> bool:
    try:
        print(f"{name}: {await attempt(settings)}")
    except PlaygroundError as error:
        print(f"{name}: NOT in order. {error}")
        return False
    return True


async def _check_database(settings: Settings) -> str:
    database = await _opened(settings)
    try:
        await database.check()
    finally:
        await database.close()
    return "answers"


async def _check_storage(settings: Settings) -> str:
    make_data_dir(settings.data_dir)
    await open_store(settings.storage_url, folder=settings.data_dir / "media").check()
    return "a file was written, read and deleted"


async def _check_runcomfy(settings: Settings) -> str:
    if settings.simulated:
        return "no token is set, so the built-in simulator plays it. Set RUNCOMFY_TOKEN to use it"
    token = settings.runcomfy_token
    client = RunComfy(
        base_url=settings.runcomfy_base_url,
        token=None if token is None else token.get_secret_value(),
    )
    try:
        return await client.check()
    except PlaygroundError as error:
        raise PlaygroundError(
            f"{error} Look at RUNCOMFY_TOKEN, RUNCOMFY_BASE_URL and the network."
        ) from error
    finally:
        await client.aclose()


async def _opened(settings: Settings) -> Database:
    make_data_dir(settings.data_dir)
    url = database_url(settings.database_url, settings.data_dir)
    await asyncio.to_thread(migrate, url)
    return Database(url)


def _shown(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return "set"
    if name == "database_url" and value:
        from sqlalchemy.engine import make_url

        return make_url(str(value)).render_as_string()
    return "unset" if value in (None, "") else str(value)
