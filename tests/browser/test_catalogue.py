"""The list of models by keys: found while typing, walked through with arrows, opened by Enter."""

import re

from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of
from tests.support.playground import EDIT, FLASH


async def test_a_model_is_found_mistyped_pinned_and_opened_by_keys_alone(
    page: Page, site: Site
) -> None:
    await page.goto("models")
    cards = page.locator("#found .model h2 a")
    box = page.get_by_role("searchbox", name="Search models")
    await page.keyboard.press("/")

    await page.keyboard.type("falsh")
    await expect(cards).to_have_text(["FLUX.2 Flash"])
    await expect(page).to_have_url(f"{site.address}/models?q=falsh")
    await expect(page.get_by_role("status").filter(has_text="1 model")).to_be_attached()
    await expect(page.get_by_role("link", name="Edit images")).to_have_attribute(
        "href", re.compile(r"\?q=falsh&kind=image-to-image$")
    )

    await box.fill("flux")
    await expect(cards).to_have_text(["FLUX.2 Flash", "FLUX.2 Pro edit"])
    await page.keyboard.press("ArrowDown")
    await expect(cards.first).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(cards.nth(1)).to_be_focused()
    await page.keyboard.press("Tab")
    pin = page.get_by_role("button", name="Pin FLUX.2 Pro edit")
    await expect(pin).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(pin).to_have_attribute("aria-pressed", "true")
    await expect(pin).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(pin).to_have_attribute("aria-pressed", "false")

    await cards.first.focus()
    await page.keyboard.press("ArrowUp")
    await expect(box).to_be_focused()
    await box.fill("flux pro")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.address}/{form_of(EDIT)}")

    await page.goto("models")
    await page.get_by_role("combobox", name="Sort").select_option("Cheapest first")
    await expect(page).to_have_url(f"{site.address}/models?sort=cheapest")
    await page.go_back()
    await expect(page).to_have_url(f"{site.address}/models")
    await expect(page.locator(f'a[href="/{form_of(FLASH)}"]').first).to_be_visible()
