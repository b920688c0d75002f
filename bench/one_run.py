"""A single run of ten seconds: how soon its picture is on the page."""

import asyncio
import json

from bench import processes
from bench.asking import flood
from bench.double import signature
from bench.figures import Figure, middle
from bench.pictures import make_pictures
from bench.visiting import Visit, check_pictures, visit

_LIMIT_SECONDS = 1.0
_SERVICE_SECONDS = 10.0
_VISITORS = 5
_APART_SECONDS = 0.7
# As a page asks every second and RunComfy is asked every two, whether a page has just asked when
# the answer comes is settled by when it began: each begins at another part of its second.
_FIRST_ASKS_APART_SECONDS = 0.2


def measure() -> list[Figure]:
    """A few runs far enough apart to be single, each from RunComfy's word to the picture read."""
    with processes.folder() as home:
        files = make_pictures(home / "files", count=1, width=1024, height=768)
        with (
            processes.double(home, files=files, service_seconds=_SERVICE_SECONDS) as double,
            processes.playground(home, double_port=double) as server,
        ):
            waits = asyncio.run(_waits(server.port, double, next(files.iterdir()).read_bytes()))
    return [
        Figure(
            "single run, picture after RunComfy's word, p50", middle(waits), "s", _LIMIT_SECONDS
        ),
        Figure("single run, the slowest", max(waits), "s"),
    ]


async def _waits(port: int, double: int, canned: bytes) -> list[float]:
    async def late_visit(number: int) -> Visit:
        await asyncio.sleep(number * _APART_SECONDS)
        first = number * _FIRST_ASKS_APART_SECONDS
        return await visit(
            port, f"a cup, number {number}", ask_seconds=1.0, first_ask_seconds=first
        )

    visits = await asyncio.gather(*(late_visit(number) for number in range(_VISITORS)))
    check_pictures(visits, canned)
    counts = await flood(double, ["/counts"], over=1)
    told = json.loads(counts[0].body)["completed_told"]
    return [visit.seen_at - told[signature(visit.picture)] for visit in visits]
