"""Files given: how fast they come in beside bare streaming, and the memory that many take."""

import http.client
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench import processes
from bench.figures import Figure, middle
from bench.pictures import draw
from bench.processes import resident_mb
from bench.visiting import Broken

_SPEED_LIMIT = 0.6  # of the bare one's
_GROWTH_LIMIT_MB = 60.0
_AT_ONCE = 10
_ROUNDS = 7
_BOUNDARY = "a-boundary-that-stands-in-no-picture"
_LOOK_SECONDS = 0.01


def measure() -> list[Figure]:
    """Give a picture of 20 MB to the playground and to a bare route in turn; then ten at once."""
    with processes.folder() as home:
        path = home / "large.png"
        draw(2900, 2400, seed=1, grain=90).save(path, compress_level=0)
        picture = path.read_bytes()
        numbers = itertools.count()

        def body() -> bytes:
            # Each differs from every other: the same bytes are kept once.
            return _form(picture + next(numbers).to_bytes(8, "big"))

        with (
            processes.playground(home, double_port=None) as server,
            processes.floor(home) as (floor_port, _),
        ):
            _give(server.port, "/uploads", body())
            ours, bare = [], []
            for _ in range(_ROUNDS):
                ours.append(_give(server.port, "/uploads", body()))
                bare.append(_give(floor_port, "/upload", body()))
            grown = _growth(server.process_id, lambda: _give(server.port, "/uploads", body()))
    per_100_mb = 100e6 / len(picture) * 1000
    mine, floor = middle(ours) * per_100_mb, middle(bare) * per_100_mb
    return [
        Figure(
            f"{len(picture) / 1e6:.0f} MB picture given, 100 MB",
            mine,
            "ms",
            floor / _SPEED_LIMIT,
            floor,
        ),
        Figure(f"memory for {_AT_ONCE} of them at once", grown, "MB", _GROWTH_LIMIT_MB),
    ]


def _form(content: bytes) -> bytes:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _give(port: int, path: str, body: bytes) -> float:
    """Seconds until a file is taken. Raises Broken when it is not."""
    headers = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    started = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    seconds = time.perf_counter() - started
    connection.close()
    if answer.status != http.client.OK:
        raise Broken(f"a file was not taken: {answer.status} {said[:300]!r}")
    return seconds


def _growth(process_id: int, give: Callable[[], float]) -> float:
    """By how many MB the server's own memory grows while ten files come in at once."""
    before = highest = resident_mb(process_id)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        given = [threads.submit(give) for _ in range(_AT_ONCE)]
        while not all(one.done() for one in given):
            highest = max(highest, resident_mb(process_id))
            time.sleep(_LOOK_SECONDS)
        for one in given:
            one.result()
    return max(highest, resident_mb(process_id)) - before
