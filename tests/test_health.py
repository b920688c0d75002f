"""Alive, fit to serve, and the figures for Prometheus."""

from pathlib import Path

from tests.support.playground import playground, quick_playground


async def test_a_running_playground_is_alive_and_fit_and_counts_what_it_does(
    tmp_path: Path,
) -> None:
    async with quick_playground(tmp_path) as play:
        await play.until(await play.run(prompt="counted", image_size="square"))
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
    ):
        assert figure in metrics.text


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
