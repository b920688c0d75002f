"""A kept picture of 5 MB: whole, and by ranges of 64 KB, beside Starlette's own file answer."""

import asyncio
import re
from pathlib import Path

from bench import processes
from bench.asking import flood
from bench.figures import Figure
from bench.pictures import draw
from bench.turns import Target, in_turn
from bench.visiting import Broken, check_pictures, visit

_WHOLE_LIMIT, _RANGE_LIMIT = 1.3, 2.0  # times Starlette's
_RANGE_BYTES = 64 * 1024
_PICTURE = re.compile(r'<img src="(/media/[^"]+)"')


def measure() -> list[Figure]:
    """Keep one picture through a run, then read it as browsers do."""
    with processes.folder() as home:
        files = home / "files"
        files.mkdir()
        picture = files / "large.png"
        draw(1550, 1180, seed=1, grain=60).save(picture)
        with (
            processes.double(home, files=files, service_seconds=0.1) as double,
            processes.playground(
                home, double_port=double, settings={"PLAYGROUND_POLL_SECONDS": "0.5"}
            ) as server,
            processes.floor(home, file=picture) as (floor_port, floor_process),
        ):
            path = asyncio.run(_kept(server.port, picture))
            size = picture.stat().st_size
            whole = [
                Target(server.port, server.process_id, [path]),
                Target(floor_port, floor_process, ["/file"]),
            ]
            in_turn(whole, rounds=3, times=40)
            _check_ranges(server.port, path)
            start = size // 2
            part = {"range": f"bytes={start}-{start + _RANGE_BYTES - 1}"}
            parts = [
                Target(server.port, server.process_id, [path], part),
                Target(floor_port, floor_process, ["/file"], part),
            ]
            in_turn(parts, rounds=5, times=400)
    ours, bare = (target.cpu * 100e6 / size for target in whole)
    return [
        Figure(
            f"{size / 1e6:.1f} MB picture, CPU for 100 MB", ours, "ms", _WHOLE_LIMIT * bare, bare
        ),
        Figure("64 KB range, CPU", parts[0].cpu, "ms", _RANGE_LIMIT * parts[1].cpu, parts[1].cpu),
    ]


async def _kept(port: int, picture: Path) -> str:
    """The address of a picture that a run has made."""
    seen = await visit(port, "a cup", ask_seconds=0.1)
    check_pictures([seen], picture.read_bytes())
    page = (await flood(port, [f"/runs/{seen.run_id}"], over=1))[0]
    found = _PICTURE.search(page.body.decode())
    if found is None:
        raise Broken("the page of a completed run shows no picture")
    return found[1]


def _check_ranges(port: int, path: str) -> None:
    """Raise Broken unless ranges of all sorts are the very bytes."""
    whole = asyncio.run(flood(port, [path], over=1))[0].body
    size = len(whole)
    for asked, start, end in (
        ("0-0", 0, 1),
        ("0-65535", 0, 65536),
        (f"{size - 10}-", size - 10, size),
        ("-10", size - 10, size),
        (f"1000000-{size + 5}", 1_000_000, size),
        ("100000-1700000", 100_000, 1_700_001),
    ):
        headers = {"range": f"bytes={asked}"}
        answer = asyncio.run(flood(port, [path], over=1, headers=headers))[0]
        if answer.status != 206 or answer.body != whole[start:end]:
            raise Broken(f"the range {asked} is not what it should be")
