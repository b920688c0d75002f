"""The life of a request, as RunComfy's API tells it."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from tests.simulator.conftest import EDIT, FLASH, Caller, calling
from tests.support.plain import PLAIN

Until = Callable[[Callable[[], Awaitable[Any]], Callable[[Any], bool]], Awaitable[Any]]


async def test_a_request_waits_runs_and_ends_with_a_picture(tmp_path: Path, until: Until) -> None:
    async with calling(tmp_path, queue_seconds=0.15, run_seconds=0.3) as caller:
        answer = (await caller.submit(prompt="a cup")).json()
        seen: list[tuple[str, int]] = []

        async def status() -> Any:
            told = (await caller.http.get(answer["status_url"])).json()
            seen.append((told["status"], told.get("queue_position", 0)))
            return told

        await until(status, lambda told: told["status"] == "completed")

        result = (await caller.http.get(answer["result_url"])).json()
        assert list(dict.fromkeys(word for word, _ in seen)) == [
            "in_queue",
            "in_progress",
            "completed",
        ]
        places = [place for word, place in seen if word == "in_queue"]
        assert places == sorted(places, reverse=True)
        assert places[-1] == 1
        assert result["model_id"] == FLASH
        assert (await caller.http.get(result["output"]["image"])).headers["content-type"] == (
            "image/png"
        )


async def test_a_result_asked_for_too_early_tells_only_how_it_stands(patient: Caller) -> None:
    request_id = await patient.accepted(prompt="a cup")

    assert await patient.result(request_id) == {"request_id": request_id, "status": "in_queue"}


async def test_the_cost_is_told_only_when_asked_for(instant: Caller) -> None:
    request_id = await instant.accepted(prompt="a cup")

    plain = (await instant.http.get(f"/v1/requests/{request_id}/result")).json()

    assert "cost" not in plain
    assert (await instant.result(request_id))["cost"] == 0.005


async def test_queued_work_is_cancelled_and_stays_so(patient: Caller) -> None:
    request_id = await patient.accepted(prompt="a cup")

    answer = await patient.http.post(f"/v1/requests/{request_id}/cancel")

    assert (answer.status_code, answer.json()["outcome"]) == (200, "cancelled")
    assert (await patient.status(request_id))["status"] == "cancelled"
    assert (await patient.result(request_id))["status"] == "cancelled"


async def test_ended_work_cannot_be_cancelled(instant: Caller) -> None:
    request_id = await instant.accepted(prompt="a cup")

    answer = await instant.http.post(f"/v1/requests/{request_id}/cancel")

    assert answer.status_code == 200
    assert answer.json() == {
        "request_id": request_id,
        "status": "completed",
        "outcome": "not_cancellable",
    }


async def test_the_token_is_asked_for_on_the_api_and_not_on_files(tmp_path: Path) -> None:
    async with calling(tmp_path, token="secret-123", queue_seconds=0, run_seconds=0) as caller:
        bare = await caller.submit(prompt="a cup")
        wrong = await caller.http.get("/v1/models", headers={"authorization": "Bearer secret-124"})
        right = await caller.http.get("/v1/models", headers={"authorization": "Bearer secret-123"})

        assert (bare.status_code, bare.json()["error_code"]) == (401, 401001)
        assert (wrong.status_code, right.status_code) == (401, 200)
        assert (await caller.http.get("/samples")).status_code == 200
        assert caller.journal() == []


async def test_a_file_is_refused_to_who_sends_the_token_along(instant: Caller) -> None:
    result = await instant.result(await instant.accepted(prompt="a cup", image_size="square"))

    answer = await instant.http.get(
        result["output"]["image"], headers={"authorization": "Bearer anything"}
    )

    assert answer.status_code == 400


async def test_what_does_not_exist_is_404_in_runcomfys_shape(instant: Caller) -> None:
    unknown = "sim-00000000001-0000000000000001"
    for answer in (
        await instant.submit("nobody/nothing", prompt="a cup"),
        await instant.http.get("/v1/models/nobody/nothing"),
        await instant.http.get("/v1/requests/..%2f..%2fetc/status"),
        await instant.http.get(f"/v1/requests/{unknown}/status"),
        await instant.http.get(f"/v1/requests/{unknown}/result"),
        await instant.http.post(f"/v1/requests/{unknown}/cancel"),
        await instant.http.get("/v1/nothing"),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (404, 404001)


async def test_inputs_that_do_not_fit_are_refused_and_named(instant: Caller) -> None:
    answer = await instant.submit(
        guidance_scale=21, seed="7", image_size="round", output_format=True
    )

    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (422, 422001)
    assert [complaint["loc"][1] for complaint in body["detail"]] == [
        "prompt",
        "guidance_scale",
        "seed",
        "image_size",
        "output_format",
    ]
    assert instant.journal() == []


async def test_a_body_that_is_no_json_object_is_refused(instant: Caller) -> None:
    for body in (b"", b"[1]", b"{", b"[" * 100_000, b'{"prompt": "\xff"}'):
        answer = await instant.http.post(f"/v1/models/{FLASH}", content=body)
        assert (answer.status_code, answer.json()["error_code"]) == (422, 422001)


async def test_addresses_in_an_edit_are_counted_and_looked_at(instant: Caller) -> None:
    address = "https://example.com/a.png"
    for wrong in ([], [address] * 11, ["ftp://example.com/a.png"], [7], address):
        answer = await instant.submit(EDIT, prompt="night", image_urls=wrong)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"][:2] == ["body", "image_urls"]


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    async with calling(tmp_path, queue_seconds=0, run_seconds=0) as before:
        done = await before.accepted(prompt="a cup", image_size="square", seed=4)
        bytes_before = (
            await before.http.get((await before.result(done))["output"]["image"])
        ).content
    async with calling(tmp_path, queue_seconds=600, run_seconds=0) as between:
        cancelled = await between.accepted(prompt="a vase")
        await between.http.post(f"/v1/requests/{cancelled}/cancel")

    async with calling(tmp_path, queue_seconds=0, run_seconds=0) as after:
        link = (await after.result(done))["output"]["image"]
        assert (await after.http.get(link)).content == bytes_before
        assert (await after.status(cancelled))["status"] == "cancelled"
        balance = (await after.http.get("/prod/v2/balance")).json()
        assert balance == {"balance_usd": 999.995, "currency": "USD"}


async def test_what_was_accepted_is_in_the_journal_even_if_the_process_is_killed(
    tmp_path: Path,
) -> None:
    script = (
        "import sys, time; from pathlib import Path;"
        "from app.simulator.beside import simulator_beside\n"
        "with simulator_beside(Path(sys.argv[1])) as address:\n"
        "    print(address, flush=True); time.sleep(60)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    async with httpx.AsyncClient(base_url=address, timeout=20, **PLAIN) as http:
        answer = await http.post(f"/v1/models/{FLASH}", json={"prompt": "ein Löwe 🦁\n", "seed": 1})
        process.kill()
    await process.wait()

    (line,) = (tmp_path / "journal.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert entry["request_id"] == answer.json()["request_id"]
    assert entry["model_id"] == FLASH
    assert entry["inputs"] == {"prompt": "ein Löwe 🦁\n", "seed": 1}


async def test_numbers_and_long_prompts_arrive_exactly(instant: Caller) -> None:
    inputs: dict[str, Any] = {"prompt": "ש " * 50_000, "seed": 2**63 - 1, "guidance_scale": 7.25}

    await instant.accepted(**inputs)

    assert instant.journal()[0]["inputs"] == inputs


async def test_many_requests_at_once_do_not_wait_for_each_other(
    tmp_path: Path, until: Until
) -> None:
    async with calling(tmp_path, queue_seconds=0.05, run_seconds=0.1) as caller:
        ids = [await caller.accepted(prompt=f"cup {number}") for number in range(30)]

        async def words() -> list[str]:
            return [(await caller.status(request_id))["status"] for request_id in ids]

        await until(words, lambda told: set(told) == {"completed"})
        assert len(set(ids)) == len(caller.journal()) == 30
