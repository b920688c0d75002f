"""Pictures fetched, kept and made small: CPU time of each, and how the pages are meanwhile."""

import asyncio
import io
import time
from pathlib import Path

from PIL import Image

from bench import processes
from bench.asking import Connection, connections
from bench.figures import Figure, percentile
from bench.pictures import make_pictures
from bench.processes import cpu_seconds
from bench.visiting import submit

_COUNT = 12
_SIZE = (2048, 1536)
_SMALL = 512
_LIMITS = {"png": 1.5, "jpg": 2.2}  # times what Pillow alone takes
_LONGEST_SECONDS = 60.0


def measure() -> list[Figure]:
    """One run with a dozen pictures of each kind, beside Pillow on the same files."""
    figures: list[Figure] = []
    for suffix, limit in _LIMITS.items():
        with processes.folder() as home:
            files = make_pictures(
                home / "files", count=_COUNT, width=_SIZE[0], height=_SIZE[1], suffix=suffix
            )
            alone = _pillow_alone(files)
            ours, health, bare_health = _one_run(home, files)
        kind = suffix.upper()
        figures += [
            Figure(f"{kind} fetched, kept, made small: CPU", ours, "ms", limit * alone, alone),
            # Without a limit: the bare route has the machine's other work to bear, not its own.
            Figure(f"/healthz meanwhile, {kind}, p99", health, "ms", None, bare_health),
        ]
    return figures


def _pillow_alone(files: Path) -> float:
    """CPU milliseconds a picture of a small WebP by Pillow's shortest way."""
    paths = sorted(files.iterdir())
    before = time.process_time()
    for path in paths:
        with Image.open(path) as picture:
            picture.thumbnail((_SMALL, _SMALL), reducing_gap=2)
            picture.save(io.BytesIO(), "WEBP", quality=80)
    return (time.process_time() - before) / len(paths) * 1000


def _one_run(home: Path, files: Path) -> tuple[float, float, float]:
    """CPU milliseconds a picture; the 99th percentile of /healthz, ours and the bare one's."""
    with (
        processes.double(home, files=files, service_seconds=0) as double,
        processes.playground(
            home, double_port=double, settings={"PLAYGROUND_POLL_SECONDS": "0.5"}
        ) as server,
        processes.floor(home) as (floor_port, _),
    ):
        before = cpu_seconds(server.process_id)
        kept = home / "data" / "media" / "thumbnails"
        waits = asyncio.run(_until_all_small(server.port, floor_port, kept))
        cpu_ms = (cpu_seconds(server.process_id) - before) / _COUNT * 1000
    return cpu_ms, percentile(waits[0], 0.99) * 1000, percentile(waits[1], 0.99) * 1000


async def _until_all_small(
    port: int, floor_port: int, kept: Path
) -> tuple[list[float], list[float]]:
    waits: tuple[list[float], list[float]] = ([], [])
    deadline = time.monotonic() + _LONGEST_SECONDS
    async with connections(port, 1) as (ours,), connections(floor_port, 1) as (bare,):
        await submit(ours, "a dozen cups")
        while _count(kept) < _COUNT:
            if time.monotonic() > deadline:
                raise TimeoutError("not every picture has become a small one")
            await _ask(ours, waits[0])
            await _ask(bare, waits[1])
            await asyncio.sleep(0.01)
    return waits


async def _ask(connection: Connection, waits: list[float]) -> None:
    waits.append((await connection.get("/healthz")).seconds)


def _count(kept: Path) -> int:
    return sum(1 for _ in kept.glob("*/*.webp"))
