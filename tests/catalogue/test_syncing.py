"""What becomes of RunComfy's own catalogue: taken over, marked, never emptied by an accident."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.catalogue import queries
from app.catalogue.importing import import_shipped
from app.catalogue.queries import Model
from app.catalogue.syncing import take_over
from app.db.engine import Database
from app.db.tables import schemas
from app.runcomfy.models import Listing, ModelEntry
from tests.catalogue.conftest import SCHEMA, entry, shelf_of
from tests.support.playground import FLASH

HOST = "model-api.example"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WITH_SEED = {**SCHEMA, "properties": {"prompt": {"type": "string"}, "seed": {"type": "integer"}}}


async def sync(
    database: Database,
    *entries: ModelEntry,
    at: datetime = MONDAY,
    whole: bool = True,
    host: str = HOST,
) -> bool:
    """RunComfy's catalogue as it is at a time."""
    return await take_over(Listing(list(entries), whole), database, host, now=at)


async def models_of(database: Database) -> dict[str, Model]:
    """Every model by its id."""
    return {model.model_id: model for model in (await shelf_of(database)).all()}


async def news_of(database: Database, at: datetime) -> dict[str, str | None]:
    """What is told of each model at a time, the shipped ones left out."""
    models = (await models_of(database)).values()
    return {model.model_id: model.news(at) for model in models if model.source != "shipped"}


async def test_taking_over_what_is_known_already_writes_nothing(database: Database) -> None:
    await sync(database, entry("new/one"))
    before = await models_of(database)

    await import_shipped(database)
    await sync(database, entry("new/one"), at=MONDAY + HOUR)

    assert await models_of(database) == before
    async with database.read() as tx:
        assert len((await tx.execute(select(schemas.c.id))).all()) == 3


async def test_a_shipped_model_takes_the_price_and_keeps_its_own_schema(
    database: Database,
) -> None:
    before = (await models_of(database))[FLASH]

    await sync(database, entry(FLASH, display_name="Another name"))

    after = (await models_of(database))[FLASH]
    assert after.price_usd == Decimal("0.02")
    assert (after.schema_id, after.display_name) == (before.schema_id, before.display_name)


async def test_a_changed_schema_is_a_new_version_and_the_old_one_stays(
    database: Database,
) -> None:
    await sync(database, entry("new/one"))
    old = (await models_of(database))["new/one"]

    await sync(database, entry("new/one", input_schema=WITH_SEED), at=MONDAY + HOUR)

    shelf = await shelf_of(database)
    assert shelf.get("new/one").input_schema == WITH_SEED
    assert shelf.get("new/one").changes_in_words == "1 input new"
    assert [field.name for field in (await shelf.form_of(old.schema_id)).fields] == ["prompt"]
    assert await news_of(database, MONDAY + HOUR) == {"new/one": "changed"}
    assert await news_of(database, MONDAY + timedelta(days=15)) == {"new/one": None}


async def test_another_order_of_inputs_is_not_told_as_a_change(database: Database) -> None:
    turned = {**WITH_SEED, "properties": dict(reversed(WITH_SEED["properties"].items()))}  # type: ignore[attr-defined]  # a dict, as above
    await sync(database, entry("new/one", input_schema=WITH_SEED))

    await sync(database, entry("new/one", input_schema=turned), at=MONDAY + HOUR)

    assert (await models_of(database))["new/one"].input_schema == turned
    assert await news_of(database, MONDAY + HOUR) == {"new/one": None}


async def test_a_model_without_a_schema_is_left_out(database: Database) -> None:
    await sync(database, entry("new/bare", input_schema=None))

    assert "new/bare" not in await models_of(database)


async def test_new_is_what_comes_after_the_first_whole_catalogue_for_two_weeks(
    database: Database,
) -> None:
    await sync(database, entry("a/early"))
    await sync(database, entry("a/early"), entry("b/late"), at=MONDAY + HOUR)

    assert await news_of(database, MONDAY + HOUR) == {"a/early": None, "b/late": "new"}
    assert await news_of(database, MONDAY + timedelta(days=15)) == {"a/early": None, "b/late": None}


async def test_the_first_catalogue_of_another_runcomfy_is_not_news(database: Database) -> None:
    await sync(database, entry("a/there"), host="127.0.0.1")

    await sync(database, entry("b/here"), at=MONDAY + HOUR)

    assert await news_of(database, MONDAY + HOUR) == {"a/there": "removed", "b/here": None}


async def test_what_is_listed_no_longer_is_kept_and_marked_until_it_comes_back(
    database: Database,
) -> None:
    both = [entry("a/stays"), entry("b/goes")]
    await sync(database, *both)

    await sync(database, both[0], at=MONDAY + HOUR)
    gone = await models_of(database)
    await sync(database, *both, at=MONDAY + 2 * HOUR)

    assert gone["b/goes"].removed_at == MONDAY + HOUR
    assert gone["b/goes"].input_schema == SCHEMA
    assert gone[FLASH].removed_at is None
    assert (await models_of(database))["b/goes"].removed_at is None


async def test_a_catalogue_that_ended_early_removes_nothing(database: Database) -> None:
    await sync(database, entry("a/one"), entry("b/two"))

    believed = await sync(database, entry("a/one"), at=MONDAY + HOUR, whole=False)

    assert not believed
    assert (await models_of(database))["b/two"].removed_at is None
    assert (await shelf_of(database, HOST)).synced_at == MONDAY


async def test_a_suspiciously_short_catalogue_removes_nothing_until_it_is_seen_again(
    database: Database,
) -> None:
    names = ["a/one", "b/two", "c/three"]
    await sync(database, *map(entry, names))

    first = await sync(database, at=MONDAY + HOUR)
    at_once = await sync(database, at=MONDAY + HOUR + timedelta(seconds=5))
    kept = await models_of(database)
    later = await sync(database, entry(names[0]), at=MONDAY + 2 * HOUR)

    assert (first, at_once, later) == (False, False, True)
    assert [kept[name].removed_at for name in names] == [None, None, None]
    after = await models_of(database)
    assert [after[name].removed_at is not None for name in names] == [False, True, True]


async def test_a_believable_answer_ends_the_doubt(database: Database) -> None:
    names = ["a/one", "b/two", "c/three"]
    await sync(database, *map(entry, names))
    await sync(database, at=MONDAY + HOUR)

    await sync(database, *map(entry, names), at=MONDAY + 2 * HOUR)

    assert not await sync(database, at=MONDAY + 3 * HOUR)
    async with database.read() as tx:
        assert (await queries.catalogue(tx, HOST)).synced_at == MONDAY + 2 * HOUR
