"""The database decides races between those who want to move one run."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.db.columns import new_id, utc_now
from app.db.engine import Database
from app.db.engine import database_url as url_of
from app.db.migrate import migrate
from app.db.tables import schemas
from app.errors import NotFound
from app.runs import queries, sending_queries
from app.runs.queries import Run
from app.runs.states import State
from tests.runs.samples import NOON, run

AT_ONCE = 10


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    url = url_of(database_url, tmp_path)
    migrate(url)
    database = Database(url)
    async with database.begin() as tx:
        described = {"id": "s" * 64, "model_id": "m", "input_schema": {}, "created_at": NOON}
        await tx.execute(insert(schemas).values(**described))
    yield database
    await database.close()


async def save(database: Database, one: Run) -> bool:
    async with database.begin() as tx:
        return await queries.save(tx, one)


async def claim(database: Database, run_id: str) -> Run | None:
    async with database.begin() as tx:
        return await sending_queries.claim_for_sending(tx, run_id, by=new_id(), at=utc_now())


async def test_a_run_is_read_as_it_was_written(database: Database) -> None:
    written = run(
        inputs={"z": 1, "prompt": "café 🦊", "a": 2**63 - 1},
        missing=[{"position": 0}],
        sent_at=NOON,
    )

    assert await save(database, written)

    async with database.read() as tx:
        found = await queries.get(tx, written.id)
        assert found == replace(written, updated_at=found.updated_at)
        assert list((await queries.get(tx, written.id)).inputs) == ["z", "prompt", "a"]


async def test_of_many_who_claim_a_run_for_sending_one_gets_it(database: Database) -> None:
    one = run()
    await save(database, one)

    claims = await asyncio.gather(*(claim(database, one.id) for _ in range(AT_ONCE)))

    won = [claimed for claimed in claims if claimed is not None]
    assert [(claimed.state, claimed.version) for claimed in won] == [(State.SENDING, 2)]
    assert won[0].sent_at is not None


@pytest.mark.parametrize("state", [state for state in State if state != State.SAVED])
async def test_only_a_saved_run_is_claimed(database: Database, state: State) -> None:
    one = run(state=state)
    await save(database, one)

    assert await claim(database, one.id) is None


async def test_a_form_s_key_makes_one_run_however_often_it_comes(database: Database) -> None:
    same = [replace(run(), form_key="the-same") for _ in range(AT_ONCE)]

    saved = await asyncio.gather(*(save(database, one) for one in same))

    assert saved.count(True) == 1
    async with database.read() as tx:
        found = await queries.by_form_key(tx, "the-same")
    assert found is not None
    assert found.id == same[saved.index(True)].id


async def test_a_move_that_the_table_of_states_forbids_changes_nothing(
    database: Database,
) -> None:
    one = run(state=State.COMPLETED)
    await save(database, one)
    async with database.read() as tx:
        before = await queries.get(tx, one.id)

    async with database.begin() as tx:
        assert await queries.move(tx, one.id, State.FAILED, words="no") is None

    async with database.read() as tx:
        assert await queries.get(tx, one.id) == before


async def test_what_has_to_go_on_is_found_oldest_first(database: Database) -> None:
    kept = [run(state=state) for state in State]
    for one in reversed(kept):
        await save(database, one)
    waiting = run(state=State.COMPLETED, phase="mending", missing=[{"position": 0}])
    await save(database, waiting)

    async with database.read() as tx:
        followed = await queries.followed(tx)
        for_files = await queries.waiting_for_files(tx)

    assert [one.state for one in followed] == ["queued", "running"]
    assert [one.id for one in followed] == sorted(one.id for one in followed)
    assert [one.id for one in for_files] == [waiting.id]


async def test_a_persons_runs_are_listed_newest_first_and_nobody_else_s(
    database: Database,
) -> None:
    mine = [run(), run()]
    for one in [*mine, run(owner_id="someone else")]:
        await save(database, one)

    async with database.read() as tx:
        listed = await queries.latest(tx, "owner", model_id=mine[0].model_id, limit=10)
        saved = await queries.in_state(tx, "owner", "saved", limit=10)
        failed = await queries.in_state(tx, "owner", "failed", limit=10)

    assert [one.id for one in listed] == [mine[1].id, mine[0].id]
    assert len(saved) == 2
    assert failed == []


async def test_a_run_that_is_not_there_is_not_found(database: Database) -> None:
    async with database.read() as tx:
        assert await queries.find(tx, "0" * 26) is None
        with pytest.raises(NotFound):
            await queries.get(tx, "0" * 26)
