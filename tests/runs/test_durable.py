"""Whatever a run was at when the server stopped, it goes on from there, and is sent once."""

from pathlib import Path

from app.runs import queries
from app.runs.states import State
from app.simulator.beside import simulator_beside
from tests.runs.samples import run as sample
from tests.support.playground import FLASH, SMALL, Playground, playground


async def test_queued_and_half_collected_runs_complete_after_a_restart(
    tmp_path: Path, database_url: str
) -> None:
    with simulator_beside(tmp_path / "simulator", queue_seconds=2, run_seconds=0.2) as address:
        settings = {"runcomfy_base_url": address, "database_url": database_url}
        async with playground(tmp_path, **settings) as play:
            collecting = await play.run(prompt="[takes 0] [flaky file] collecting", **SMALL)
            await play.until_it(collecting, lambda run: run.phase == "collecting")
            queued = await play.run(prompt="queued", **SMALL)
            await play.until(queued, "queued")
        async with playground(tmp_path, **settings) as play:
            for run_id in (queued, collecting):
                assert (await play.until(run_id)).state == "completed"
            assert len(play.sent("queued")) == 1


async def test_after_a_restart_what_was_saved_is_sent_and_what_was_being_sent_is_in_doubt(
    tmp_path: Path, simulator: str, database_url: str
) -> None:
    settings = {"runcomfy_base_url": simulator, "database_url": database_url}
    async with playground(tmp_path, **settings) as play:
        # As a kill leaves them: before the start of a workflow, and before an answer.
        saved = await written(play, "saved alone", state=State.SAVED)
        sending = await written(play, "interrupted", state=State.SENDING)
    async with playground(tmp_path, **settings) as play:
        assert (await play.until(saved)).state == "completed"
        assert (await play.until(sending)).state == "unknown"
        page = await play.page(f"/runs/{sending}")
        assert len(play.sent("saved alone")) == 1
        assert play.sent("interrupted") == []

    assert "stopped while the request was on its way" in page


async def test_with_its_own_storage_in_trouble_a_run_stays_collecting_and_then_completes(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        media = tmp_path / "data" / "media"
        media.rename(tmp_path / "away")
        media.write_text("no folder any more")
        first = await play.run(prompt="nowhere to keep it", **SMALL)
        await play.until_it(first, lambda run: run.phase == "collecting")
        # Another goes as far meanwhile, so the first has met the trouble.
        second = await play.run(prompt="nor this", **SMALL)
        await play.until_it(second, lambda run: run.phase == "collecting")
        ready = await play.client.get("/readyz")
        page = await play.page(f"/runs/{first}")
        assert (await play.services.read(first)).phase == "collecting"

        media.unlink()
        (tmp_path / "away").rename(media)

        for run_id in (first, second):
            assert (await play.until(run_id)).state == "completed"
    assert ready.status_code == 503
    assert list(ready.json()["failing"]) == ["storage"]
    assert 'data-state="running"' in page
    assert 'data-phase="collecting"' in page


async def written(play: Playground, prompt: str, state: State) -> str:
    """A run that stands in the database alone."""
    model = play.services.shelf.get(FLASH)
    run = sample(
        inputs={"prompt": prompt, **SMALL},
        model_id=FLASH,
        schema_id=model.schema_id,
        state=state,
    )
    async with play.services.database.begin() as tx:
        await queries.save(tx, run)
    return run.id
