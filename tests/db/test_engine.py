"""Connections: one writer on SQLite, readers that never wait, trouble said in words."""

import asyncio
import gc
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from app.db.columns import new_id
from app.db.engine import Database, DatabaseUnavailable, database_url
from app.db.migrate import migrate
from app.db.tables import schemas

WRITERS = 50


async def write(database: Database) -> None:
    async with database.begin() as tx:
        values = {"model_id": "x", "input_schema": {}, "created_at": datetime.now(UTC)}
        await tx.execute(insert(schemas).values(id=new_id(), **values))


async def test_fifty_writers_at_once_all_succeed(database: Database) -> None:
    await asyncio.gather(*(write(database) for _ in range(WRITERS)))

    async with database.read() as tx:
        assert len((await tx.execute(select(schemas.c.id))).all()) == WRITERS


async def test_what_fails_midway_leaves_nothing_behind(database: Database) -> None:
    async def break_off() -> None:
        async with database.begin() as tx:
            values = {"model_id": "x", "input_schema": {}, "created_at": datetime.now(UTC)}
            await tx.execute(insert(schemas).values(id="half", **values))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        await break_off()

    async with database.read() as tx:
        assert (await tx.execute(select(schemas.c.id))).all() == []


async def test_whoever_is_cancelled_midway_keeps_nobody_waiting(database: Database) -> None:
    """However long what it held lies about before Python collects it."""

    async def write_on() -> None:
        async with database.begin() as tx:
            values = {"model_id": "x", "input_schema": {}, "created_at": datetime.now(UTC)}
            while True:
                statement = insert(schemas).values(id=new_id(), **values).returning(schemas.c.id)
                await tx.execute(statement)
                midway.set()

    gc.disable()
    try:
        for moments in range(20):
            midway = asyncio.Event()
            writing = asyncio.create_task(write_on())
            await midway.wait()
            for _ in range(moments):
                await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            async with asyncio.timeout(10):
                await write(database)
    finally:
        gc.enable()

    async with database.read() as tx:
        assert len((await tx.execute(select(schemas.c.id))).all()) == 20


async def test_a_wrong_statement_is_a_bug_and_stays_one(database: Database) -> None:
    async with database.begin() as tx:
        await tx.execute(text("create table things (name text unique)"))

    async def nonsense() -> None:
        async with database.begin() as tx:
            await tx.execute(text("insert into things values ('a'), ('a')"))

    with pytest.raises(Exception, match=r"(?i)unique") as raised:
        await nonsense()

    assert not isinstance(raised.value, DatabaseUnavailable)
    assert not isinstance(raised.value, ProgrammingError)


async def test_sqlite_survives_a_power_cut_and_lets_readers_read(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url)
    database = Database(url)

    async with database.begin() as tx:
        assert (await tx.execute(text("pragma synchronous"))).scalar() == 2
        assert (await tx.execute(text("pragma journal_mode"))).scalar() == "wal"
        assert (await tx.execute(text("pragma foreign_keys"))).scalar() == 1
        # Readers go on while something is being written.
        async with database.read() as other:
            assert (await other.execute(select(schemas.c.id))).all() == []
    await database.close()


async def test_a_locked_sqlite_is_waited_for(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url)
    database = Database(url)
    await database.check()
    holder = sqlite3.connect(tmp_path / "playground.db", isolation_level=None)
    holder.execute("begin immediate")

    writing = asyncio.create_task(write(database))
    done, _ = await asyncio.wait({writing}, timeout=0.3)
    assert not done
    holder.execute("commit")
    await writing

    holder.close()
    await database.close()


async def test_who_stands_in_line_behind_a_lock_for_too_long_is_told_so(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    migrate(url)
    database = Database(url)
    # A minute otherwise.
    database._writer.sync_engine.pool._timeout = 0.1  # type: ignore[attr-defined]

    async with database.begin():
        with pytest.raises(DatabaseUnavailable, match="does not answer just now"):
            await write(database)

    await database.close()


async def test_a_database_that_is_gone_is_said_in_a_sentence() -> None:
    database = Database(database_url("postgresql://someone:word@127.0.0.1:1/none", Path()))

    with pytest.raises(DatabaseUnavailable, match="does not answer just now") as raised:
        await database.check()

    assert "word" not in str(raised.value)
    await database.close()


def test_the_setting_is_read_for_the_drivers_used_here(tmp_path: Path) -> None:
    embedded = database_url("", tmp_path)
    named = database_url("postgres://someone@host/name", tmp_path)

    assert (embedded.drivername, embedded.database) == (
        "sqlite+aiosqlite",
        str(tmp_path / "playground.db"),
    )
    assert named.drivername == "postgresql+psycopg"
