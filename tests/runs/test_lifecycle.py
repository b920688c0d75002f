"""One run whole, from form to kept picture, on each database and each storage."""

import hashlib
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from app.media.queries import of_run
from app.runs.queries import Run
from tests.support.plain import PLAIN
from tests.support.playground import EDIT, FLASH, SMALL, Playground, playground, quick_playground
from tests.support.swift import Swift


async def whole_job(play: Playground) -> Run:
    """Fill FLUX.2 Flash's form, wait, and look at everything that is kept of it."""
    run_id = await play.run(
        prompt="A yellow cup\r\non a table, مرحبا 🦊",
        guidance_scale="7.25",
        image_size="portrait_4_3",
        output_format="webp",
    )
    run = await play.until(run_id)
    assert run.state == "completed", run.words
    async with play.services.database.read() as tx:
        (media,) = await of_run(tx, run_id)
    assert (media.kind, media.media_type, media.origin) == ("image", "image/webp", "output")
    assert (media.width, media.height) == (run.width, run.height) == (768, 1024)
    async with httpx.AsyncClient(**PLAIN) as outside:
        original = (await outside.get(str(media.source_url))).content
    kept = await play.client.get(f"/media/{media.id}/cup.webp")
    assert kept.content == original
    assert media.sha256 == hashlib.sha256(original).hexdigest()
    assert media.size_bytes == len(original)
    small = await play.client.get(f"/media/{media.id}/thumbnail")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert media.id in await play.page("/gallery")
    assert f"/media/{media.id}/" in await play.page(f"/runs/{run_id}")
    return run


def check_facts(play: Playground, run: Run) -> None:
    """Everything that is to be recorded of a run is there, in its order."""
    (inputs,) = play.sent("A yellow cup\non a table, مرحبا 🦊")
    assert run.inputs == inputs
    assert inputs["guidance_scale"] == 7.25
    assert run.model_id == FLASH
    model = play.services.shelf.get(FLASH)
    assert run.schema_id == model.schema_id
    assert run.request_id
    assert run.cost_usd == Decimal("0.005")
    assert run.output["image"].endswith(f"/files/{run.request_id}/0.webp")
    times = [
        run.created_at,
        run.sent_at,
        run.answered_at,
        run.running_at,
        run.ended_there_at,
        run.ended_at,
    ]
    assert all(time is not None and time.utcoffset() == timedelta(0) for time in times)
    assert times == sorted(times, key=lambda time: time.timestamp() if time else 0)


async def test_a_run_goes_its_whole_way_and_all_is_recorded(
    tmp_path: Path, database_url: str
) -> None:
    async with quick_playground(tmp_path, database_url=database_url) as play:
        run = await whole_job(play)
        check_facts(play, run)
    async with quick_playground(tmp_path, database_url=database_url) as play:
        assert await play.services.read(run.id) == run
        picture = re.search(r'<img src="(/media/[^"]+)"', await play.page(f"/runs/{run.id}"))
        assert picture is not None
        assert (await play.client.get(picture[1])).status_code == 200


async def test_a_run_is_kept_in_an_s3_bucket(
    tmp_path: Path, s3: Swift, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = s3.s3_environment(s3.fresh_bucket())
    url = storage.pop("PLAYGROUND_STORAGE_URL")
    for name, value in storage.items():
        monkeypatch.setenv(name, value)

    async with quick_playground(tmp_path, storage_url=f"{url}/some/prefix") as play:
        run = await whole_job(play)
        ready = await play.client.get("/readyz")

    assert run.state == "completed"
    assert ready.status_code == 200
    assert not (tmp_path / "data" / "media").exists()


async def test_an_edit_goes_its_whole_way_with_a_picture_of_the_simulator(tmp_path: Path) -> None:
    async with quick_playground(tmp_path) as play:
        page = await play.page(f"/models/{EDIT}")
        origin = re.escape(play.services.settings.runcomfy_base_url)
        offered = re.findall(rf'{origin}/samples/[^"&<]+', page)
        run_id = await play.run(EDIT, prompt="Paint the walls blue", image_urls=[offered[0]])
        run = await play.until(run_id)

        assert (run.state, run.cost_usd) == ("completed", Decimal("0.045"))
        assert run.inputs["image_urls"] == [offered[0]]


async def test_the_built_in_simulator_needs_no_setting_and_says_so_on_every_page(
    tmp_path: Path,
) -> None:
    async with playground(tmp_path) as play:
        run_id = await play.run(prompt="nothing set", **SMALL)
        assert (await play.until(run_id, "queued", "running")).simulated
        for path in ("/", "/models", f"/models/{FLASH}", "/gallery", "/runs", f"/runs/{run_id}"):
            page = await play.page(path)
            assert "No RunComfy token is set" in page, path
        assert "No RunComfy token is set" in (await play.client.get("/nothing")).text
    assert (tmp_path / "data" / "simulator" / "journal.jsonl").exists()
