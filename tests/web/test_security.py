"""What every request passes, and what every answer carries."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.playground import FLASH, HTMX, Playground

FORM = f"/models/{FLASH}/runs"
PAGES = ("/", "/models", f"/models/{FLASH}", "/gallery", "/runs", "/healthz", "/nothing/here")
LIMIT = 8 * 1024 * 1024


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_carries_the_policy_and_its_companions(
    shared: Playground, path: str
) -> None:
    headers = (await shared.client.get(path)).headers

    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_an_inline_script_or_style_or_a_foreign_address(
    shared: Playground, path: str
) -> None:
    text = (await shared.client.get(path)).text

    assert "<style" not in text
    assert "hx-on" not in text
    assert " onclick=" not in text
    assert "javascript:" not in text
    assert text.count("<script") == text.count('<script src="/static/')
    assert 'src="http' not in text
    assert 'stylesheet" href="http' not in text


async def test_a_refusal_carries_the_policy_too(shared: Playground) -> None:
    refused = await shared.client.get("/", headers={"host": "evil.example"})

    assert refused.status_code == 403
    assert "script-src 'self'" in refused.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000", "127.0.0.1:1234"]
)
async def test_this_machine_s_own_names_are_served(shared: Playground, host: str) -> None:
    assert (await shared.client.get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "0.0.0.0:8000",
        "169.254.169.254",
        "",
        "a b",
        "[::1",
        "<script>",
        "xn--\u00e9",
    ],
)
async def test_a_foreign_host_is_refused_by_name_and_never_breaks(
    shared: Playground, host: str
) -> None:
    answer = await shared.client.get("/", headers={b"host": host.encode()})

    assert answer.status_code == 403
    assert "PLAYGROUND_ADDRESS" in answer.text
    assert "<script>" not in answer.text


async def test_health_is_answered_under_any_host(shared: Playground) -> None:
    answer = await shared.client.get("/healthz", headers={"host": "10.1.2.3:8000"})

    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "null"},
    ],
)
async def test_what_another_site_sends_is_refused_and_changes_nothing(
    shared: Playground, headers: dict[str, str]
) -> None:
    prompt = f"from elsewhere {headers}"

    answer = await shared.client.post(FORM, data={"prompt": prompt}, headers=headers)

    assert answer.status_code == 403
    assert "another site" in answer.text
    assert prompt not in await shared.page("/runs")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8000"},
        {"sec-fetch-site": "none"},
        {"origin": "http://127.0.0.1:8000"},
        {},
    ],
)
async def test_our_own_pages_and_plain_clients_are_served(
    shared: Playground, headers: dict[str, str]
) -> None:
    answer = await shared.client.post(FORM, data={"prompt": ""}, headers=headers)

    assert answer.status_code == 422


async def test_reading_from_another_site_is_harmless_and_served(shared: Playground) -> None:
    answer = await shared.client.get("/", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 200


async def test_nothing_is_changed_by_reading(shared: Playground) -> None:
    answers = [
        await shared.client.get(f"/runs/{'0' * 26}/{what}")
        for what in ("cancel", "attach", "look-again", "write-off", "send-again")
    ]

    assert {answer.status_code for answer in answers} <= {404, 405}


async def test_a_body_that_announces_too_much_is_refused_unread(shared: Playground) -> None:
    answer = await shared.client.post(FORM, data={"prompt": "x" * (LIMIT + 1)})

    assert answer.status_code == 413
    assert "more than the 8 MB a form may hold" in answer.text


async def test_a_body_without_an_end_is_cut_off_at_the_limit(shared: Playground) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for number in range(1000):
            yield b"&p%d=" % number
            for _ in range(16):
                taken += 65536
                yield b"x" * 65536

    answer = await shared.client.post(
        FORM, content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
    )

    assert answer.status_code == 413
    assert taken < LIMIT + 10 * 65536


async def test_a_packed_body_is_not_unpacked(shared: Playground) -> None:
    answer = await shared.client.post(
        FORM, content=b"\x1f\x8b", headers={"content-encoding": "gzip"}
    )

    assert answer.status_code == 415
    assert "Compressed requests are not taken" in answer.text


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\xff\xfe\xfd", "application/x-www-form-urlencoded"),
        (b"%%%%&&&&====", "application/x-www-form-urlencoded"),
        (b"prompt=%00", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"--\xff", "multipart/form-data; boundary=ÿ"),
        (b"x", "multipart/form-data; boundary=" + "y" * 500),
        (b"prompt=x", "text/plain; charset=nonsense"),
        (b"&".join(b"a=1" for _ in range(20_000)), "application/x-www-form-urlencoded"),
    ],
)
async def test_a_malformed_form_is_told_off_and_never_breaks_anything(
    shared: Playground, content: bytes, content_type: str
) -> None:
    answer = await shared.client.post(
        FORM, content=content, headers={b"content-type": content_type.encode()}
    )

    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/models/%00",
        "/models/" + "x" * 5000,
        "/models/..%2f..%2fetc%2fpasswd",
        "/models/%F0%9F%A6%8A",
        "/models/<script>alert(1)</script>",
        "/runs/%00",
        "/runs/" + "0" * 5000,
        "/runs?state=nonsense%00",
        "/runs/changes",
        "/runs/changes?run=%00",
        "/gallery?before=%00",
        "/gallery?before=" + "z" * 3000,
        "/gallery/%00",
        "/media/%00/%00",
        "/media/x/thumbnail",
        "/models?q=%00%ff&kind=%00",
        f"/models/{FLASH}?prompt=%00&seed=%ff&_from=%00",
        f"/models/{FLASH}?_from=nonsense",
        "/static/../app/settings.py",
        "/static/%2e%2e/pyproject.toml",
    ],
)
async def test_a_malformed_address_never_breaks_anything(shared: Playground, path: str) -> None:
    answer = await shared.client.get(path)

    assert answer.status_code < 500, answer.text
    assert "<script>alert" not in answer.text


async def test_a_run_that_is_not_there_is_told_to_htmx_on_the_open_page(
    shared: Playground,
) -> None:
    answer = await shared.client.get(f"/runs/{'0' * 26}", headers=HTMX)

    assert answer.status_code == 404
    assert answer.headers["hx-retarget"] == "#notice"
    assert "<html" not in answer.text


async def test_two_hundred_pages_at_once_are_all_answered(shared: Playground) -> None:
    answers = await asyncio.gather(
        *(shared.client.get(path) for path in ("/", "/models", f"/models/{FLASH}") * 67)
    )

    assert {answer.status_code for answer in answers} == {200}
