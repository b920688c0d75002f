"""A program that runs beside the tests: started, waited for, stopped, its words kept in a file."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LAUNCH = Path(__file__).with_name("launch.py")
NOBODY = 65534  # the user without rights on Linux, `nobody`
LOOK_SECONDS = 0.02
LOG_TAIL_CHARACTERS = 4000


class NotReady(Exception):
    """A program ended or stayed silent before it could be used; holds the end of its log."""


class Service:
    """One program, which may be started again after it was stopped or killed."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user_id: int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Prepare it, without starting it.

        environment: all that the program sees; ours when left out. user_id: who it runs as; only
        root may choose. log: what it prints, added to at each start.
        """
        self.name = name
        self.log_file = log
        self._command = list(command)
        self._environment = environment
        self._folder = folder
        self._user_id = user_id
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The process id of the latest start."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything it has printed so far, in all its starts."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def start(self) -> None:
        """Start it and return at once."""
        assert not self.running, f"{self.name} is running already"
        # Linux ends the program together with the thread that started it, and others come and go.
        assert threading.current_thread() is threading.main_thread(), "start from the main thread"
        user_id = -1 if self._user_id is None else self._user_id
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(LAUNCH), str(user_id), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                cwd=self._folder,
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Look again and again until it is ready. Raises NotReady if it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise NotReady(f"{self.name} ended by itself:\n{self._log_tail}")
            if time.monotonic() > deadline:
                self.kill()
                raise NotReady(f"{self.name} was not ready in {seconds} s:\n{self._log_tail}")
            time.sleep(LOOK_SECONDS)

    def stop(self, seconds: float = 20) -> int:
        """Ask it to stop and wait. Returns its exit code; raises NotReady if it goes on."""
        assert self._process is not None, f"{self.name} was never started"
        if self.running:
            self._process.send_signal(self._stop_signal)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NotReady(f"{self.name} did not stop in {seconds} s:\n{self._log_tail}") from None

    def wait(self, seconds: float) -> int:
        """Wait until it ends by itself. Returns its exit code; raises NotReady if it goes on."""
        assert self._process is not None, f"{self.name} was never started"
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NotReady(f"{self.name} went on for {seconds} s:\n{self._log_tail}") from None

    def kill(self) -> None:
        """End it at once, as `kill -9` does, with whatever it has started itself."""
        if self._process is None:
            return
        if self.running:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def _log_tail(self) -> str:
        return self.log[-LOG_TAIL_CHARACTERS:]


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something accepts connections at a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ordinary_user_id() -> int | None:
    """Whom to run as that is not root; None when we are not root ourselves."""
    return NOBODY if os.geteuid() == 0 else None
