"""The balance: where it may be asked with the token, and what counts as an answer."""

from decimal import Decimal

import httpx
import pytest

from app.runcomfy.client import RunComfy
from app.runcomfy.purse import BALANCE_URL, balance_url
from tests.runcomfy.scripted import TOKEN, Script, Scripted, cuts, resets, says


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("https://model-api.runcomfy.net", BALANCE_URL),
        ("https://model-api.runcomfy.net/", BALANCE_URL),
        ("http://127.0.0.1:8188", "http://127.0.0.1:8188/prod/v2/balance"),
        ("http://localhost:8188/play", "http://localhost:8188/prod/v2/balance"),
        ("https://model-api.runcomfy.net:8443", None),
        ("https://model-api.runcomfy.net.example.com", None),
        ("https://proxy.example.com", None),
    ],
)
def test_the_token_is_shown_for_the_balance_at_runcomfys_own_address_alone(
    base: str, asked: str | None
) -> None:
    found = balance_url(httpx.URL(base))

    assert (None if found is None else str(found)) == asked


async def test_the_balance_is_asked_with_the_token_and_read_exactly(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(200, {"balance_usd": 84.115, "currency": "USD"}))

    assert await runcomfy.balance() == Decimal("84.115")
    [asked] = server.received
    assert (asked.method, asked.path) == ("GET", "/prod/v2/balance")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "script",
    [
        says(500, {"error_message": "Broken."}),
        says(401, {"balance_usd": 5}),
        says(302, b"", location="https://elsewhere.example.com/"),
        says(200, b"<html>Sign in</html>"),
        says(200, {"balance_usd": "84.12"}),
        says(200, {"balance_usd": True}),
        says(200, {"balance_usd": 1e300}),
        says(200, b'{"balance_usd": NaN}'),
        says(200, [84.12]),
        says(200, b" " * 70_000),
        cuts(200, b'{"balance_usd": 84.12}'),
        resets(),
    ],
)
async def test_what_is_no_balance_is_none_and_says_nothing_about_runcomfys_health(
    server: Scripted, runcomfy: RunComfy, script: Script
) -> None:
    server.plays(script)

    assert await runcomfy.balance() is None
    assert await runcomfy.balance() is None
    assert not runcomfy.health.failing
