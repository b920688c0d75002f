"""A process among others on one Postgres: how it joins, and what it takes over at once."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.db.tables import replicas
from app.errors import InvalidSettings
from app.runs.durable import Engine
from app.runs.replica_queries import alive
from tests.support.playground import SMALL, playground
from tests.support.postgres import Postgres


async def test_one_that_signs_with_another_key_does_not_start_beside_the_others(
    tmp_path: Path, postgres: Postgres
) -> None:
    settings = {
        "database_url": postgres.fresh_database(),
        "runcomfy_base_url": "http://127.0.0.1:1",
    }
    async with playground(tmp_path / "one", **settings, secret_key="one long random text"):
        with pytest.raises(InvalidSettings, match="Set PLAYGROUND_SECRET_KEY to the same"):
            async with playground(tmp_path / "two", **settings, secret_key="quite another text"):
                pass

    # When the first has gone, any key will do.
    async with playground(tmp_path / "two", **settings, secret_key="quite another text"):
        pass


async def test_one_that_was_given_up_may_not_send_and_says_that_it_is_lost(
    tmp_path: Path, postgres: Postgres
) -> None:
    settings = {
        "database_url": postgres.fresh_database(),
        "runcomfy_base_url": "http://127.0.0.1:1",
    }
    async with playground(tmp_path, **settings) as play:
        database, own = play.services.database, play.services.replica_id
        async with database.begin() as tx:
            assert await alive(tx, own)
            await tx.execute(text("update replicas set state = 'gone', taken_over_at = now()"))
            assert not await alive(tx, own)
        run_id = await play.run(prompt="left to the others", **SMALL)
        await _ended(play.app.state.engine)

        assert play.app.state.engine.lost
        assert (await play.services.read(run_id)).state == "saved"
        async with database.read() as tx:
            [row] = (await tx.execute(select(replicas.c.state, replicas.c.taken_over_at))).all()
        assert tuple(row) == ("gone", None)


async def _ended(engine: Engine) -> None:
    async with asyncio.timeout(30):
        while True:
            if engine.ended:
                return
            await asyncio.sleep(0.05)
