"""What is left in RunComfy's account: the one question that goes to another host."""

import time
from decimal import Decimal

import httpx

from app.metrics import UPSTREAM_REQUESTS, UPSTREAM_SECONDS
from app.outside.connecting import trusted_authorities
from app.outside.unpacking import Unreadable
from app.runcomfy.exchange import NoAnswer, NotConnected, exchange
from app.runcomfy.reading import JsonValue, Mask, json_in
from app.settings import is_loopback

# RunComfy's own API, and where the same token is told the balance (`runcomfy balance` asks there).
API_HOST = "model-api.runcomfy.net"
BALANCE_URL = "https://api.runcomfy.net/prod/v2/balance"
LIMIT_BYTES = 64 * 1024
SECONDS = 10.0
# More than any account holds, and still exact to a billionth in the database.
_MOST_USD = 1_000_000_000


class Purse:
    """Asks for the balance over a connection of its own: a hung answer holds up nothing else.

    It says nothing about RunComfy's health either, which is another host's.
    """

    def __init__(self, base_url: httpx.URL, token: str | None) -> None:
        self._url = balance_url(base_url)
        self._mask = Mask(token)
        self._headers = [(b"accept", b"application/json"), (b"user-agent", b"runcomfy-playground")]
        if token:
            self._headers.append((b"authorization", f"Bearer {token}".encode()))
        self._line = httpx.AsyncHTTPTransport(
            verify=trusted_authorities(),
            trust_env=False,
            limits=httpx.Limits(max_connections=2, max_keepalive_connections=0),
        )

    async def balance(self) -> Decimal | None:
        """US dollars; None where there is no such address, no answer, or no figure in it."""
        if self._url is None:
            return None
        request = httpx.Request("GET", self._url, headers=self._headers)
        request.extensions = {"timeout": dict.fromkeys(("connect", "pool", "write"), SECONDS)}
        started, outcome = time.perf_counter(), "cancelled"
        try:
            answer = await exchange(self._line, request, LIMIT_BYTES, SECONDS)
            outcome = f"{answer.http_status // 100}xx"
        except (NotConnected, NoAnswer) as error:
            outcome = "no_connection" if isinstance(error, NotConnected) else "no_answer"
            return None
        finally:
            UPSTREAM_REQUESTS.labels("balance", outcome).inc()
            UPSTREAM_SECONDS.labels("balance").observe(time.perf_counter() - started)
        if answer.flaw is not None or answer.http_status != 200:
            return None
        try:
            return balance_in(json_in(answer.body, self._mask))
        except Unreadable:
            return None

    async def aclose(self) -> None:
        """Close its connection."""
        await self._line.aclose()


def balance_url(base_url: httpx.URL) -> httpx.URL | None:
    """Where the token may be shown for the balance: RunComfy's one address, or the simulator."""
    if base_url.scheme == "https" and base_url.host == API_HOST and base_url.port is None:
        return httpx.URL(BALANCE_URL)
    if is_loopback(base_url.host):
        return base_url.copy_with(path="/prod/v2/balance")
    return None


def balance_in(answer: JsonValue) -> Decimal | None:
    """The figure in an answer such as `{"balance_usd": 12.34, "currency": "USD"}`."""
    told = answer.get("balance_usd") if isinstance(answer, dict) else None
    if isinstance(told, bool) or not isinstance(told, int | float) or abs(told) > _MOST_USD:
        return None
    return round(Decimal(str(told)), 9)
