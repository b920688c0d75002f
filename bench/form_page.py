"""A model's form: CPU time a request, and how long it takes."""

import asyncio

from bench import processes
from bench.asking import flood
from bench.figures import Figure
from bench.processes import FLASH
from bench.turns import Target, in_turn

_CPU_LIMIT_MS = 0.6
_PATH = f"/models/{FLASH}"
# What a browser says: the page is compressed for it.
_HEADERS = {"accept-encoding": "gzip"}


def measure() -> list[Figure]:
    """Ask for a model's page, and for as many ready bytes from a bare route, in turn."""
    with (
        processes.folder() as home,
        processes.double(home, files=processes.empty(home), service_seconds=1) as double,
        processes.playground(home, double_port=double) as server,
    ):
        page = asyncio.run(flood(server.port, [_PATH], over=1, headers=_HEADERS))[0]
        with processes.floor(home, page=page.body) as (floor_port, floor_process):
            ours = Target(server.port, server.process_id, [_PATH], _HEADERS)
            bare = Target(floor_port, floor_process, ["/page"], _HEADERS)
            in_turn([ours, bare], rounds=5, times=800, alone=100)
    return [
        Figure("form page, CPU", ours.cpu, "ms", _CPU_LIMIT_MS, bare.cpu),
        Figure("form page, one at a time, p50", ours.alone, "ms", None, bare.alone),
        Figure("form page, 32 at once, p99", ours.crowded, "ms", None, bare.crowded),
        Figure("form page, compressed", len(page.body) / 1000, "KB"),
    ]
