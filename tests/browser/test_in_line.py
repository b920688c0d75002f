"""A run that waits to be sent: the open page says why, and a press goes on."""

from pathlib import Path

import httpx
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import (
    NOTE_SHIFTS,
    Site,
    check_nothing_moved,
    prompt_box,
    run,
    until,
)
from tests.support.plain import PLAIN


async def test_a_run_in_line_says_why_and_goes_on_when_somebody_says_so(
    tmp_path: Path, visit: Visit
) -> None:
    site = Site(tmp_path)
    try:
        site.start()
        async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
            await client.post("/operations/pause")
        page = await visit(site.address)
        await page.add_init_script(NOTE_SHIFTS)
        await run(page, "waits for a word [takes 0]")
        waits = page.locator('.well[data-state="saved"]')
        await expect(waits.locator(".state")).to_have_text("Waiting")
        await expect(waits).to_contain_text("1st in line here.")
        await expect(waits).to_contain_text("Sending goes on when somebody says so.")
        await expect(waits.get_by_role("button", name="Cancel")).to_be_visible()
        await prompt_box(page).fill("the next thou")
        await check_nothing_moved(page)

        await waits.get_by_role("button", name="Go on sending").press("Enter")

        await until(page, "completed")
        await expect(prompt_box(page)).to_have_value("the next thou")
    finally:
        site.kill()
