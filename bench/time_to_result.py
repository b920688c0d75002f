"""From the form to the picture, for one, for fifty and for two hundred at once."""

import asyncio
import json
from dataclasses import dataclass

from bench import processes
from bench.asking import flood
from bench.figures import Figure, percentile
from bench.pictures import make_pictures
from bench.processes import cpu_seconds
from bench.turns import Target, in_turn
from bench.visiting import Broken, Visit, check_pictures, visit

_SERVICE_SECONDS = 2.0
_POLL = {"PLAYGROUND_POLL_SECONDS": "0.5"}
_CPU_LIMIT_MS = 80.0  # four times what the least code takes for a run, which is 20 ms
_MEMORY_LIMIT_MB = 200.0


@dataclass(frozen=True)
class _Crowd:
    """So many visitors at once, each asking so often; the wait beyond RunComfy's own may be…"""

    count: int
    ask_seconds: float
    part: float
    limit_seconds: float | None


# Limits: 1.1 and 1.25 times what the least code takes when it asks as often.
_CROWDS = (
    _Crowd(1, 0.1, 0.5, 1.1 * 0.46),
    _Crowd(50, 0.25, 0.5, 1.25 * 0.65),
    _Crowd(200, 1.0, 0.95, None),
)


def measure() -> list[Figure]:
    """Each crowd after the other on one server; CPU time and memory of the largest."""
    with processes.folder() as home:
        files = make_pictures(home / "files", count=1, width=1024, height=768)
        canned = next(files.iterdir()).read_bytes()
        with (
            processes.double(home, files=files, service_seconds=_SERVICE_SECONDS) as double,
            processes.playground(home, double_port=double, settings=_POLL) as server,
            processes.floor(home, page=bytes(16_000)) as (floor_port, floor_process),
        ):
            asyncio.run(_ask_all(server.port, _CROWDS[0]))  # the first starts the helpers too
            seen = [_measure_crowd(server.port, server.process_id, crowd) for crowd in _CROWDS]
            bare = Target(floor_port, floor_process, ["/page"])
            in_turn([bare], rounds=3, times=500)
            accepted = asyncio.run(_accepted(double))
    for crowd in seen:
        check_pictures(crowd.visits, canned)
    sent = 1 + sum(crowd.count for crowd in _CROWDS)
    if accepted != sent:
        raise Broken(f"{sent} forms made {accepted} paid requests")
    largest = seen[-1]
    return [
        *(_wait(crowd, one.visits) for crowd, one in zip(_CROWDS, seen, strict=True)),
        Figure("200 at once, CPU a run", largest.cpu_ms, "ms", _CPU_LIMIT_MS, bare.cpu),
        Figure("200 at once, memory of the server", largest.memory_mb, "MB", _MEMORY_LIMIT_MB),
    ]


@dataclass(frozen=True)
class _Seen:
    """What a crowd saw, and what it cost: CPU time a run, and the most memory held."""

    visits: list[Visit]
    cpu_ms: float
    memory_mb: float


def _measure_crowd(port: int, process_id: int, crowd: _Crowd) -> _Seen:
    before = cpu_seconds(process_id)
    visits, memory_mb = asyncio.run(_watched(port, process_id, crowd))
    cpu_ms = (cpu_seconds(process_id) - before) / crowd.count * 1000
    return _Seen(visits, cpu_ms, memory_mb)


async def _watched(port: int, process_id: int, crowd: _Crowd) -> tuple[list[Visit], float]:
    """The crowd's visits, and the most memory that the server held meanwhile."""
    most = 0.0
    visiting = asyncio.create_task(_ask_all(port, crowd))
    while not visiting.done():
        most = max(most, processes.resident_mb(process_id))
        await asyncio.wait([visiting], timeout=0.2)
    return visiting.result(), most


async def _ask_all(port: int, crowd: _Crowd) -> list[Visit]:
    return await asyncio.gather(
        *(
            visit(port, f"a cup, number {number}", ask_seconds=crowd.ask_seconds)
            for number in range(crowd.count)
        )
    )


def _wait(crowd: _Crowd, visits: list[Visit]) -> Figure:
    waits = [visit.seen_at - visit.begun_at - _SERVICE_SECONDS for visit in visits]
    name = f"{crowd.count} at once, beyond RunComfy's time, p{crowd.part * 100:.0f}"
    return Figure(name, percentile(waits, crowd.part), "s", crowd.limit_seconds)


async def _accepted(double: int) -> int:
    counts = await flood(double, ["/counts"], over=1)
    return int(json.loads(counts[0].body)["accepted"])
