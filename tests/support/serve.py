"""The product as its users have it: `playground serve` and `playground simulator`, as processes."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from tests.support.plain import PLAIN
from tests.support.processes import Service, free_port, listens

CHECKOUT = Path(__file__).resolve().parents[2]
PLAYGROUND = (sys.executable, "-m", "app.cli")
FROM_CHECKOUT = {"PYTHONPATH": str(CHECKOUT)}
START_SECONDS = 60
# Beside these a process sees nothing of our environment: no token, no proxy, no settings of ours.
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


class Server:
    """One `playground serve` on a port of its own, with its data in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        command: Sequence[str] | None = None,
        user_id: int | None = None,
        port: int | None = None,
    ) -> None:
        """Prepare it, without starting it.

        folder: where it is started and keeps `data/`. settings: environment variables beside the
        port, such as RUNCOMFY_BASE_URL. command: an installed one instead of this checkout's.
        Starting blocks the caller: what the server needs for it must not run in the test's own
        event loop.
        """
        self.port = free_port() if port is None else port
        self.folder = folder
        self.address = f"http://127.0.0.1:{self.port}"
        environment = clean_environment({"PLAYGROUND_PORT": str(self.port), **(settings or {})})
        if command is None:
            command = [*PLAYGROUND, "serve"]
            environment |= FROM_CHECKOUT
        self._service = Service(
            "playground serve",
            command,
            log=folder / "serve.log",
            environment=environment,
            folder=folder,
            user_id=user_id,
        )

    @property
    def log(self) -> str:
        """Everything it has printed so far, in all its starts."""
        return self._service.log

    @property
    def process_id(self) -> int:
        """The process id of the latest start."""
        return self._service.process_id

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._service.running

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start it and wait until it answers. Raises NotReady with its log."""
        self._service.start()
        self._service.wait_until(self.answers, seconds)

    def stop(self) -> int:
        """Send SIGTERM and wait. Returns its exit code; raises NotReady if it goes on."""
        return self._service.stop()

    def wait(self, seconds: float) -> int:
        """Wait until it ends by itself. Returns its exit code; raises NotReady if it goes on."""
        return self._service.wait(seconds)

    def kill(self) -> None:
        """End it as `kill -9` does, in the middle of whatever it does."""
        self._service.kill()

    def restart(self) -> None:
        """Start it again, on the same port and data, after asking it to stop if it runs."""
        if self.running:
            self.stop()
        self.start()

    def answers(self) -> bool:
        """Whether /healthz answers with 200."""
        try:
            answer = httpx.get(f"{self.address}/healthz", timeout=5, **PLAIN)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK


class SimulatorProcess:
    """One `playground simulator`: a RunComfy that outlives any server which talks to it."""

    def __init__(
        self,
        folder: Path,
        *,
        token: str | None = None,
        queue_seconds: float | None = None,
        run_seconds: float | None = None,
        fetch: str | None = None,
        rough: bool = True,
    ) -> None:
        """Prepare it, without starting it. folder: where its data and its log lie.

        fetch: an origin whose addresses it may fetch. rough: whether it draws less well.
        What is left out, it chooses itself.
        """
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        options = {"--port": self.port, "--data": folder / "simulator", "--token": token}
        options |= {
            "--queue-seconds": queue_seconds,
            "--run-seconds": run_seconds,
            "--fetch": fetch,
        }
        words = [
            str(w) for name, value in options.items() if value is not None for w in (name, value)
        ]
        words += ["--rough"] * rough
        self._service = Service(
            "playground simulator",
            [*PLAYGROUND, "simulator", *words],
            log=folder / "simulator.log",
            environment=clean_environment(FROM_CHECKOUT),
            folder=folder,
        )

    @property
    def log(self) -> str:
        """Everything it has printed so far, in all its starts."""
        return self._service.log

    def start(self) -> None:
        """Start it and wait until it accepts connections. Raises NotReady with its log."""
        self._service.start()
        self._service.wait_until(lambda: listens(self.port), START_SECONDS)

    def stop(self) -> int:
        """Send SIGTERM and wait. Returns its exit code."""
        return self._service.stop()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._service.kill()


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What a process of the product sees: the settings given, and nothing else of ours."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}
