"""What each kind of answer means: for the paid request, and for a question."""

import gzip
import json

import pytest

from app.runcomfy.answers import CancelAnswer
from app.runcomfy.client import RunComfy
from app.runcomfy.paid import paid_request
from app.runcomfy.reading import JsonObject, JsonValue
from app.runcomfy.trouble import (
    Doubtful,
    Failed,
    Gone,
    Passing,
    Refused,
)
from tests.runcomfy.scripted import (
    Script,
    Scripted,
    cuts,
    raw,
    resets,
    says,
)

MODEL = "blackforestlabs/flux-2/flash/text-to-image"
OWN_ERROR: JsonObject = {"error_code": 500001, "error_message": "The model broke."}
DETAIL: JsonValue = [{"loc": ["body", "prompt"], "msg": "field required"}]
BOMB = gzip.compress(b" " * 100_000_000)


@pytest.mark.parametrize(
    ("status", "body", "words", "code"),
    [
        (422, {"error_code": 422001, "detail": DETAIL}, "prompt: field required", 422001),
        (402, {"error_code": 400002, "error_message": "No credit."}, "No credit.", 400002),
        (422, {"message": "503 service unavailable"}, "503 service unavailable", None),
        (400, {"error": {"message": "Bad model"}}, "Bad model", None),
        (403, b"<h1>Forbidden</h1>", "RunComfy answered 403: <h1>Forbidden</h1>", None),
        (404, b"", "RunComfy answered 404, with no words.", None),
        (500, OWN_ERROR, "The model broke.", 500001),
        (503, {"error_message": "Full."}, "Full.", None),
        (200, {"error_code": 400001, "error_message": "Bad model id."}, "Bad model id.", 400001),
        (200, {"error_code": "400001", "request_id": "6b1f", "error": "No."}, "No.", 400001),
    ],
)
async def test_a_no_is_refused_with_runcomfys_words(
    server: Scripted, runcomfy: RunComfy, status: int, body: object, words: str, code: int | None
) -> None:
    server.plays(says(status, body))

    with pytest.raises(Refused) as refused:
        await runcomfy.submit(paid_request(MODEL, {}))

    assert refused.value.words == words
    assert (refused.value.http_status, refused.value.error_code) == (status, code)
    assert len(server.received) == 1


async def test_a_refusal_says_when_to_come_back(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(429, {"message": "Slow down."}, retry_after="17"))

    with pytest.raises(Refused) as refused:
        await runcomfy.submit(paid_request(MODEL, {}))

    assert refused.value.retry_after_seconds == 17


