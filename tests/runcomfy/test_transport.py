"""Connections, the gate, and the rule for addresses."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from app.runcomfy.client import RunComfy
from app.runcomfy.paid import paid_request
from app.runcomfy.trouble import Passing
from tests.runcomfy.scripted import TOKEN, Scripted, hangs, says, waits_for

STILL = {"request_id": "6b1f", "status": "in_progress"}


async def test_at_most_sixteen_requests_are_in_flight(server: Scripted, runcomfy: RunComfy) -> None:
    opened = asyncio.Event()
    server.plays(waits_for(opened, says(200, STILL)))

    questions = [asyncio.ensure_future(runcomfy.status("6b1f")) for _ in range(200)]
    submits = [asyncio.ensure_future(runcomfy.submit(paid_request("a/b", {}))) for _ in range(200)]
    await server.has_received(16)
    held = server.in_flight
    opened.set()
    await asyncio.gather(*questions, *submits)

    assert held == server.most_in_flight == 16
    assert len(server.received) == 400


async def test_questions_that_hang_do_not_stop_a_submit(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(*[hangs()] * 12, says(200, STILL))

    questions = [asyncio.ensure_future(runcomfy.status("6b1f")) for _ in range(50)]
    await server.has_received(12)
    submitted = await runcomfy.submit(paid_request("a/b", {}))

    assert submitted.request_id == "6b1f"
    for question in questions:
        question.cancel()
    await asyncio.gather(*questions, return_exceptions=True)


async def test_questions_share_connections(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(200, STILL))

    for _ in range(20):
        await runcomfy.status("6b1f")

    assert server.connections == 1


async def test_a_question_given_up_leaves_its_line_usable(
    server: Scripted, hasty: RunComfy
) -> None:
    server.plays(*[hangs()] * 12, says(200, STILL))

    await asyncio.gather(*[hasty.status("6b1f") for _ in range(12)], return_exceptions=True)
    answers = await asyncio.gather(*[hasty.status("6b1f") for _ in range(40)])

    assert {answer.state for answer in answers} == {"running"}


async def test_a_cancelled_question_leaves_its_line_usable(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(*[hangs()] * 12, says(200, STILL))
    questions = [asyncio.ensure_future(runcomfy.status("6b1f")) for _ in range(12)]
    await server.has_received(12)

    for question in questions:
        question.cancel()
    await asyncio.gather(*questions, return_exceptions=True)

    answers = await asyncio.gather(*[runcomfy.status("6b1f") for _ in range(40)])
    assert {answer.state for answer in answers} == {"running"}


async def test_a_connection_closed_meanwhile_is_replaced(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(200, STILL, connection="close"))

    for _ in range(3):
        assert (await runcomfy.status("6b1f")).state == "running"

    assert server.connections == 3


@pytest.mark.parametrize(
    "base_url",
    [
        "http://model-api.runcomfy.net",
        "http://127.0.0.1.runcomfy.net",
        "ftp://127.0.0.1",
        "https://user:secret@model-api.runcomfy.net",
        "https://model-api.runcomfy.net?x=1",
        "http://[::1",
        "model-api.runcomfy.net",
    ],
)
async def test_an_address_that_would_give_the_token_away_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base address"):
        RunComfy(base_url=base_url, token=TOKEN)


@pytest.mark.parametrize("token", ["two words", "line\r\nHost: evil", "schlüssel"])
async def test_a_token_that_no_header_can_hold_is_refused_without_naming_it(token: str) -> None:
    with pytest.raises(ValueError, match="RUNCOMFY_TOKEN") as refused:
        RunComfy(base_url="https://model-api.runcomfy.net", token=token)

    assert token not in str(refused.value)


async def test_without_a_token_no_header_is_sent(server: Scripted) -> None:
    server.plays(says(200, STILL))
    client = RunComfy(base_url=f"{server.address}/behind/", token=None)

    await client.status("6b1f")

    assert "authorization" not in server.received[0].headers
    assert server.received[0].path == "/behind/v1/requests/6b1f/status"
    await client.aclose()


async def test_proxies_of_the_environment_are_not_asked(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.plays(says(200, STILL))
    client = RunComfy(base_url=server.address, token=TOKEN)

    assert (await client.status("6b1f")).state == "running"

    await client.aclose()


async def test_each_request_is_counted_by_its_outcome(server: Scripted, runcomfy: RunComfy) -> None:
    def counted() -> float:
        labels = {"call": "status", "outcome": "5xx"}
        return REGISTRY.get_sample_value("playground_upstream_requests_total", labels) or 0

    server.plays(says(503))
    before = counted()

    with pytest.raises(Passing):
        await runcomfy.status("6b1f")

    assert counted() == before + 1
