"""From the command to the first answer; what an idle server holds; what it has installed."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path

from bench import processes
from bench.asking import flood
from bench.figures import Figure, middle
from bench.processes import cpu_seconds, playground_settings
from tests.support.processes import Service, free_port
from tests.support.serve import FROM_CHECKOUT, PLAYGROUND, clean_environment

_FIRST_ANSWER_LIMIT_SECONDS = 2.0
# Half the CPU time, three quarters of the memory and all of the room that Gradio takes.
_CPU_LIMIT_SECONDS = 0.5 * 3.9
_MEMORY_LIMIT_MB = 0.75 * 136
_PACKAGES_LIMIT_MB = 245.0
_TIMES = 3
_LONGEST_SECONDS = 60.0
_IDLE_SECONDS = 3.0
_LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"


@dataclass(frozen=True)
class _Start:
    """Seconds and CPU seconds to the first answer; MB after a while, when that was waited for."""

    seconds: float
    cpu_seconds: float
    idle_mb: float


def measure() -> list[Figure]:
    """Start it on new folders and again on the same, with RunComfy's double and without."""
    with (
        processes.folder() as home,
        processes.double(home, files=processes.empty(home), service_seconds=1) as double,
    ):
        settings = playground_settings(double)
        first = [_start(home / f"first-{number}", settings) for number in range(_TIMES)]
        later = [_start(home / "first-0", settings, idle=_IDLE_SECONDS) for _ in range(_TIMES)]
        simulated = [_start(home / f"simulated-{number}", {}) for number in range(_TIMES)]
    return [
        *_figures("first start", first),
        *_figures("later start", later),
        *_figures("first start with the simulator", simulated),
        Figure("memory when idle", middle([one.idle_mb for one in later]), "MB", _MEMORY_LIMIT_MB),
        Figure("installed packages", _packages_mb(), "MB", _PACKAGES_LIMIT_MB),
    ]


def _start(home: Path, settings: Mapping[str, str], *, idle: float = 0.0) -> _Start:
    home.mkdir(exist_ok=True)
    port = free_port()
    service = Service(
        "playground serve",
        [*PLAYGROUND, "serve"],
        log=home / "serve.log",
        environment=clean_environment({**FROM_CHECKOUT, "PLAYGROUND_PORT": str(port), **settings}),
        folder=home,
    )
    started = time.monotonic()
    service.start()
    try:
        service.wait_until(lambda: _answers(port), _LONGEST_SECONDS)
        seconds, cpu = time.monotonic() - started, cpu_seconds(service.process_id)
        time.sleep(idle)
        return _Start(seconds, cpu, processes.proportional_mb(service.process_id))
    finally:
        service.stop()


def _answers(port: int) -> bool:
    try:
        return asyncio.run(flood(port, ["/healthz"], over=1))[0].status == 200
    except ConnectionRefusedError:
        return False


def _figures(name: str, starts: list[_Start]) -> list[Figure]:
    seconds = middle([one.seconds for one in starts])
    cpu = middle([one.cpu_seconds for one in starts])
    return [
        Figure(f"{name}, first answer", seconds, "s", _FIRST_ANSWER_LIMIT_SECONDS),
        Figure(f"{name}, CPU", cpu, "s", _CPU_LIMIT_SECONDS),
    ]


def _packages_mb() -> float:
    """What the packages of the lock file take, compiled modules included."""
    names = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", _LOCK.read_text(), re.MULTILINE)
    return sum(_package_bytes(name) for name in names) / 1e6


def _package_bytes(name: str) -> int:
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0  # for another platform
    paths = [Path(str(file.locate())) for file in files]
    paths += [Path(cache_from_source(str(path))) for path in paths if path.suffix == ".py"]
    return sum(path.stat().st_size for path in set(paths) if path.is_file())
