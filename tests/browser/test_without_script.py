"""Everything that matters, with JavaScript switched off."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import (
    Site,
    form_of,
    prompt_box,
    reload_until,
    run_button,
    until,
)
from tests.support.playground import EDIT, FLASH
from tests.support.watching import Troubles


@pytest.fixture
async def page(visit: Visit) -> Page:
    """A page that runs no script."""
    return await visit(java_script_enabled=False)


async def send_plainly(page: Page, prompt: str) -> None:
    """Fill the open form and press its button."""
    await prompt_box(page).fill(prompt)
    await run_button(page).click()


async def test_the_whole_job_without_scripts(page: Page, site: Site) -> None:
    prompt = "made without scripts [held]"
    await page.goto(form_of(FLASH))

    await send_plainly(page, prompt)
    await expect(page).to_have_url(re.compile(r"/runs/\w+$"))
    await until(page, "queued")
    await site.go_on(prompt)
    await until(page, "running")
    await site.go_on(prompt)
    done = await until(page, "completed")

    await expect(done.locator(".frame img")).to_be_visible()
    async with page.expect_download() as waiting:
        await done.get_by_role("link", name="PNG").click()
    picture = Path(await (await waiting.value).path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(site.accepted(prompt)) == 1
    await page.get_by_role("link", name="Gallery", exact=True).click()
    await page.get_by_role("img", name=prompt).click()
    await expect(page.get_by_role("dialog", name=prompt)).to_be_visible()
    await page.get_by_role("link", name="Use these settings").click()
    await expect(prompt_box(page)).to_have_value(prompt)


async def test_a_run_is_cancelled_without_scripts(page: Page) -> None:
    await page.goto(form_of(FLASH))
    await send_plainly(page, "cancelled without scripts [held]")

    await reload_until(page, "queued")
    await page.get_by_role("button", name="Cancel").click()

    await until(page, "cancelled")


async def test_wrong_values_are_said_and_kept_without_scripts(
    page: Page, site: Site, troubles: Troubles
) -> None:
    troubles.expect("status of 422")
    await page.goto(form_of(FLASH))
    await page.get_by_role("textbox", name="Guidance scale").fill("25")
    await page.get_by_text("9:16").click()

    await run_button(page).click()

    await expect(
        page.get_by_role("alert").filter(has_text="2 inputs need a change")
    ).to_be_visible()
    await expect(prompt_box(page)).to_be_focused()
    await expect(page.get_by_role("radio", name="portrait_16_9")).to_be_checked()
    await page.get_by_role("textbox", name="Guidance scale").fill("5")
    await send_plainly(page, "mended without scripts [takes 0]")
    await until(page, "completed")
    [sent] = site.accepted("mended without scripts [takes 0]")
    assert (sent["guidance_scale"], sent["image_size"]) == (5, "portrait_16_9")


async def test_an_edit_is_made_without_scripts(page: Page, site: Site) -> None:
    prompt = "edited without scripts [takes 0]"
    await page.goto(form_of(EDIT))
    samples = f"{site.simulator.address}/samples"
    await page.get_by_role("textbox", name="Images, 1").fill(f"{samples}/dunes.jpg")
    await page.get_by_role("textbox", name="Images, 2").fill(f"{samples}/silk.jpg")

    await send_plainly(page, prompt)
    await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert sent["image_urls"] == [f"{samples}/dunes.jpg", f"{samples}/silk.jpg"]
