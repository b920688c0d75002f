"""The processes a bench needs, in a folder that goes with it; what they cost, from outside."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types of its own

from bench.double import SERVICE_SECONDS
from tests.support.processes import Service, free_port, listens
from tests.support.serve import FROM_CHECKOUT, Server, clean_environment

FLASH = "blackforestlabs/flux-2/flash/text-to-image"
_START_SECONDS = 30


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="playground-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def empty(home: Path) -> Path:
    """A folder without files, for a double whose runs never end."""
    path = home / "no-files"
    path.mkdir()
    return path


@contextmanager
def double(home: Path, *, files: Path, service_seconds: float) -> Iterator[int]:
    """RunComfy's double while the block lasts; gives its port."""
    settings = {SERVICE_SECONDS: str(service_seconds)}
    with _beside("bench.double", home, [str(files)], settings) as (port, _):
        yield port


@contextmanager
def floor(home: Path, *, page: bytes = b"", file: Path | None = None) -> Iterator[tuple[int, int]]:
    """The bare app while the block lasts; gives its port and process id."""
    ready = home / "page"
    ready.write_bytes(page)
    with _beside("bench.floor", home, [str(ready), str(file or ready)], {}) as started:
        yield started


@contextmanager
def playground(
    home: Path, *, double_port: int | None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The product while the block lasts, on the double, or on its simulator without one."""
    server = Server(home, playground_settings(double_port, settings))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def playground_settings(
    double_port: int | None, settings: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment that sets the product on a double."""
    base = {} if double_port is None else {"RUNCOMFY_BASE_URL": f"http://127.0.0.1:{double_port}"}
    return {**base, **(settings or {})}


def cpu_seconds(process_id: int) -> float:
    """User and system time of a process, of those it has started, and of those that ended."""
    root = psutil.Process(process_id)
    seconds = 0.0
    for process in (root, *root.children(recursive=True)):
        times = process.cpu_times()
        seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def resident_mb(process_id: int) -> float:
    """The resident memory of the process itself, in MB."""
    return float(psutil.Process(process_id).memory_info().rss) / 1e6


def proportional_mb(process_id: int) -> float:
    """PSS of a process and of those it has started: shared memory counts its part, in MB."""
    root = psutil.Process(process_id)
    tree = (root, *root.children(recursive=True))
    return sum(float(process.memory_full_info().pss) for process in tree) / 1e6


@contextmanager
def _beside(
    module: str, home: Path, arguments: list[str], settings: Mapping[str, str]
) -> Iterator[tuple[int, int]]:
    port = free_port()
    service = Service(
        module,
        [sys.executable, "-m", module, str(port), *arguments],
        log=home / f"{module}.log",
        environment=clean_environment({**FROM_CHECKOUT, **settings}),
    )
    service.start()
    try:
        service.wait_until(lambda: listens(port), _START_SECONDS)
        yield port, service.process_id
    finally:
        service.kill()
