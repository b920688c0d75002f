"""The operations page in a browser: found, read, and renewed by itself."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import run, until

SEEN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


async def test_it_is_found_renews_itself_and_leaves_the_focus_where_it_is(
    page: Page, visit: Visit
) -> None:
    other = await visit()
    await run(other, "first in doubt [lost answer]")
    await until(other, "unknown")
    await page.goto("")
    await page.get_by_role("banner").get_by_role("link", name="Operations").click()
    await expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    in_doubt = page.locator("#to-unknown")
    before = int(await in_doubt.inner_text())
    await in_doubt.focus()

    await run(other, "another in doubt [lost answer]")
    await until(other, "unknown")
    await page.evaluate(SEEN_AGAIN)

    await expect(in_doubt).to_have_text(str(before + 1))
    await expect(in_doubt).to_be_focused()
    await in_doubt.press("Enter")
    await expect(page).to_have_url(re.compile(r"/runs\?state=unknown$"))
