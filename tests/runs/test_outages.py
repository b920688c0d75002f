"""What is gone for a while and comes back: the database, RunComfy, and the right time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.db.columns import UtcTime
from app.db.tables import runs
from tests.support.playground import SMALL, Playground, playground
from tests.support.serve import SimulatorProcess

_WAIT_SECONDS = 30.0


async def test_a_form_sent_while_the_database_is_locked_waits_and_is_sent_once(
    play: Playground,
) -> None:
    async with locked(play):
        posting = asyncio.create_task(play.run(prompt="behind a lock", **SMALL))
        # It stands in line by now, if it did not give up.
        await asyncio.wait([posting], timeout=0.5)
        assert not posting.done()
        assert play.sent("behind a lock") == []

    run = await play.until(await posting)

    assert run.state == "completed"
    assert len(play.sent("behind a lock")) == 1


async def test_a_lock_while_the_answer_is_written_down_loses_no_answer(play: Playground) -> None:
    run_id = await play.run(prompt="[answers 3] locked meanwhile", **SMALL)
    await play.until(run_id, "sending")
    async with locked(play):
        await _until(lambda: play.sent("[answers 3] locked meanwhile") != [])
        # The answer comes within this time, and cannot be written down yet.
        await asyncio.sleep(3.5)
        assert (await play.services.read(run_id)).state == "sending"

    assert (await play.until(run_id)).state == "completed"
    assert len(play.sent("[answers 3] locked meanwhile")) == 1


@pytest.mark.parametrize("days", [1, -1], ids=["the clock was set back", "the clock was set on"])
async def test_a_clock_that_jumps_loses_doubles_and_strands_nothing(
    tmp_path: Path, simulator: str, days: int
) -> None:
    """All that was written down before the jump lies a day in the future, or in the past."""
    settings = {"runcomfy_base_url": simulator}
    async with playground(tmp_path, **settings) as play:
        there = await play.run(prompt="[held] when it jumped", **SMALL)
        await play.until(there, "queued")
        slow = await play.run(prompt="[answers 2] when it jumped", **SMALL)
        await play.until(slow, "sending")
        await _jump(play, timedelta(days=days))
        await play.until(slow)
        after = await play.until(await play.run(prompt="after the jump", **SMALL))
    async with playground(tmp_path, **settings) as play:
        await play.go_on(await play.services.read(there), times=2)
        ended = [await play.until(run_id) for run_id in (there, slow)]

        assert [run.state for run in (*ended, after)] == ["completed"] * 3
        for run in (*ended, after):
            assert len(play.sent(run.inputs["prompt"])) == 1


async def test_with_runcomfy_gone_for_a_while_a_run_is_followed_to_its_end(tmp_path: Path) -> None:
    away = SimulatorProcess(tmp_path, queue_seconds=0.1, run_seconds=0.2)
    away.start()
    try:
        async with playground(tmp_path, runcomfy_base_url=away.address) as play:
            run_id = await play.run(prompt="[held] for long", **SMALL)
            run = await play.until(run_id, "queued")
            away.kill()
            await _until(lambda: bool(play.services.runcomfy.health.failing))
            page = await play.page(f"/runs/{run_id}")
            away.start()
            await play.go_on(run, times=2)

            assert (await play.until(run_id)).state == "completed"
            assert len(play.sent("[held] for long")) == 1
        assert "RunComfy is not answering." in page
    finally:
        away.kill()


@asynccontextmanager
async def locked(play: Playground) -> AsyncIterator[None]:
    """Let nobody write to the database while the block lasts."""
    file = play.folder / "data" / "playground.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        # In a thread: who is writing just now needs the loop to come to an end.
        await asyncio.to_thread(other.execute, "begin immediate")
        yield
        other.execute("rollback")


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(_WAIT_SECONDS):
        while not is_so():  # noqa: ASYNC110  # another process sets no event
            await asyncio.sleep(0.05)


async def _jump(play: Playground, by: timedelta) -> None:
    times = [column for column in runs.c if isinstance(column.type, UtcTime)]
    async with play.services.database.begin() as tx:
        for row in await tx.execute(select(runs.c.id, *times)):
            moved = {column: row._mapping[column] + by for column in times if row._mapping[column]}
            await tx.execute(update(runs).where(runs.c.id == row.id).values(moved))
