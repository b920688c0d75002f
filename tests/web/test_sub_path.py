"""Behind a proxy that serves the playground under a sub-path, every link leads somewhere."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.playground import EDIT, FLASH, HTMX, SMALL, Playground, quick_playground

PREFIX = "/tools/play"
LINK = re.compile(r'(?:href|src|poster|hx-get)="([^"]*)"')
TARGET = re.compile(r'(?:action|hx-post)="([^"]*)"')


@pytest.fixture(scope="module")
async def below(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A playground that people reach at https://example.com/tools/play/."""
    folder = tmp_path_factory.mktemp("below")
    async with quick_playground(folder, address=f"https://example.com{PREFIX}/") as running:
        running.client.headers["host"] = "example.com"
        yield running


def links(page: str, path: str) -> set[str]:
    """Every address of ours in a page, as a browser would ask for it."""
    found = {urljoin(f"https://example.com{path}", unescape(link)) for link in LINK.findall(page)}
    ours = [urlsplit(link) for link in found if link.startswith("https://example.com")]
    return {link.path + (f"?{link.query}" if link.query else "") for link in ours}


async def test_every_link_of_every_page_stays_below_the_sub_path_and_leads_somewhere(
    below: Playground,
) -> None:
    run_id = (
        (
            await below.client.post(
                f"{PREFIX}/models/{FLASH}/runs", data={"prompt": "below", **SMALL}
            )
        )
        .headers["location"]
        .rsplit("/", 1)[-1]
    )
    await below.until(run_id)
    gallery = await below.page(f"{PREFIX}/gallery")
    picture = re.search(rf'href="({PREFIX}/gallery/\w{{26}})"', gallery)
    assert picture is not None
    pages = ["/", "/models", f"/models/{FLASH}", f"/models/{EDIT}", "/gallery", f"/runs/{run_id}"]

    found: set[str] = set()
    for path in [*(PREFIX + page for page in pages), picture[1]]:
        page = await below.page(path)
        found |= links(page, path)
        assert all(target.startswith(f"{PREFIX}/") for target in TARGET.findall(page))

    assert [link for link in found if not link.startswith(f"{PREFIX}/")] == []
    for link in found:
        assert (await below.client.get(link)).status_code == 200, link


async def test_a_browser_is_sent_on_below_the_sub_path(below: Playground) -> None:
    answer = await below.client.post(f"{PREFIX}/models/{FLASH}/runs", data={"prompt": "sent on"})
    htmx = await below.client.post(
        f"{PREFIX}/models/{FLASH}/runs", data={"prompt": "pushed"}, headers=HTMX
    )

    assert answer.headers["location"].startswith(f"{PREFIX}/runs/")
    assert htmx.headers["hx-push-url"].startswith(f"{PREFIX}/runs/")
    assert f'hx-get="{PREFIX}/runs/' in htmx.text


async def test_a_proxy_may_also_take_the_sub_path_away(below: Playground) -> None:
    answer = await below.client.get("/gallery")

    assert answer.status_code == 200
    assert f'href="{PREFIX}/models"' in answer.text


async def test_the_sub_path_itself_is_the_start(below: Playground) -> None:
    for path in (PREFIX, f"{PREFIX}/"):
        assert "See what each model makes of it." in await below.page(path)


async def test_what_only_begins_like_the_sub_path_is_not_it(below: Playground) -> None:
    assert (await below.client.get(f"{PREFIX}ground/gallery")).status_code == 404


async def test_the_address_s_own_name_and_origin_are_served(below: Playground) -> None:
    answer = await below.client.post(
        f"{PREFIX}/models/{FLASH}/runs",
        data={"prompt": ""},
        headers={"origin": "https://example.com"},
    )
    foreign = await below.client.post(
        f"{PREFIX}/models/{FLASH}/runs",
        data={"prompt": ""},
        headers={"origin": "https://other.example"},
    )

    assert answer.status_code == 422
    assert foreign.status_code == 403
