"""Kept inputs searched as one types, in the gallery and in a form's dialog, and one deleted."""

import re
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of
from tests.browser.test_fits import OVERFLOW
from tests.browser.test_names import check_names
from tests.media.samples import plain_picture
from tests.support.plain import PLAIN
from tests.support.playground import EDIT


async def give(site: Site, folder: Path, *names: str) -> None:
    paths = [plain_picture(folder / name, (len(name), 3, n)) for n, name in enumerate(names)]
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
        answer = await client.post("/uploads", files=files)
        answer.raise_for_status()


async def test_inputs_are_searched_as_one_types_and_one_is_deleted(
    page: Page, site: Site, tmp_path: Path
) -> None:
    await give(site, tmp_path, "quarry morning.png", "quarry évening.png", "orchard.png")
    await page.goto("gallery?show=inputs")
    await check_names(page)
    shown = page.locator(".kept-inputs li")

    await page.get_by_role("searchbox", name="Search inputs by name").press_sequentially("quarry e")
    await expect(shown).to_have_count(1)
    await expect(page).to_have_url(re.compile(r"\?show=inputs&q=quarry\+e$"))
    await expect(page.locator("#count")).to_have_text("1 found")
    await shown.get_by_role("button", name="Use as input").click()
    await expect(page.get_by_role("list", name="Models that take it")).to_be_visible()
    await page.keyboard.press("Escape")
    await shown.get_by_role("link", name="Delete quarry évening.png").click()
    await check_names(page)
    await page.get_by_role("button", name="Delete it").click()

    await expect(page.get_by_text("1 file deleted.")).to_be_visible()
    await expect(page.get_by_title("quarry morning.png")).to_be_visible()
    await expect(page.get_by_title("quarry évening.png")).to_have_count(0)
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate(OVERFLOW) <= 0


async def test_what_is_ticked_stays_so_while_one_looks_for_more(
    page: Page, site: Site, tmp_path: Path
) -> None:
    await give(site, tmp_path, "lantern one.png", "lantern two.png", "meadow.png")
    await page.goto(form_of(EDIT))
    await page.get_by_role("link", name="Gallery for Images").click()
    picker = page.get_by_role("dialog", name="From the gallery")
    await picker.get_by_role("link", name="Inputs").click()
    search = picker.get_by_role("searchbox", name="Search inputs by name")

    await search.fill("meadow")
    await picker.get_by_role("checkbox", name="meadow.png").check()
    await search.fill("lantern two")
    await expect(picker.get_by_role("checkbox")).to_have_count(2)
    await expect(picker.get_by_role("checkbox", name="meadow.png")).to_be_checked()
    await search.press("Enter")
    await picker.get_by_role("checkbox", name="lantern two.png").check()
    await picker.get_by_role("button", name="Add 2").click()

    kept = page.locator("[data-upload][data-media]")
    await expect(kept).to_have_count(2)
    await expect(kept.filter(has_text="meadow.png")).to_be_visible()
    await expect(kept.filter(has_text="lantern two.png")).to_be_visible()