async def test_a_refusal_whose_body_is_cut_off_is_still_one(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(cuts(422, b'{"error_message": "Too'))

    with pytest.raises(Refused) as refused:
        await runcomfy.submit(paid_request(MODEL, {}))

    assert refused.value.http_status == 422


@pytest.mark.parametrize(
    ("script", "status"),
    [
        (raw(b""), None),
        (resets(), None),
        (raw(b"HTTP/1.1 200"), None),
        (raw(b"SSH-2.0-OpenSSH_9\r\n"), None),
        (cuts(200, b'{"request_id": "6b1f"}'), 200),
        (says(200, b'{"request_id": "6b1f"'), 200),
        (says(200, b"<html>Welcome</html>"), 200),
        (says(200, b""), 200),
        (says(204), 204),
        (says(200, []), 200),
        (says(200, {"id": "6b1f"}), 200),
        (says(200, {"request_id": ""}), 200),
        (says(200, {"request_id": 12}), 200),
        (says(200, {"request_id": ".."}), 200),
        (says(200, {"request_id": "x" * 201}), 200),
        (says(200, {"request_id": "6b1f", "filler": "x" * 1_100_000}), 200),
        (says(200, BOMB, content_encoding="gzip"), 200),
        (says(200, b"\x00\x01", content_encoding="gzip"), 200),
        (says(200, b"x", content_encoding="br"), 200),
        (says(302, location="http://127.0.0.1:9/elsewhere"), 302),
        (says(307, {"request_id": "6b1f"}, location="/v1/again"), 307),
        (says(408, {"error_code": 408001, "error_message": "Timed out."}), 408),
        (says(500, b"<h1>Internal Server Error</h1>"), 500),
        (says(502), 502),
        (says(504, {"message": "Endpoint request timed out"}), 504),
        (cuts(500, json.dumps(OWN_ERROR).encode()), 500),
    ],
)
async def test_what_leaves_a_doubt_is_doubtful_and_sent_once(
    server: Scripted, runcomfy: RunComfy, script: Script, status: int | None
) -> None:
    server.plays(script)

    with pytest.raises(Doubtful) as doubtful:
        await runcomfy.submit(paid_request(MODEL, {"prompt": "a cup"}))

    assert doubtful.value.http_status == status
    assert doubtful.value.words
    assert len(server.received) == 1


async def test_a_doubt_keeps_code_and_start_of_the_text(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(200, b"<html>\n<b>Maintenance</b> " + b"x" * 5000))

    with pytest.raises(Doubtful) as doubtful:
        await runcomfy.submit(paid_request(MODEL, {}))

    assert doubtful.value.http_status == 200
    assert doubtful.value.excerpt.startswith("<html> <b>Maintenance</b> xxx")
    assert len(doubtful.value.excerpt) == 500


@pytest.mark.parametrize(
    "script",
    [
        raw(b""),
        resets(),
        says(500, OWN_ERROR),
        says(502, b"<html>"),
        says(429, {"message": "Slow"}),
        says(401, {"error_code": 401001, "error_message": "No."}),
        says(403, b"<html>"),
        says(404, b"<html>nginx</html>"),
        says(404),
        says(200, b"<html>"),
        says(200),
        says(200, {}),
        says(200, []),
        says(200, {"status": 7}),
        says(200, {"status": ""}),
        says(200, {"error_code": 400004, "error_message": "Token expired."}),
        cuts(200, b'{"status": "completed"'),
        says(200, {"status": "completed", "x": "x" * 9_000_000}),
        says(302, location="/elsewhere"),
        says(408),
        says(402, {"error_code": 400002}),
    ],
)
async def test_passing_trouble_never_ends_a_run(
    server: Scripted, runcomfy: RunComfy, script: Script
) -> None:
    server.plays(script)

    with pytest.raises(Passing):
        await runcomfy.status("6b1f")
    with pytest.raises(Passing):
        await runcomfy.result("6b1f")

    assert len(server.received) == 2


async def test_passing_trouble_says_when_to_ask_again(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(429, {"message": "Slow down."}, retry_after="30"))

    with pytest.raises(Passing, match=r"Slow down\.") as passing:
        await runcomfy.status("6b1f")

    assert (passing.value.retry_after_seconds, passing.value.http_status) == (30, 429)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"error_code": 404001, "error_message": "Not found, deleted or expired."}),
        (404, {"detail": "Not found, deleted or expired."}),
        (400, {"error_code": 400001, "error_message": "Not found, deleted or expired."}),
    ],
)
async def test_a_request_that_runcomfy_does_not_know_is_gone(
    server: Scripted, runcomfy: RunComfy, status: int, body: object
) -> None:
    server.plays(says(status, body))

    with pytest.raises(Gone, match="Not found, deleted or expired"):
        await runcomfy.status("6b1f")


async def test_a_result_asked_for_too_early_is_not_gone(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(400, {"error_code": 400001, "error_message": "Not completed yet."}))

    with pytest.raises(Passing, match="Not completed yet"):
        await runcomfy.result("6b1f")


async def test_an_error_code_in_a_success_is_a_failure(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(
        says(200, {"error_code": 500001, "error_message": "Out of memory.", "status": "completed"})
    )

    with pytest.raises(Failed, match=r"Out of memory\.") as failed:
        await runcomfy.status("6b1f")
    with pytest.raises(Failed):
        await runcomfy.result("6b1f")

    assert failed.value.error_code == 500001


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "cancelled", "outcome": "cancelled"}, CancelAnswer(True, "cancelled")),
        ({"status": "Canceled"}, CancelAnswer(True, "Canceled")),
        (
            {"status": "in_progress", "outcome": "not_cancellable"},
            CancelAnswer(False, "not_cancellable"),
        ),
    ],
)
async def test_only_an_explicit_word_cancels(
    server: Scripted, runcomfy: RunComfy, body: object, expected: CancelAnswer
) -> None:
    server.plays(says(200, body))

    assert await runcomfy.cancel("6b1f") == expected

    assert (server.received[0].method, server.received[0].body) == ("POST", b"")


@pytest.mark.parametrize("script", [says(500), raw(b""), says(200, {}), says(409, {"error": "No"})])
async def test_a_cancel_without_an_answer_is_sent_once(
    server: Scripted, runcomfy: RunComfy, script: Script
) -> None:
    server.plays(script)

    with pytest.raises(Passing):
        await runcomfy.cancel("6b1f")

    assert len(server.received) == 1
