"""Each word of the help, called forth over real HTTP."""

import asyncio
import io
import re
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image

from app.simulator.faults import HELP, called
from tests.simulator.conftest import FLASH, Caller, calling

SMALL = {"width": 96, "height": 64}


async def send(caller: Caller, words: str) -> httpx.Response:
    return await caller.submit(prompt=f"silk {words}", image_size=SMALL)


async def fetch(caller: Caller, words: str) -> httpx.Response:
    return await caller.file(prompt=f"silk {words}", image_size=SMALL)


def test_words_are_found_in_any_case_and_only_in_brackets() -> None:
    faults = called("A [Lost  Answer] and a [refuse 402], but fail nsfw [takes 0.5]")

    assert "lost answer" in faults
    assert faults.http_status("refuse") == 402
    assert faults.number("takes") == 0.5
    assert "fail" not in faults
    assert called(None).words == frozenset()
    assert called("[refuse 200]").http_status("refuse") is None


async def test_a_refusal_is_in_runcomfys_shape_and_not_accepted(instant: Caller) -> None:
    for words, status, code in (
        ("[refuse 402]", 402, 400002),
        ("[refuse 422]", 422, 422001),
        ("[refuse 429]", 429, 429001),
        ("[refuse 408]", 408, 408001),
        ("[503 json]", 503, 503001),
        ("[200 error]", 200, 400001),
    ):
        answer = await send(instant, words)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code)
        assert ("retry-after" in answer.headers) == (status == 429)

    assert instant.journal() == []
    refused = instant.journal("refused")
    assert [entry["status"] for entry in refused] == [402, 422, 429, 408, 503, 200]


async def test_a_refusal_can_repeat_the_token(instant: Caller) -> None:
    answer = await instant.http.post(
        f"/v1/models/{FLASH}",
        json={"prompt": "silk [echo]"},
        headers={"authorization": "Bearer secret-token"},
    )

    assert "Bearer secret-token" in answer.json()["error_message"]


async def test_answers_that_leave_it_in_doubt_were_accepted(instant: Caller) -> None:
    bare = await send(instant, "[500]")
    page = await send(instant, "[html]")
    nameless = await send(instant, "[no id]")
    elsewhere = await send(instant, "[redirect]")

    assert (bare.status_code, bare.text) == (500, "Internal Server Error")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "request_id" not in nameless.json()
    assert elsewhere.status_code == 302
    assert len(instant.journal()) == 4


async def test_an_answer_can_be_lost_after_the_request_was_accepted(instant: Caller) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await send(instant, "[lost answer]")

    (entry,) = instant.journal()
    assert (await instant.status(entry["request_id"]))["status"] == "completed"


async def test_an_answer_can_be_cut_off_midway(instant: Caller) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        await send(instant, "[cut off]")

    assert len(instant.journal()) == 1


async def test_an_answer_can_be_far_too_large(instant: Caller) -> None:
    async with instant.http.stream(
        "POST", f"/v1/models/{FLASH}", json={"prompt": "silk [huge answer]"}
    ) as answer:
        received = 0
        async for piece in answer.aiter_bytes():
            received += len(piece)
            if received > 5_000_000:
                break

    assert received > 5_000_000


async def test_an_answer_can_be_late_while_the_request_is_already_there(
    instant: Caller,
) -> None:
    async def send_and_wait_a_little(words: str) -> None:
        with pytest.raises(httpx.ReadTimeout):
            await instant.http.post(
                f"/v1/models/{FLASH}", json={"prompt": f"silk {words}"}, timeout=0.5
            )

    await asyncio.gather(send_and_wait_a_little("[hang]"), send_and_wait_a_little("[slow answer]"))

    assert len(instant.journal()) == 2


async def test_a_question_can_be_answered_with_an_error(instant: Caller) -> None:
    for code in (401, 404, 429, 500):
        request_id = await instant.accepted(prompt=f"silk [status {code}]")

        answer = await instant.http.get(f"/v1/requests/{request_id}/status")

        assert answer.status_code == code
        assert answer.json()["error_code"] == code * 1000 + 1
        assert ("retry-after" in answer.headers) == (code == 429)


async def test_questions_can_meet_pages_nothing_and_cut_connections(instant: Caller) -> None:
    async def ask(words: str) -> httpx.Response:
        request_id = await instant.accepted(prompt=f"silk {words}")
        return await instant.http.get(f"/v1/requests/{request_id}/status")

    assert (await ask("[status html]")).text.startswith("<!doctype html>")
    assert (await ask("[status empty]")).content == b""
    assert (await ask("[status error]")).json()["error_code"] == 500001
    for words in ("[status lost]", "[status cut off]"):
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(words)


async def test_status_words_and_places_can_be_odd(tmp_path: Path) -> None:
    async with calling(tmp_path / "running", queue_seconds=0, run_seconds=600) as running:
        odd = await running.accepted(prompt="silk [odd status]")
        assert (await running.status(odd))["status"] == "reticulating"
    async with calling(tmp_path / "queued", queue_seconds=600) as queued:
        odd = await queued.accepted(prompt="silk [odd position]")
        late = await queued.accepted(prompt="silk [cancel late]")
        refused = await queued.http.post(f"/v1/requests/{late}/cancel")
        assert (await queued.status(odd))["queue_position"] == -(10**30)
        assert refused.json()["outcome"] == "not_cancellable"


