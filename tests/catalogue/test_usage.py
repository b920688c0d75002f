"""What was done with the models here, told to whom it belongs, at a cost that does not grow."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from app.catalogue import queries
from app.catalogue.usage import Mine, Usages
from app.db.engine import Database
from app.db.tables import media, runs
from tests.catalogue.conftest import shelf_of
from tests.gallery.test_queries import a_picture
from tests.runs.samples import NOON, run
from tests.support.playground import EDIT, FLASH


async def fill(database: Database, *made: dict[str, Any]) -> list[str]:
    """Write runs with the values given, each with a picture; gives the pictures' ids."""
    schema_id = (await shelf_of(database)).get(FLASH).schema_id
    pictures = []
    async with database.begin() as tx:
        for number, values in enumerate(made):
            one = run(schema_id=schema_id, **values)
            picture = a_picture(one, number) | {"owner_id": one.owner_id}
            await tx.execute(insert(runs).values(**vars(one)))
            await tx.execute(insert(media).values(**picture))
            pictures.append(picture["id"])
    return pictures


async def mine_of(database: Database, usages: Usages, owner_id: str = "owner") -> Mine:
    """What a person made last."""
    async with database.read() as tx:
        return await usages.of(tx, owner_id)


async def test_each_person_has_their_own_last_results_newest_first(database: Database) -> None:
    models = [FLASH, "a/one", "b/two", "c/three", "d/four", FLASH]
    pictures = await fill(
        database,
        *({"model_id": name, "inputs": {"prompt": f"for {name}"}} for name in models),
        {"model_id": EDIT, "owner_id": "somebody else", "inputs": {"text": "no prompt"}},
    )
    usages = Usages(database)

    mine = await mine_of(database, usages)
    other = await mine_of(database, usages, "somebody else")

    assert [one.made.model_id for one in mine.recents] == [FLASH, "d/four", "c/three", "b/two"]
    assert mine.recents[0].prompt == f"for {FLASH}"
    assert mine.faces[FLASH].media_id == pictures[5]
    assert set(mine.faces) == set(models)
    assert [(one.made.model_id, one.prompt) for one in other.recents] == [(EDIT, "")]

    newer = await fill(database, {"model_id": "a/one"})

    assert (await mine_of(database, usages)).faces["a/one"].media_id == newer[0]


async def test_a_usual_time_needs_five_completed_runs(database: Database) -> None:
    def took(model_id: str, seconds: int) -> dict[str, Any]:
        ended = NOON + timedelta(seconds=seconds)
        times = {"running_at": NOON, "ended_there_at": ended}
        return {"model_id": model_id, "state": "completed", **times}

    await fill(database, *(took(FLASH, seconds) for seconds in (3, 4, 5, 6, 30)))
    await fill(database, *(took(EDIT, 9) for _ in range(4)), {"model_id": EDIT})

    usage = await Usages(database).of_everyone()

    assert usage.usual == {FLASH: (3.0, 30.0)}
    assert usage.times == {FLASH: 5, EDIT: 5}


async def test_pins_are_a_person_s_own_and_pinning_twice_is_pinning_once(
    database: Database,
) -> None:
    async with database.begin() as tx:
        for owner_id, model_id in (("a", EDIT), ("a", FLASH), ("a", EDIT), ("b", FLASH)):
            await queries.pin(tx, owner_id, model_id)
        await queries.unpin(tx, "b", FLASH)
        await queries.unpin(tx, "b", EDIT)

    async with database.read() as tx:
        assert await queries.pinned(tx, "a") == [EDIT, FLASH]
        assert await queries.pinned(tx, "b") == []
