"""What `playground check`, `playground models` and `playground import` print."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from pydantic import SecretStr

from app.catalogue import imported
from app.catalogue.import_form import address_in, checked, entered
from app.catalogue.importing import import_shipped
from app.catalogue.queries import Model
from app.catalogue.shelf import Shelf
from app.catalogue.understanding.understand import MOST_CHARS
from app.catalogue.wanted import Wanted
from app.data_folder import make_data_dir
from app.db.columns import utc_now
from app.db.engine import Database, database_url
from app.db.migrate import migrate
from app.errors import PlaygroundError
from app.media.links import Held, Links
from app.media.sniff import OPAQUE
from app.media.store import open_store
from app.outside.fetch import fetch_text
from app.runcomfy.client import RunComfy
from app.runcomfy.reach import NotReached, reach
from app.runs.counting import count
from app.settings import Settings

_NOT_REACHED = {
    "link": "Start the server, and look at PLAYGROUND_PUBLIC_URL and the proxy before it.",
    "bucket": "RunComfy must reach the bucket, or leave PLAYGROUND_STORAGE_PUBLIC out.",
}


async def check_all(settings: Settings) -> bool:
    """Print every setting, secrets masked, and how each part answers; True when all do."""
    for name, value in settings:
        env = name.upper() if name.startswith("runcomfy_") else f"PLAYGROUND_{name.upper()}"
        print(f"{env:28} {_shown(name, value)}")
    print()
    fine = True
    parts = [
        ("database", _check_database),
        ("storage", _check_storage),
        ("RunComfy", _check_runcomfy),
        ("files", _check_links),
        ("results", _check_results),
    ]
    for name, attempt in parts:
        fine &= await _tried(name, attempt, settings)
    return fine


async def known_models(settings: Settings, wanted: Wanted) -> list[Model]:
    """The models in the database that are wanted, the shipped ones written there first."""
    database = await _opened(settings)
    try:
        await import_shipped(database)
        shelf = Shelf(database)
        await shelf.load()
        usage = await shelf.usages.of_everyone()
        return shelf.listed.find(wanted, utc_now(), usage, pinned=())
    finally:
        await database.close()


async def import_text(settings: Settings, text: str, *, model_id: str, save: bool) -> bool:
    """Print what a text describes, and keep it if that is wanted; True when it is whole.

    text: whatever a person would paste, or an address. model_id: picks one of several models, or
    names one that the text does not name.
    """
    address = address_in(text)
    if address is not None:
        text = await fetch_text(address, most_bytes=MOST_CHARS)
    found = entered({"_text": text})
    for number, model in enumerate(found.models):
        if len(found.models) > 1 and not model_id:
            print(model.model_id)
        if model_id and model.model_id == model_id:
            found = entered({"_text": text, "_which": str(number)})
    if len(found.models) > 1 and not model_id:
        raise PlaygroundError("There are several models in it: choose one with --id.")
    if model_id:
        found = entered({"_text": text, "_which": str(found.which), "_id": model_id})
    found = checked(found)
    for line in found.in_words:
        print(line)
    if save and found.wanted is not None:
        database = await _opened(settings)
        try:
            await imported.save(database, found.wanted)
        finally:
            await database.close()
        print("Saved. A server that is running shows it within the hour, or when it starts anew.")
    return found.wanted is not None


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


async def _check_links(settings: Settings) -> str:
    """Put a small file away and fetch it by the link that RunComfy would be given."""
    make_data_dir(settings.data_dir)
    store = open_store(settings.storage_url, folder=settings.data_dir / "media")
    links = Links(store, settings)
    if links.way == "inside":
        return links.words
    key, content = f"check/{secrets.token_hex(8)}.bin", secrets.token_bytes(64)
    await store.put_bytes(key, content)
    try:
        address = await links.address_of(Held(key, OPAQUE))
        found = await reach(address, most_bytes=len(content))
    except NotReached as error:
        raise NotReached(f"{error} {_NOT_REACHED[links.way]}") from error
    finally:
        await store.delete(key)
    if found != content:
        raise NotReached(f"What came is not what was put there. {_NOT_REACHED[links.way]}")
    return f"a file was fetched by its link, from {urlsplit(address).netloc}"


async def _check_results(settings: Settings) -> str:
    """Whether RunComfy is about to delete what is not kept here yet."""
    database = await _opened(settings)
    try:
        unkept = await count(database)
    finally:
        await database.close()
    if unkept.alarming:
        raise PlaygroundError(
            f"{unkept.sentence()} Make room in the storage, and let the server run until then."
        )
    return unkept.sentence() or "all are kept"


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
