"""Two `playground serve` on one Postgres and one bucket, with a RunComfy that outlives both."""

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.support.plain import PLAIN
from tests.support.playground import FLASH, SMALL, accepted
from tests.support.postgres import Postgres
from tests.support.serve import Server, SimulatorProcess
from tests.support.swift import Swift

ENDED = ("completed", "failed", "cancelled", "unknown")
_LOOK_SECONDS = 0.1


class Pair:
    """Two servers and what they share."""

    def __init__(self, folder: Path, postgres: Postgres, s3: Swift) -> None:
        """Prepare them, without starting anything."""
        self.folder = folder
        self.database_url = postgres.fresh_database()
        self.simulator = SimulatorProcess(folder, queue_seconds=0.2, run_seconds=0.4)
        shared = {
            "RUNCOMFY_BASE_URL": self.simulator.address,
            "PLAYGROUND_DATABASE_URL": self.database_url,
            "PLAYGROUND_SECRET_KEY": "the same for both of them",
            "PLAYGROUND_POLL_SECONDS": "0.5",
            **s3.s3_environment(s3.fresh_bucket()),
        }
        self.servers = []
        for name in ("first", "second"):
            own = folder / name
            own.mkdir()
            self.servers.append(Server(own, shared))

    def start(self) -> None:
        """Start the simulator, then both servers."""
        self.simulator.start()
        for server in self.servers:
            server.start()

    def kill(self) -> None:
        """End all of them at once."""
        for server in self.servers:
            server.kill()
        self.simulator.kill()

    def ask(self, server: Server, path: str, **headers: str) -> httpx.Response:
        """Ask a server for a page."""
        return httpx.get(f"{server.address}{path}", headers=headers, timeout=30, **PLAIN)

    def submit(self, server: Server, prompt: str) -> str:
        """Send a form to a server; the run's id."""
        answer = httpx.post(
            f"{server.address}/models/{FLASH}/runs",
            data={"prompt": prompt, **SMALL},
            timeout=30,
            **PLAIN,
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rsplit("/", 1)[-1]

    def state(self, server: Server, run_id: str) -> str:
        """The state of a run as a server shows it."""
        page = self.ask(server, f"/runs/{run_id}", **{"HX-Request": "true"})
        assert page.status_code == 200, f"run {run_id} is lost: {page.text}"
        found = re.search(r'data-state="(\w+)"', page.text)
        assert found, page.text
        return found[1]

    def until(self, server: Server, run_id: str, *states: str, seconds: float = 30) -> str:
        """Wait until a server shows a run in one of some states, or at its end."""
        wanted = (*states, *ENDED)
        within(seconds, lambda: self.state(server, run_id) in wanted, f"{run_id} in {states}")
        return self.state(server, run_id)

    def sent(self, prompt: str) -> list[Mapping[str, Any]]:
        """Every paid request with this prompt that the simulator has accepted."""
        lines = accepted(self.folder / "simulator")
        return [line for line in lines if line["inputs"]["prompt"] == prompt]

    def go_on(self, prompt: str, times: int = 1) -> None:
        """Let the held run with this prompt go on: to its work, then to its end."""
        [line] = self.sent(prompt)
        for _ in range(times):
            httpx.post(
                f"{self.simulator.address}/go-on/{line['request_id']}", timeout=30, **PLAIN
            ).raise_for_status()

    def sender_of(self, run_id: str) -> Server:
        """The server that has sent a run."""
        name = self.value(
            "select name from replicas where id = (select sent_by from runs where id = %s)", run_id
        )
        return next(one for one in self.servers if name.endswith(f":{one.port}"))

    def other(self, server: Server) -> Server:
        """The one of the two that is not this one."""
        return next(one for one in self.servers if one is not server)

    def state_of(self, server: Server) -> str:
        """What the newest process of a server is said to be: `ready`, `stopping` or `gone`."""
        query = "select state from replicas where name like %s order by started_at desc limit 1"
        return str(self.value(query, f"%:{server.port}"))

    def value(self, query: str, *values: object) -> Any:
        """The one value that the database answers with."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        assert row is not None, query
        return row[0]


def within(seconds: float, fits: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so."""
    deadline = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(_LOOK_SECONDS)