async def test_a_file_can_be_held_until_it_is_let_go_on(instant: Caller) -> None:
    request_id = await instant.accepted(prompt="silk [held file]")
    address = (await instant.result(request_id))["output"]["image"]

    before = await instant.http.get(address)
    await instant.http.post(f"/go-on/{request_id}")

    assert before.status_code == 404
    assert (await instant.http.get(address)).is_success


async def test_a_run_can_be_held_until_it_is_let_go_on(instant: Caller) -> None:
    held = await instant.accepted(prompt="silk [held]")
    seen = [(await instant.status(held))["status"]]

    for _ in range(2):
        assert (await instant.http.post(f"/go-on/{held}")).status_code == 200
        seen.append((await instant.status(held))["status"])

    assert seen == ["in_queue", "in_progress", "completed"]
    assert (await instant.http.get((await instant.result(held))["output"]["image"])).is_success
    assert (await instant.http.post("/go-on/nobody")).status_code == 404


async def test_runs_can_fail_with_words(instant: Caller) -> None:
    plain = await instant.result(await instant.accepted(prompt="silk [fail]"))
    late = await instant.result(await instant.accepted(prompt="silk [fail late]"))

    assert (plain["status"], late["status"]) == ("failed", "failed")
    assert plain["error"]["type"] == "worker_error"
    assert late["error"].startswith("NSFW content detected in output image.")
    assert "cost" not in late
    assert "output" not in plain


async def test_results_can_be_odd(instant: Caller) -> None:
    async def result(words: str) -> dict[str, object]:
        answer = await instant.result(await instant.accepted(prompt=f"silk {words}"))
        assert isinstance(answer, dict)
        return answer

    assert (await result("[empty]"))["output"] == {}
    assert "http" not in str((await result("[text result]"))["output"])
    assert (await result("[odd cost]"))["cost"] == "a trifle"
    assert (await result("[succeeded]"))["status"] == "SUCCEEDED"
    assert "files.example.invalid" in str((await result("[foreign file]"))["output"])


async def test_a_result_can_lag_behind_its_status(instant: Caller) -> None:
    early = await instant.accepted(prompt="silk [early result]")
    garbled = await instant.accepted(prompt="silk [garbled result]")

    refused = await instant.http.get(f"/v1/requests/{early}/result")
    page = await instant.http.get(f"/v1/requests/{garbled}/result")

    assert (await instant.status(early))["status"] == "completed"
    assert (refused.status_code, refused.json()["error_code"]) == (400, 400001)
    assert page.text.startswith("<!doctype html>")


async def test_files_can_be_missing_late_or_resting(instant: Caller) -> None:
    assert (await fetch(instant, "[missing file]")).status_code == 404
    assert (await fetch(instant, "[late file]")).status_code == 404
    assert (await fetch(instant, "[flaky file]")).status_code == 503


async def test_files_can_be_something_else_than_a_picture(instant: Caller) -> None:
    drawing = await fetch(instant, "[svg]")
    page = await fetch(instant, "[html file]")
    bomb = await fetch(instant, "[bomb]")

    assert drawing.headers["content-type"] == "image/svg+xml"
    assert "<script>" in drawing.text
    assert (page.headers["content-type"], page.content[:5]) == ("image/png", b"<!doc")
    assert (await fetch(instant, "[empty file]")).content == b""
    assert len(bomb.content) < 1000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(bomb.content))


async def test_a_file_can_be_cut_off_midway(instant: Caller) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        await fetch(instant, "[broken file]")


async def test_a_file_can_go_on_and_on_or_trickle(instant: Caller) -> None:
    async def first_bytes(words: str, enough: int) -> tuple[int, float]:
        result = await instant.result(await instant.accepted(prompt=words, image_size=SMALL))
        begun = time.monotonic()
        received = 0
        async with instant.http.stream("GET", result["output"]["image"]) as answer:
            async for piece in answer.aiter_bytes():
                received += len(piece)
                if received >= enough:
                    break
        return received, time.monotonic() - begun

    endless, _ = await first_bytes("silk [huge]", 20_000_000)
    _, seconds = await first_bytes("silk [slow file]", 3_000)

    assert endless >= 20_000_000
    assert seconds >= 0.5


async def test_one_file_of_several_can_be_missing(instant: Caller) -> None:
    request_id = await instant.accepted(
        "simulated/many/text-to-image", prompt="silk [mixed]", image_size=SMALL
    )
    links = (await instant.result(request_id))["output"]["images"]

    codes = [(await instant.http.get(link)).status_code for link in links]

    assert codes == [200, 404, 200, 200]


def test_the_help_names_every_fault_that_the_code_knows() -> None:
    in_help = {re.sub(r" N$", "", word) for word in re.findall(r"\[([^\]]+)\]", HELP)}
    room = Path(__file__).parents[2] / "app" / "simulator"
    code = "".join(
        (room / name).read_text() for name in ("answers.py", "files.py", "timing.py", "service.py")
    )
    in_code = set(re.findall(r'"([a-z0-9 ]+)" (?:not )?in (?:called|faults|\w+\.faults)', code))
    numbered = set(re.findall(r'(?:http_status|number)\("(\w+)"\)', code))

    assert len(in_code) > 20
    assert in_code | numbered <= in_help
