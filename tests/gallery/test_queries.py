"""Pages of the gallery by keyset: everything once, newest first, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from app.db.columns import new_id
from app.db.engine import Database
from app.db.engine import database_url as url_of
from app.db.migrate import migrate
from app.db.tables import media, models, runs, schemas
from app.gallery import queries
from app.gallery.queries import Page
from app.runs.queries import Run
from tests.runs.samples import NOON, run

COUNT = 25


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with 25 pictures, made a minute apart, and one of somebody else's."""
    url = url_of(database_url, tmp_path)
    migrate(url)
    database = Database(url)
    one = run()
    async with database.begin() as tx:
        described = {"id": "s" * 64, "model_id": one.model_id, "input_schema": {}}
        await tx.execute(insert(schemas).values(**described, created_at=NOON))
        await tx.execute(insert(models).values(**a_model(one)))
        for owner, count in (("owner", COUNT), ("stranger", 1)):
            for number in range(count):
                made = run(owner_id=owner, inputs={"prompt": f"picture {number}"})
                await tx.execute(insert(runs).values(**vars(made)))
                await tx.execute(insert(media).values(**a_picture(made, number)))
    yield database
    await database.close()


def a_model(one: Run) -> dict[str, Any]:
    return {
        "model_id": one.model_id,
        "display_name": "FLUX.2 Flash",
        "description": "",
        "categories": [],
        "schema_id": "s" * 64,
        "source": "shipped",
        "created_at": NOON,
        "updated_at": NOON,
    }


def a_picture(made: Run, number: int, **values: Any) -> dict[str, Any]:
    plain = {
        "id": new_id(),
        "owner_id": made.owner_id,
        "run_id": made.id,
        "position": 0,
        "origin": "output",
        "sha256": f"{number:064}",
        "size_bytes": 10,
        "kind": "image",
        "media_type": "image/png",
        "extension": "png",
        "width": 640,
        "height": 480,
        "storage_key": "k",
        "created_at": NOON + timedelta(minutes=number),
    }
    return plain | values


async def page(database: Database, limit: int, before: str | None = None) -> Page:
    async with database.read() as tx:
        return await queries.newest(tx, "owner", limit=limit, before=before)


async def test_page_after_page_shows_everything_once_newest_first(database: Database) -> None:
    seen: list[str] = []
    before: str | None = None
    for _ in range(4):
        found = await page(database, 8, before)
        seen += [item.prompt for item in found.items]
        before = found.next_before

    assert seen == [f"picture {number}" for number in reversed(range(COUNT))]
    assert before is None


async def test_a_page_that_holds_the_rest_exactly_is_the_last(database: Database) -> None:
    whole = await page(database, COUNT)

    assert len(whole.items) == COUNT
    assert whole.next_before is None


async def test_what_is_made_meanwhile_does_not_move_the_next_page(database: Database) -> None:
    first = await page(database, 8)
    made = run(inputs={"prompt": "made meanwhile"})
    async with database.begin() as tx:
        await tx.execute(insert(runs).values(**vars(made)))
        await tx.execute(insert(media).values(**a_picture(made, 99)))

    second = await page(database, 8, first.next_before)

    assert second.items[0].prompt == f"picture {COUNT - 9}"


async def test_each_item_has_what_the_gallery_shows(database: Database) -> None:
    item = (await page(database, 1)).items[0]

    assert (item.made_with, item.prompt, item.ratio) == ("FLUX.2 Flash", "picture 24", 640 / 480)
    assert item.created_at == NOON + timedelta(minutes=24)
    assert item.day == "2026-11-03"


async def test_neighbours_are_the_nearest_on_each_side(database: Database) -> None:
    every = (await page(database, COUNT)).items
    async with database.read() as tx:
        newer, older = await queries.around(tx, "owner", every[10].id, each_side=3)

    assert [item.id for item in newer] == [item.id for item in every[7:10]]
    assert [item.id for item in older] == [item.id for item in every[11:14]]


async def test_the_ends_have_neighbours_on_one_side_alone(database: Database) -> None:
    every = (await page(database, COUNT)).items
    async with database.read() as tx:
        newer, _ = await queries.around(tx, "owner", every[0].id, each_side=3)
        _, older = await queries.around(tx, "owner", every[-1].id, each_side=3)

    assert (newer, older) == ([], [])


async def test_only_what_has_a_small_picture_counts_as_one(database: Database) -> None:
    made = run(inputs={"prompt": "a sound"})
    async with database.begin() as tx:
        await tx.execute(insert(runs).values(**vars(made)))
        await tx.execute(insert(media).values(**a_picture(made, 99, kind="audio")))
    async with database.read() as tx:
        pictures = await queries.newest_pictures(tx, "owner", limit=1)

    assert pictures[0].prompt == "picture 24"
    assert (await page(database, 1)).items[0].prompt == "a sound"
