"""What is sent, once or again, and what comes back from the room."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from app.runcomfy.answers import Submitted
from app.runcomfy.client import RunComfy
from app.runcomfy.paid import paid_request
from app.runcomfy.reading import JsonObject, JsonValue
from app.runcomfy.trouble import (
    Doubtful,
    NothingSent,
    Passing,
    RunComfyTrouble,
)
from tests.runcomfy.scripted import (
    TOKEN,
    Script,
    Scripted,
    drips,
    hangs,
    raw,
    says,
)

MODEL = "blackforestlabs/flux-2/flash/text-to-image"
OWN_ERROR: JsonObject = {"error_code": 500001, "error_message": "The model broke."}
DETAIL: JsonValue = [{"loc": ["body", "prompt"], "msg": "field required"}]
BOMB = gzip.compress(b" " * 100_000_000)


def nested(levels: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.fixture
async def unreachable() -> AsyncIterator[RunComfy]:
    with socket.socket() as taken:  # bound but not listening: refused, and nobody else's
        taken.bind(("127.0.0.1", 0))
        client = RunComfy(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}", token=TOKEN)
        yield client
        await client.aclose()


async def test_a_submit_carries_the_inputs_exactly(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(200, {"request_id": "6b1f"}))
    inputs: JsonObject = {
        "prompt": "ein gelber Becher \U0001f375 שלום\n",
        "seed": 2**63 - 1,
        "x": 7.25,
    }

    assert await runcomfy.submit(paid_request(MODEL, inputs)) == Submitted("6b1f")

    (request,) = server.received
    assert (request.method, request.path) == ("POST", f"/v1/models/{MODEL}")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == inputs
    assert "שלום".encode() in request.body


async def test_a_body_of_many_pieces_arrives_whole(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(201, {"request_id": "6b1f"}))
    inputs: JsonObject = {"image": "data:image/png;base64," + "QUJD" * 500_000}

    await runcomfy.submit(paid_request(MODEL, inputs))

    assert json.loads(server.received[0].body) == inputs


@pytest.mark.parametrize(
    "script",
    [
        hangs(),
        hangs(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"),
        drips(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n", 0.05),
    ],
)
async def test_a_submit_that_hangs_is_doubtful(
    server: Scripted, hasty: RunComfy, script: Script
) -> None:
    server.plays(script)

    with pytest.raises(Doubtful):
        await hasty.submit(paid_request(MODEL, {}))

    assert len(server.received) == 1


async def test_a_refused_connection_means_that_nothing_was_sent(unreachable: RunComfy) -> None:
    with pytest.raises(NothingSent, match=r"Nothing was sent\. .* refused"):
        await unreachable.submit(paid_request(MODEL, {}))
    with pytest.raises(Passing):
        await unreachable.status("6b1f")


async def test_a_name_that_is_not_found_means_that_nothing_was_sent() -> None:
    client = RunComfy(base_url="https://runcomfy.invalid", token=TOKEN)

    with pytest.raises(NothingSent, match="could not be reached"):
        await client.submit(paid_request(MODEL, {}))

    await client.aclose()


async def test_a_server_without_tls_means_that_nothing_was_sent(server: Scripted) -> None:
    server.plays(says(200, {"request_id": "6b1f"}))
    client = RunComfy(
        base_url=server.address.replace("http:", "https:"), token=TOKEN, connect_seconds=0.3
    )

    with pytest.raises(NothingSent):
        await client.submit(paid_request(MODEL, {}))

    assert server.received == []
    await client.aclose()


@pytest.mark.parametrize(
    ("model_id", "inputs"),
    [
        ("../requests", {}),
        ("a//b", {}),
        ("", {}),
        (MODEL, {"prompt": "\ud83d"}),
        (MODEL, {"x": float("nan")}),
        (MODEL, {"x": nested(5000)}),
    ],
)
async def test_what_cannot_be_written_down_is_never_sent(
    server: Scripted, runcomfy: RunComfy, model_id: str, inputs: JsonObject
) -> None:
    with pytest.raises(NothingSent):
        await runcomfy.submit(paid_request(model_id, inputs))

    assert server.connections == 0


async def test_every_submit_has_a_fresh_connection(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(200, {"request_id": "6b1f", "status": "in_queue"}))
    await runcomfy.status("6b1f")

    await runcomfy.submit(paid_request(MODEL, {}))
    await runcomfy.submit(paid_request(MODEL, {}))
    await runcomfy.status("6b1f")

    assert server.connections == 3


async def test_a_status_is_asked_for_under_its_quoted_name(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(200, {"status": "in_queue", "queue_position": 3}))

    status = await runcomfy.status("a/b?c#d")

    assert server.received[0].path == "/v1/requests/a%2Fb%3Fc%23d/status"
    assert (status.state, status.word, status.queue_position) == ("queued", "in_queue", 3)


@pytest.mark.parametrize("script", [hangs(), drips(b"HTTP/1.1 200 OK\r\n\r\n", 0.05)])
async def test_a_question_that_hangs_is_passing_trouble(
    server: Scripted, hasty: RunComfy, script: Script
) -> None:
    server.plays(script)

    with pytest.raises(Passing):
        await hasty.status("6b1f")


async def test_a_result_comes_with_its_cost(server: Scripted, runcomfy: RunComfy) -> None:
    url = "https://files.runcomfy.net/a.png"
    server.plays(says(200, {"status": "completed", "output": {"image": url}, "cost": 0.036}))

    result = await runcomfy.result("6b1f")

    assert server.received[0].path == "/v1/requests/6b1f/result?include_cost=true"
    assert result.finished
    assert (result.output, result.cost_usd) == ({"image": url}, Decimal("0.036"))


async def test_a_redirect_is_never_followed_with_the_token(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(302, location=f"{server.address}/elsewhere"))

    for asked in (
        runcomfy.status("6b1f"),
        runcomfy.model(MODEL),
        runcomfy.submit(paid_request(MODEL, {})),
    ):
        with pytest.raises(RunComfyTrouble):
            await asked

    assert len(server.received) == 3
    assert all(request.path.startswith("/v1/") for request in server.received)


@pytest.mark.parametrize("status", [200, 401, 422, 500])
@pytest.mark.parametrize(
    "echo",
    [
        json.dumps({"error_message": f"No such token: {TOKEN}", "error_code": 1}).encode(),
        json.dumps({"status": "failed", "error": {TOKEN: TOKEN}, TOKEN: TOKEN}).encode(),
        json.dumps({"error_message": TOKEN}).replace("-", "\\u002d").encode(),
        f"<html>Authorization: Bearer {TOKEN}</html>".encode(),
        f"<html>Authorization: Bearer {TOKEN[:-2]}".encode(),
    ],
)
async def test_an_echoed_token_never_leaves_the_room(
    server: Scripted, runcomfy: RunComfy, status: int, echo: bytes
) -> None:
    server.plays(says(status, echo))

    paid = paid_request(MODEL, {})
    for asked in (runcomfy.submit(paid), runcomfy.status("1"), runcomfy.result("1"),
                  runcomfy.cancel("1"), runcomfy.check()):  # fmt: skip
        try:
            told = repr(await asked)
        except RunComfyTrouble as error:
            told = f"{error} {vars(error)}"
        assert TOKEN not in told
        assert TOKEN[:-2] not in told


async def test_two_silences_in_a_row_mean_not_answering(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(502), raw(b""), says(200, {"status": "in_queue"}))

    failing: list[bool] = []
    for _ in range(3):
        await asyncio.gather(runcomfy.status("6b1f"), return_exceptions=True)
        failing.append(runcomfy.health.failing)

    assert failing == [False, True, False]
    assert runcomfy.health.last_failure_words == (
        "The connection to RunComfy was cut before an answer came."
    )
    assert runcomfy.health.last_answer_at is not None
    assert runcomfy.health.last_failure_at is not None
    assert runcomfy.health.last_answer_at > runcomfy.health.last_failure_at


async def test_a_refusal_is_an_answer(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(401))

    for _ in range(3):
        await asyncio.gather(runcomfy.status("6b1f"), return_exceptions=True)

    assert not runcomfy.health.failing
