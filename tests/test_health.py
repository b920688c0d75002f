"""Alive, fit to serve, and the figures for Prometheus."""

import asyncio
import re
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from tests.support.playground import SMALL, playground, quick_playground

NOBODY = {"runcomfy_base_url": "http://127.0.0.1:1"}


async def test_a_running_playground_is_alive_and_fit_and_counts_what_it_does_for_nobody_by_name(
    tmp_path: Path,
) -> None:
    async with quick_playground(tmp_path) as play:
        run = await play.until(await play.run(prompt="counted", **SMALL))
        alive = await play.client.get("/healthz")
        ready = await play.client.get("/readyz")
        metrics = await play.client.get("/metrics")

    assert (alive.status_code, alive.text) == (200, "ok")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "failing": {}})
    assert metrics.headers["content-type"].startswith("text/plain")
    for figure in (
        'playground_runs_ended_total{state="completed"}',
        'playground_upstream_requests_total{call="submit"',
        'playground_upstream_seconds_bucket{call="submit"',
        "playground_runs_watched",
        'playground_runs{state="completed"} 1.0',
        'playground_runs{state="queued"} 0.0',
        "playground_submit_seconds_count",
        "playground_poll_seconds_count",
        "playground_queue_length 0.0",
        "playground_runs_unknown 0.0",
        "playground_sending_paused 0.0",
        "playground_replicas 1.0",
        'playground_storage_bytes{what="results"} ',
        'playground_storage_files{what="results"} 1.0',
        "playground_disk_free_bytes ",
        "playground_build_info{version=",
    ):
        assert figure in metrics.text
    for told in (run.id, run.owner_id, run.model_id, "counted"):
        assert f'"{told}' not in metrics.text
    labels = set(re.findall(r'([a-z_]+)="', metrics.text))
    ours = {"call", "outcome", "state", "what", "version", "le"}
    assert labels <= ours | {"implementation", "major", "minor", "patchlevel", "generation"}


async def test_runcomfy_being_down_does_not_make_the_server_unfit(tmp_path: Path) -> None:
    async with playground(tmp_path, runcomfy_base_url="http://127.0.0.1:1") as play:
        assert (await play.client.get("/readyz")).status_code == 200


async def test_a_storage_in_trouble_is_named_by_readyz_and_the_pages_go_on(
    tmp_path: Path,
) -> None:
    async with playground(tmp_path, runcomfy_base_url="http://127.0.0.1:1") as play:
        media = tmp_path / "data" / "media"
        media.rename(tmp_path / "away")
        media.write_text("no folder")

        ready = await play.client.get("/readyz")

        assert ready.status_code == 503
        assert list(ready.json()["failing"]) == ["storage"]
        assert (await play.client.get("/")).status_code == 200
        assert (await play.client.get("/healthz")).status_code == 200


async def test_a_storage_that_never_answers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    bucket = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = bucket.sockets[0].getsockname()[1]
    for name, value in (
        ("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "word"),
        ("AWS_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    async with bucket, playground(tmp_path, storage_url="s3://never/here", **NOBODY) as play:
        began = time.monotonic()
        answers = await asyncio.gather(*(play.client.get("/readyz") for _ in range(5)))
        took = time.monotonic() - began
        alive = await play.client.get("/healthz")

    for ready in answers:
        assert ready.status_code == 503
        assert list(ready.json()["failing"]) == ["storage"]
    assert took < 15
    assert alive.status_code == 200


async def test_a_database_of_an_earlier_release_is_not_fit(tmp_path: Path) -> None:
    async with playground(tmp_path, **NOBODY) as play:
        await put_at(play.services.database, "0001")
        ready = await play.client.get("/readyz")

    assert ready.status_code == 503
    assert "earlier release" in ready.json()["failing"]["database"]


async def test_an_engine_whose_poller_has_ended_is_named_and_a_later_database_is_fit(
    tmp_path: Path,
) -> None:
    async with playground(tmp_path, **NOBODY) as play:
        await put_at(play.services.database, "9999")
        [poller] = [task for task in asyncio.all_tasks() if task.get_name() == "poller"]
        poller.cancel()
        await asyncio.wait({poller})
        ready = await play.client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json()["failing"] == {"engine": "It goes on no longer: poller."}


async def put_at(database: Database, step: str) -> None:
    """Make it look as another release's migrations have left it."""
    async with database.begin() as tx:
        await tx.execute(text("update alembic_version set version_num = :step"), {"step": step})


async def test_a_server_that_stops_takes_nothing_more(tmp_path: Path) -> None:
    async with playground(tmp_path, **NOBODY) as play:
        await play.services.stop_sending()
        ready = await play.client.get("/readyz")

    assert (ready.status_code, ready.json()) == (
        503,
        {"ready": False, "failing": {"server": "stopping"}},
    )
