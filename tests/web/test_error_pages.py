"""An error is told once, as a page, a fragment or JSON; a bug tells nothing but a reference."""

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import load_settings
from tests.support.playground import FLASH, HTMX, Playground

SECRET = "a-word-that-only-the-log-may-hold"


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app, in which `/breaks` is a bug."""
    app = create_app(load_settings(_env_file=None, data_dir=tmp_path, address="http://t"))

    async def breaks() -> None:
        raise RuntimeError(SECRET)

    app.add_api_route("/breaks", breaks)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield client


async def test_a_bug_is_shown_as_a_reference_that_the_log_explains(
    broken: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await broken.get("/breaks")

    assert answer.status_code == 500
    assert SECRET not in answer.text
    reference = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert reference is not None
    assert reference[1] in caplog.text
    assert SECRET in caplog.text


async def test_a_bug_s_page_carries_the_policy_too(broken: httpx.AsyncClient) -> None:
    headers = (await broken.get("/breaks")).headers

    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_bug_is_told_to_htmx_beside_the_open_page(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/breaks", headers=HTMX)

    assert (answer.status_code, answer.headers["hx-retarget"]) == (500, "#notice")
    assert "Reference" in answer.text
    assert "<html" not in answer.text


async def test_a_bug_is_told_to_a_program_as_json(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/breaks", headers={"accept": "application/json"})

    told = answer.json()["error"]
    assert (answer.status_code, told["code"]) == (500, "broken")
    assert re.fullmatch("[0-9a-f]{8}", told["reference"])
    assert SECRET not in answer.text


async def test_an_address_with_nothing_behind_it_is_a_page_with_a_way_on(
    shared: Playground,
) -> None:
    answer = await shared.client.get("/nothing/here")

    assert answer.status_code == 404
    assert "Nothing is kept under this address." in answer.text
    assert 'href="/models"' in answer.text


async def test_an_unknown_model_is_a_page_that_offers_near_names(shared: Playground) -> None:
    answer = await shared.client.get("/models/blackforestlabs/flux-2/flash/text-to-imag")

    assert answer.status_code == 404
    assert "There is no model “blackforestlabs/flux-2/flash/text-to-imag” here." in answer.text
    assert f'href="/models/{FLASH}"' in answer.text


async def test_sending_to_an_unknown_model_is_the_same_404(shared: Playground) -> None:
    answer = await shared.client.post("/models/nobody/nothing/runs", data={"prompt": "a cup"})

    assert answer.status_code == 404
    assert "There is no model “nobody/nothing” here." in answer.text


async def test_a_strange_name_of_a_model_stays_text(shared: Playground) -> None:
    answer = await shared.client.get("/models/<img src=x onerror=alert(1)>")

    assert answer.status_code == 404
    assert "<img src=x" not in answer.text
    assert "&lt;img src=x" in answer.text


async def test_the_wrong_method_is_said_and_not_taken_for_a_bug(shared: Playground) -> None:
    answer = await shared.client.delete("/gallery")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "Reference" not in answer.text


async def test_a_query_that_cannot_be_read_is_named(shared: Playground) -> None:
    answer = await shared.client.get("/runs/changes", headers={"accept": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith("run: ")
