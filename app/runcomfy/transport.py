"""The connections to RunComfy: its address, the token, sixteen requests at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from app.metrics import POLL_SECONDS, UPSTREAM_REQUESTS, UPSTREAM_SECONDS
from app.outside.connecting import trusted_authorities
from app.runcomfy.exchange import (
    Answer,
    NoAnswer,
    NotConnected,
    exchange,
    post_request,
)
from app.runcomfy.health import Health
from app.settings import is_loopback

IN_FLIGHT = 16
# Of one kind fewer, so that submits which hang never stop all questions, nor the reverse.
IN_FLIGHT_OF_A_KIND = 12
# Below the five seconds after which uvicorn, for one, closes a connection nobody uses.
IDLE_SECONDS = 4.0
# A body may hold megabytes of data URIs: it is given a second more for each 100 kB.
SLOWEST_UPLOAD_BYTES_PER_SECOND = 100_000


class Transport:
    """RunComfy's address, the token and the connections.

    A question takes one of several lines, each with at most one connection, kept open: httpx's
    shared pool looks at every connection for each request, which costs more than the request.
    A POST takes a connection of its own. On one kept open, the server may be hanging up just as
    the request leaves, and nobody could say whether a paid run was begun.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str | None,
        health: Health,
        connect_seconds: float,
        write_seconds: float,
    ) -> None:
        """Raises ValueError for plain http beyond this machine, or for an unusable token."""
        self.url = _checked(base_url, token)
        self.health = health
        self._base = str(self.url).rstrip("/")
        host = self.url.netloc
        self._headers = [
            (b"host", host),
            (b"user-agent", b"runcomfy-playground"),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"gzip"),
        ]
        self._bearer = [(b"authorization", f"Bearer {token}".encode())] if token else []
        self._waits = {
            "connect": connect_seconds,
            "pool": connect_seconds,
            "write": write_seconds,
        }
        trusted = trusted_authorities()
        self._lines = [
            httpx.AsyncHTTPTransport(
                verify=trusted,
                trust_env=False,
                limits=httpx.Limits(max_connections=1, keepalive_expiry=IDLE_SECONDS),
            )
            for _ in range(IN_FLIGHT_OF_A_KIND)
        ]
        self._free_lines = list(self._lines)
        self._for_posts = httpx.AsyncHTTPTransport(
            verify=trusted,
            trust_env=False,
            limits=httpx.Limits(max_connections=IN_FLIGHT_OF_A_KIND, max_keepalive_connections=0),
        )
        self._questions = asyncio.Semaphore(IN_FLIGHT_OF_A_KIND)
        self._posts = asyncio.Semaphore(IN_FLIGHT_OF_A_KIND)
        self._gate = asyncio.Semaphore(IN_FLIGHT)

    async def ask(
        self,
        call: str,
        path: str,
        *,
        post: bytes | None = None,
        limit_bytes: int,
        seconds: float,
        with_token: bool = True,
    ) -> Answer:
        """Send one request, once, and read its answer.

        call: its name in the metrics. path: from `/`, quoted already. post: the JSON body (or
        b"") of a POST, None for a GET. seconds: for the whole exchange, counted from when its
        turn has come. Raises NotConnected or NoAnswer.
        """
        headers = self._headers + self._bearer if with_token else self._headers
        async with self._turn(post) as line:
            started = time.perf_counter()
            outcome = "cancelled"
            http_status: int | None = None
            if post is None:
                request = httpx.Request("GET", self._base + path, headers=headers)
            else:
                seconds += len(post) / SLOWEST_UPLOAD_BYTES_PER_SECOND
                request = post_request(self._base + path, headers, post)
            request.extensions = {"timeout": {**self._waits, "read": seconds}}
            try:
                answer = await exchange(line, request, limit_bytes, seconds)
            except (NotConnected, NoAnswer) as error:
                outcome = "no_connection" if isinstance(error, NotConnected) else "no_answer"
                self.health.failed(str(error))
                self.health.hour.trouble(str(error))
                raise
            else:
                http_status = answer.http_status
                outcome = f"{http_status // 100}xx"
                self._note(answer)
                return answer
            finally:
                UPSTREAM_REQUESTS.labels(call, outcome).inc()
                seconds_taken = time.perf_counter() - started
                UPSTREAM_SECONDS.labels(call).observe(seconds_taken)
                if call == "status":
                    POLL_SECONDS.observe(seconds_taken)
                if outcome != "cancelled":
                    self.health.hour.note(call, http_status, seconds_taken)

    async def aclose(self) -> None:
        """Close every connection."""
        for line in (*self._lines, self._for_posts):
            await line.aclose()

    @asynccontextmanager
    async def _turn(self, post: bytes | None) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        kind = self._questions if post is None else self._posts
        async with kind, self._gate:
            if post is not None:
                yield self._for_posts
                return
            # The line freed last has its connection open still.
            line = self._free_lines.pop()
            try:
                yield line
            finally:
                self._free_lines.append(line)

    def _note(self, answer: Answer) -> None:
        if answer.http_status >= 500:
            self.health.failed(f"RunComfy answers with an error of its own ({answer.http_status}).")
        else:
            self.health.answered()


def _checked(base_url: str, token: str | None) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError("RunComfy's base address is not an address.") from error
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ValueError("RunComfy's base address must begin with https:// beyond this machine.")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("RunComfy's base address must be a plain one.")
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise ValueError("RUNCOMFY_TOKEN holds characters that no token has.")
    return url
