"""Open pages on runs that have nothing new: CPU time an answer, and what reaches RunComfy."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench import processes
from bench.asking import Answer, Connection, connections, flood
from bench.figures import Figure, percentile
from bench.turns import Target, idle_cpu, in_turn
from bench.visiting import submit

_CPU_LIMIT_MS = 0.4
_MEMORY_LIMIT_MB = 0.75 * 176  # of what Gradio takes, which is 165 to 187 MB
_RUNS = 200
_EVERY_SECONDS = 2.0
_TIMES = 4
_POLL_SECONDS = 2.0
# For the CPU time of an answer alone: so few runs that asking after them hardly counts.
_FEW = 10


@dataclass(frozen=True)
class _Page:
    """An open page: what it asks, and which version it has."""

    path: str
    headers: dict[str, str]


def measure() -> list[Figure]:
    """Flood a few runs for the CPU time; then keep a page open on each of many."""
    with (
        processes.folder() as home,
        processes.double(home, files=processes.empty(home), service_seconds=3600) as double,
        processes.playground(home, double_port=double) as server,
        processes.floor(home) as (floor_port, floor_process),
    ):
        pages = asyncio.run(_open_pages(server.port, _FEW))
        idle = idle_cpu(server.process_id, 2 * _POLL_SECONDS)
        paths = [page.path for page in pages]
        ours = Target(server.port, server.process_id, paths, pages[0].headers, idle)
        bare = Target(floor_port, floor_process, ["/unchanged"])
        in_turn([ours, bare], rounds=5, times=800)
        said = _said_something(list(ours.answers))

        pages += asyncio.run(_open_pages(server.port, _RUNS - _FEW))
        watched = asyncio.run(_watch(server.port, double, pages))
        memory = processes.resident_mb(server.process_id)
    due = len(pages) * watched.seconds / _POLL_SECONDS
    return [
        Figure("unchanged fragment, CPU", ours.cpu, "ms", _CPU_LIMIT_MS, bare.cpu),
        Figure("unchanged fragments with a body", said, "%", 1.0),
        Figure("200 open pages, late by, p99", watched.late_ms, "ms"),
        Figure("200 open pages, answers with a body", watched.said, "%", 1.0),
        Figure("200 open pages, memory", memory, "MB", _MEMORY_LIMIT_MB),
        Figure("questions to RunComfy, of those due", watched.asked / due, "×", 1.05),
    ]


async def _open_pages(port: int, count: int) -> list[_Page]:
    """Start runs, wait until each is running, and note what its page would ask."""
    async with connections(port, 8) as opened:
        paths = await asyncio.gather(
            *(_submit_some(one, range(at, count, 8)) for at, one in enumerate(opened))
        )
    await asyncio.sleep(_POLL_SECONDS + 1 + count / 100)
    fragment = {"hx-request": "true"}
    found = [path for some in paths for path in some]
    async with Connection(port) as connection:
        tags = [(await connection.get(path, fragment)).headers["etag"] for path in found]
    return [
        _Page(f"{path}?seen={tag.strip(chr(34))}", {"if-none-match": tag, **fragment})
        for path, tag in zip(found, tags, strict=True)
    ]


async def _submit_some(connection: Connection, numbers: range) -> list[str]:
    return [await submit(connection, f"a cup, number {number}") for number in numbers]


@dataclass(frozen=True)
class _Watched:
    seconds: float
    late_ms: float
    said: float
    asked: int


async def _watch(port: int, double: int, pages: Sequence[_Page]) -> _Watched:
    """Ask for each page every two seconds; late is counted from when an answer was due."""
    late: list[float] = []
    answers: list[Answer] = []

    async def keep_open(connection: Connection, page: _Page, first_at: float) -> None:
        for turn in range(_TIMES):
            due = first_at + turn * _EVERY_SECONDS
            await asyncio.sleep(due - time.monotonic())
            answers.append(await connection.get(page.path, page.headers))
            late.append((time.monotonic() - due) * 1000)

    async with connections(port, len(pages)) as opened:
        before, started = await _asked(double), time.monotonic()
        spread = _EVERY_SECONDS / len(pages)
        await asyncio.gather(
            *(
                keep_open(one, page, started + number * spread)
                for number, (one, page) in enumerate(zip(opened, pages, strict=True))
            )
        )
        seconds = time.monotonic() - started
        asked = await _asked(double) - before
    return _Watched(seconds, percentile(late, 0.99), _said_something(answers), asked)


async def _asked(double: int) -> int:
    counts = await flood(double, ["/counts"], over=1)
    return int(json.loads(counts[0].body)["asked"])


def _said_something(answers: Sequence[Answer]) -> float:
    """Percent of the answers that are not a plain 204 or 304."""
    return 100 * sum(answer.status not in (204, 304) for answer in answers) / len(answers)
