"""What RunComfy has finished and is not kept here yet: said, alarmed of, and kept at last."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.checking import check_all
from app.db.columns import utc_now
from app.db.engine import Database, database_url
from app.db.tables import runs
from app.media.queries import of_run
from app.runs.queries import Run
from app.runs.states import State
from app.simulator.beside import simulator_beside
from tests.support.playground import HTMX, SMALL, Playground, playground

MANY = "simulated/many/text-to-image"


class Storage:
    """The folder that keeps the files, which can be taken away and brought back."""

    def __init__(self, folder: Path) -> None:
        self._media, self._away = folder / "data" / "media", folder / "away"

    def take_away(self) -> None:
        """Let nothing be kept or read."""
        self._media.rename(self._away)
        self._media.write_text("no folder")

    def bring_back(self) -> None:
        """With all that was in it."""
        self._media.unlink()
        self._away.rename(self._media)


async def held_up(play: Playground, prompt: str) -> str:
    """A run that is done at RunComfy and cannot be kept; its id."""
    run_id = await play.run(prompt=prompt, **SMALL)
    await play.until_it(run_id, lambda run: run.held_up is not None)
    return run_id


async def rewrite(folder: Path, run_id: str, **values: Any) -> None:
    """Write what only time would bring about, while no server runs."""
    database = Database(database_url("", folder / "data"))
    async with database.begin() as tx:
        await tx.execute(update(runs).where(runs.c.id == run_id).values(**values))
    await database.close()


async def test_a_result_without_room_is_told_of_alarmed_about_and_kept_when_there_is_room(
    tmp_path: Path, play: Playground, capsys: pytest.CaptureFixture[str]
) -> None:
    storage = Storage(tmp_path)
    await play.page("/gallery")
    storage.take_away()

    first, second = await held_up(play, "no room for this"), await held_up(play, "nor for this")
    page = await play.page(f"/runs/{first}")
    for said in (
        "Done at RunComfy. Not kept here yet.",
        "This server’s storage does not answer.",
        "6<small>d</small> 23<small>h</small>",
        "Not kept yet",
        "$0.005 charged",
        "Try now",
        "Open at RunComfy",
        'data-phase="collecting"',
    ):
        assert said in page
    assert 'rel="noopener noreferrer"' in page
    waiting = await play.shows("/metrics", lambda text: "playground_unkept_results 2.0" in text)
    assert "playground_unkept_soonest_seconds 60" in waiting
    assert "RunComfy deletes" not in await play.page("/")

    long_ago = utc_now() - timedelta(days=6, hours=2, minutes=30)
    await play.services.note(second, State.RUNNING, ended_there_at=long_ago)
    start = await play.shows("/", lambda text: 'id="unkept"' in text)
    assert "2 results are not kept yet; RunComfy deletes the first in 21 h." in start
    listed = await play.page("/runs?show=not-kept")
    assert 0 < listed.index("nor for this") < listed.index("no room for this")
    assert not await check_all(play.services.settings)
    assert "results: NOT in order. 2 results are not kept yet" in capsys.readouterr().out

    storage.bring_back()
    answer = await play.client.post(f"/runs/{second}/collect-now")
    assert answer.status_code == 303
    kept = [await play.until(run_id) for run_id in (second, first)]
    assert [(run.state, run.held_up, run.next_try_at) for run in kept] == [
        ("completed", None, None)
    ] * 2
    assert "<img" in await play.page(f"/runs/{first}")
    await play.shows("/", lambda text: 'id="unkept"' not in text)
    strip = await play.client.get("/strips/unkept")
    assert (strip.status_code, strip.text.strip()) == (200, "")
    await check_all(play.services.settings)
    assert "results: all are kept" in capsys.readouterr().out


async def test_what_runcomfy_deletes_before_there_is_room_has_failed_and_says_so(
    tmp_path: Path,
) -> None:
    folder, storage = tmp_path / "simulator", Storage(tmp_path)
    with ExitStack() as stack:
        quick = {"queue_seconds": 0.1, "run_seconds": 0.2}
        address = stack.enter_context(simulator_beside(folder, **quick))
        async with playground(tmp_path, runcomfy_base_url=address) as play:
            storage.take_away()
            run_id = await held_up(play, "deleted too soon")
            stack.close()
            for kept in (folder / "requests").iterdir():
                kept.unlink()
            stack.enter_context(simulator_beside(folder, **quick))
            storage.bring_back()
            await play.client.post(f"/runs/{run_id}/collect-now")
            run = await play.until(run_id)
            page = await play.page(f"/runs/{run_id}")

    assert (run.state, run.held_up) == ("failed", None)
    assert run.words == "RunComfy has deleted what it made, before there was room for it here."
    assert run.words in page
    assert "$0.005 charged" in page


async def test_a_missing_file_is_asked_for_at_once_when_somebody_says_so(
    play: Playground,
) -> None:
    await play.until_catalogue()
    play.services.patience_seconds = 2.0
    run = await missing(play, "comes when asked [held file]")
    assert run.state == "failed"
    page = await play.page(f"/runs/{run.id}")
    assert "Image 1 could not be had." in page
    assert "answered 404" in page
    assert "Asked 2 times in 1 s." in page or "Asked 3 times in" in page
    assert "Ask for the 2 missing again" in page

    still = await play.client.post(f"/runs/{run.id}/ask-again", headers=HTMX)
    assert "Ask for the 2 missing again" in still.text
    await play.go_on(run)
    answer = await play.client.post(f"/runs/{run.id}/ask-again")

    assert answer.status_code == 303
    mended = await play.until_it(run.id, lambda run: not run.missing)
    assert (mended.state, mended.words, mended.phase) == ("completed", None, None)
    async with play.services.database.read() as tx:
        assert [item.position for item in await of_run(tx, run.id)] == [0, 1]
    again = await play.client.post(f"/runs/{run.id}/ask-again", headers=HTMX)
    assert again.status_code == 409


async def missing(play: Playground, prompt: str) -> Run:
    """A run of two pictures that ended without them."""
    run_id = await play.run(MANY, prompt=prompt, num_images="2")
    return await play.until_it(run_id, lambda run: bool(run.ended and run.missing))


async def test_a_clock_that_jumped_gives_up_no_file_and_strands_no_run(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        await play.until_catalogue()
        play.services.patience_seconds = 2.0
        run = await missing(play, "there still [held file]")
        waiting = await play.until_it(
            await play.run(prompt="on its way [held]", **SMALL), lambda run: run.state == "queued"
        )
    # As after a jump: one ended a month ago, the other was sent tomorrow.
    month_ago = utc_now() - timedelta(days=31)
    await rewrite(tmp_path, run.id, ended_there_at=month_ago, ended_at=month_ago)
    await rewrite(tmp_path, waiting.id, answered_at=utc_now() + timedelta(days=1))
    for one in (run, waiting, waiting):
        await play.go_on(one)

    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        mended = await play.until_it(run.id, lambda run: not run.missing)
        ended = await play.until(waiting.id)

    assert mended.state == "completed"
    assert ended.state == "completed"


@pytest.mark.parametrize("path", ["collect-now", "ask-again"])
async def test_what_is_whole_is_neither_tried_nor_asked_for(shared: Playground, path: str) -> None:
    run_id = await shared.run(prompt=f"whole already, {path} [takes 0]", **SMALL)
    await shared.until(run_id)

    answer = await shared.client.post(f"/runs/{run_id}/{path}", headers=HTMX)

    assert answer.status_code == 409
