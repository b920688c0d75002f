"""A server that goes away and comes back: pages say so quietly, and nothing is lost."""

import hashlib
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, form_of, prompt_box, run, run_button, until
from tests.support.playground import FLASH
from tests.support.watching import Troubles


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of these tests' own; each leaves its server running."""
    site = Site(tmp_path_factory.mktemp("restarted"))
    try:
        site.start()
        yield site
    finally:
        site.kill()


def expect_silence(troubles: Troubles) -> None:
    """A server that is away is told of by the browser, and by htmx."""
    troubles.expect("ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|console error: htmx:")


async def test_an_open_page_outlives_a_killed_server(
    site: Site, visit: Visit, troubles: Troubles
) -> None:
    expect_silence(troubles)
    page = await visit(site.address)
    prompt = "outlives its server [held]"
    await run(page, prompt)
    await until(page, "queued")
    await site.go_on(prompt)
    await until(page, "running")
    await prompt_box(page).fill("typed while it was away")
    notice = page.locator("#notice")

    site.server.kill()
    await expect(notice).to_have_text("The playground is not answering. Trying again.")
    site.server.start()

    await expect(notice).to_be_empty(timeout=20_000)
    await site.go_on(prompt)
    await until(page, "completed")
    await expect(prompt_box(page)).to_have_value("typed while it was away")
    assert len(site.accepted(prompt)) == 1


async def test_a_form_sent_to_a_server_that_is_away_keeps_everything_and_is_sent_later(
    site: Site, visit: Visit, troubles: Troubles
) -> None:
    expect_silence(troubles)
    page = await visit(site.address)
    prompt = "sent when it was back [takes 0]"
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill(prompt)
    site.server.kill()

    await run_button(page).click()
    await expect(page.locator("#notice")).to_contain_text("Nothing typed is lost")
    await expect(prompt_box(page)).to_have_value(prompt)
    site.server.start()
    await run_button(page).click()

    await until(page, "completed")
    await expect(page.locator("#notice")).to_be_empty()
    assert len(site.accepted(prompt)) == 1


async def test_a_picture_is_there_after_a_restart_and_runcomfy_is_not_needed(
    site: Site, visit: Visit
) -> None:
    page = await visit(site.address)
    prompt = "still there tomorrow [takes 0]"
    await run(page, prompt)
    await until(page, "completed")
    run_page = page.url
    before = await picture_hash(page)

    site.stop()
    site.server.start()

    await page.goto("gallery")
    await expect(page.get_by_role("img", name=prompt)).to_be_visible()
    await page.goto(run_page)
    assert await picture_hash(page) == before


async def picture_hash(page: Page) -> str:
    """The SHA-256 of the bytes behind the picture shown."""
    address = await page.locator("#shown .frame img").get_attribute("src")
    answer = await page.request.get(address or "")
    assert answer.ok
    return hashlib.sha256(await answer.body()).hexdigest()
