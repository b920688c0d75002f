"""What a screen reader is told: every control has a name, every page a heading and its places."""

import re

from playwright.async_api import Page, expect

from tests.browser.site import form_of, run, until
from tests.support.playground import EDIT, FLASH
from tests.support.watching import Troubles

NAMED = "button|checkbox|combobox|dialog|img|link|radio|radiogroup|searchbox|slider|textbox"
NAMELESS = re.compile(rf"\s*- ({NAMED})(?=[ :]|$)(?! [\"/])")
PATHS = [
    "",
    "models",
    "models/import",
    "gallery",
    form_of(FLASH),
    form_of(EDIT),
    "models/simulated/moving/text-to-video",
]


async def test_every_control_of_every_page_has_a_name(page: Page) -> None:
    for path in PATHS:
        await page.goto(path)
        await check_names(page)


async def test_a_runs_page_and_its_picture_name_everything(page: Page) -> None:
    await run(page, "named throughout [takes 0]")
    done = await until(page, "completed")
    await check_names(page)

    await done.locator("a.frame").click()
    await page.get_by_role("dialog").wait_for()

    snapshot = await page.locator("body").aria_snapshot()
    assert nameless(snapshot) == []
    await expect(page.get_by_role("heading", level=1)).to_have_text("named throughout [takes 0]")


async def test_the_page_of_an_error_has_a_heading_and_a_way_on(
    page: Page, troubles: Troubles
) -> None:
    troubles.expect("status of 404")
    await page.goto("gallery/nothing")

    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.get_by_role("link", name="To the gallery").click()
    await expect(page.get_by_role("heading", name="Gallery", level=1)).to_be_attached()


async def check_names(page: Page) -> None:
    """Check that a page names its controls, and has one heading and its landmarks."""
    assert nameless(await page.locator("body").aria_snapshot()) == [], page.url
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    await expect(page.get_by_role("banner")).to_have_count(1)
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def nameless(snapshot: str) -> list[str]:
    """The controls without a name, as lines of an accessibility snapshot."""
    return [line for line in snapshot.splitlines() if NAMELESS.match(line)]
