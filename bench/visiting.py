"""A visitor: submits a form, keeps the page open until the picture is there, reads it whole."""

import asyncio
import html
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.asking import Connection
from bench.double import signature, signed
from bench.processes import FLASH

_STATE = re.compile(r'data-run="([^"]+)" data-state="([^"]+)"')
_ASKS = re.compile(r'hx-get="([^"]+)"')
_PICTURE = re.compile(r'<img src="(/media/[^"]+)"')
_FRAGMENT = {"hx-request": "true"}


class Broken(Exception):
    """The product gave something else than a run must end with; the figures would mean nothing."""


@dataclass(frozen=True)
class Visit:
    """One run from the form to its picture. Times are of the monotonic clock, in seconds."""

    run_id: str
    begun_at: float
    seen_at: float
    picture: bytes


async def submit(connection: Connection, prompt: str) -> str:
    """Send the form; gives the path of the run's page."""
    answer = await connection.post(f"/models/{FLASH}/runs", urlencode({"prompt": prompt}).encode())
    if answer.status != 303:
        raise Broken(f"the form was answered with {answer.status}")
    return answer.headers["location"]


async def visit(
    port: int, prompt: str, *, ask_seconds: float, first_ask_seconds: float = 0.0
) -> Visit:
    """Submit a form and ask, as an open page does, until the picture can be read.

    first_ask_seconds: how long after the form was sent the page begins to ask.
    """
    async with Connection(port) as connection:
        begun_at = time.monotonic()
        path = await submit(connection, prompt)
        await asyncio.sleep(first_ask_seconds)
        while True:
            fragment = await connection.get(path, _FRAGMENT)
            text = fragment.body.decode()
            state = _STATE.search(text)
            if state is not None and state[2] == "completed":
                break
            if state is not None and state[2] in ("failed", "unknown", "cancelled"):
                raise Broken(f"a run ended as {state[2]}")
            asks = _ASKS.search(text)
            path = html.unescape(asks[1]) if asks else path
            await asyncio.sleep(ask_seconds)
        source = _PICTURE.search(text)
        if source is None:
            raise Broken("a completed run shows no picture")
        picture = await connection.get(source[1])
        return Visit(state[1], begun_at, time.monotonic(), picture.body)


def check_pictures(visits: Sequence[Visit], canned: bytes) -> None:
    """Raise Broken unless each visit saw a picture of its own, whole."""
    requests = Counter(signature(visit.picture) for visit in visits)
    if any(visit.picture != signed(canned, signature(visit.picture)) for visit in visits):
        raise Broken("a picture is not what RunComfy made")
    if len(requests) != len(visits):
        raise Broken("two runs show the same picture")
