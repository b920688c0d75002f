"""Wrong values: said beside their controls, kept, mended and sent."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of, prompt_box, run_button, until
from tests.support.playground import EDIT, FLASH
from tests.support.watching import Troubles


@pytest.fixture(autouse=True)
def _refusals_are_expected(troubles: Troubles) -> None:
    troubles.expect("status of 422")


async def test_wrong_values_are_named_kept_and_nothing_is_sent(page: Page, site: Site) -> None:
    await page.goto(form_of(FLASH))
    guidance = page.get_by_role("textbox", name="Guidance scale")
    seed = page.get_by_role("textbox", name="Seed")
    await guidance.fill("25")
    await seed.fill("12a4")

    await seed.press("Control+Enter")

    summary = page.get_by_role("alert").filter(has_text="inputs need a change")
    await expect(summary).to_contain_text("3 inputs need a change. Nothing was sent or charged.")
    await expect(prompt_box(page)).to_be_focused()
    for box, value in ((prompt_box(page), ""), (guidance, "25"), (seed, "12a4")):
        await expect(box).to_have_attribute("aria-invalid", "true")
        await expect(box).to_have_value(value)
    await expect(guidance).to_have_accessible_description(
        re.compile("25 is too high. Use a number from 0 to 20.")
    )
    assert site.accepted("") == []


async def test_a_link_of_the_summary_leads_to_its_control(page: Page) -> None:
    await page.goto(form_of(FLASH))
    seed = page.get_by_role("textbox", name="Seed")
    await seed.fill("12a4")
    await seed.press("Control+Enter")

    await page.locator(".sum").get_by_role("link", name="Seed").click()

    await expect(seed).to_be_focused()


async def test_mended_values_are_sent_without_loading_the_page_anew(page: Page, site: Site) -> None:
    prompt = "wrong at first [takes 0]"
    await page.goto(form_of(FLASH))
    await page.evaluate("window.sameDocument = true")
    guidance = page.get_by_role("textbox", name="Guidance scale")
    await prompt_box(page).fill(prompt)
    await guidance.fill("much")
    await run_button(page).click()
    await expect(guidance).to_be_focused()

    await guidance.fill("7.25")
    await guidance.press("Control+Enter")
    await until(page, "completed")

    assert [sent["guidance_scale"] for sent in site.accepted(prompt)] == [7.25]
    await expect(page.locator("#form").locator("[aria-invalid], .sum, .err")).to_have_count(0)
    assert await page.evaluate("window.sameDocument")


async def test_a_bad_address_keeps_its_place_among_the_good(page: Page, site: Site) -> None:
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill("a bad address")
    await page.get_by_role("button", name="roses.jpg").click()
    await page.get_by_role("button", name="Add an address").click()
    second = page.get_by_role("textbox", name="Images, 2")
    await second.fill("not an address")

    await second.press("Control+Enter")

    await expect(second).to_have_attribute("aria-invalid", "true")
    await expect(second).to_have_value("not an address")
    await expect(page.get_by_role("textbox", name="Images, 1")).to_have_value(
        f"{site.simulator.address}/samples/roses.jpg"
    )
    assert site.accepted("a bad address") == []
