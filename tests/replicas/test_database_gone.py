"""Postgres goes away and comes back: what was under way goes on by itself."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.pair import Pair, within
from tests.support.plain import PLAIN
from tests.support.playground import FLASH, SMALL
from tests.support.postgres import Postgres
from tests.support.swift import Swift


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A Postgres that other tests do not need."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_pages_say_so_while_the_database_is_away_and_runs_go_on_when_it_is_back(
    tmp_path: Path, own_postgres: Postgres, s3: Swift
) -> None:
    pair = Pair(tmp_path, own_postgres, s3)
    pair.start()
    try:
        first, second = pair.servers
        prompts = ["ends while nobody can write [held]", "ends later [held]"]
        run_ids = [pair.submit(first, prompt) for prompt in prompts]
        for run_id in run_ids:
            pair.until(first, run_id, "queued")

        own_postgres.interrupt()
        page = pair.ask(first, "/gallery")
        ready = pair.ask(second, "/readyz")
        refused = httpx.post(
            f"{first.address}/models/{FLASH}/runs",
            data={"prompt": "never saved", **SMALL},
            timeout=60,
            **PLAIN,
        )
        pair.go_on(prompts[0], times=2)
        own_postgres.go_on()
        pair.go_on(prompts[1], times=2)

        assert page.status_code == 503
        assert "database does not answer just now" in page.text
        assert list(ready.json()["failing"]) == ["database"]
        assert refused.status_code == 503
        for run_id in run_ids:
            assert pair.until(second, run_id, seconds=60) == "completed"
        # Neither took the other for dead: both were cut off alike.
        within(10, lambda: pair.ask(second, "/readyz").status_code == 200, "fit again")
        assert [pair.state_of(server) for server in pair.servers] == ["ready", "ready"]
        assert all(server.running for server in pair.servers)
        assert len(pair.sent(prompts[0])) == len(pair.sent(prompts[1])) == 1
        assert pair.sent("never saved") == []
    finally:
        pair.kill()
