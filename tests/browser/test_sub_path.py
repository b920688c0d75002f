"""Everything again behind a proxy, under a sub-path."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import (
    Site,
    form_of,
    has_loaded,
    prompt_box,
    reload_until,
    run_button,
    until,
)
from tests.support.playground import FLASH
from tests.support.proxy import Proxy
from tests.support.watching import Troubles


@pytest.fixture(
    scope="module", params=[False, True], ids=["path passed on whole", "sub-path cut off"]
)
async def proxy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Proxy]:
    """A site behind a proxy, under /tools/play. The tests fail if any request misses it."""
    proxy = Proxy(cuts=request.param)
    site = Site(tmp_path_factory.mktemp("proxied"), {"PLAYGROUND_ADDRESS": proxy.address})
    try:
        site.start()
        async with proxy.passing_on(site.server.port):
            yield proxy
    finally:
        site.kill()
    assert proxy.strays == []


async def test_the_whole_job_under_a_sub_path(proxy: Proxy, visit: Visit) -> None:
    page = await visit(proxy.address)
    await page.goto("")
    await page.get_by_role("link", name="Try FLUX.2 Flash").click()
    await prompt_box(page).fill("below a sub-path [takes 2]")
    await run_button(page).click()
    done = await until(page, "completed")
    assert await has_loaded(done.locator(".frame img"))
    assert page.url.startswith(f"{proxy.address}/runs/")

    await page.reload()
    await page.get_by_role("link", name="Gallery", exact=True).click()
    await page.get_by_role("img", name="below a sub-path").click()
    assert await has_loaded(page.get_by_role("dialog").locator(".hold img"))
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{proxy.address}/gallery")
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await expect(page).to_have_url(f"{proxy.address}/models")


async def test_no_scripts_under_a_sub_path(proxy: Proxy, visit: Visit, troubles: Troubles) -> None:
    troubles.expect("status of 4(04|22)")
    page = await visit(proxy.address, java_script_enabled=False)
    await page.goto(form_of(FLASH) + "x")
    await page.get_by_role("link", name="FLUX.2 Flash").click()
    await page.get_by_role("textbox", name="Guidance scale").fill("25")
    await prompt_box(page).fill("cancelled below a sub-path [held]")
    await run_button(page).click()
    await expect(page.locator(".sum")).to_be_visible()
    await page.get_by_role("textbox", name="Guidance scale").fill("5")
    await run_button(page).click()
    await reload_until(page, "queued")
    await page.get_by_role("button", name="Cancel").click()
    await (await until(page, "cancelled")).get_by_role("link", name="Use these settings").click()
    await expect(prompt_box(page)).to_have_value("cancelled below a sub-path [held]")
