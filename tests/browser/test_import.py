"""A model is imported: its form appears as one pastes, and is kept on a press."""

import json
import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_names import check_names
from tests.support.watching import Troubles

PAGES = Path(__file__).resolve().parents[1] / "catalogue" / "pages"


async def test_the_form_appears_as_one_pastes_and_is_kept_on_a_press(visit: Visit) -> None:
    page = await visit()
    other = json.dumps({"properties": {"verse": {"type": "string"}}})
    await page.goto("models")
    await page.get_by_role("link", name="Import a model").click()
    await page.get_by_label("Page, JSON, curl or address").fill((PAGES / "plain.txt").read_text())
    preview = page.get_by_role("region", name="Preview")
    await expect(page.get_by_text("4 inputs, 2 required")).to_be_visible()
    await check_names(page)

    glow = preview.get_by_role("textbox", name="Glow")
    await preview.get_by_role("slider").press("End")
    await expect(glow).to_have_value("4")
    await glow.press("Control+Enter")
    await preview.get_by_role("textbox", name="Name").fill("By hand")
    await preview.get_by_text("JSON, to correct by hand").click()
    await preview.get_by_label("Input schema", exact=True).fill(other)
    await expect(preview.get_by_role("textbox", name="Verse")).to_be_visible()
    await expect(glow).to_have_count(0)
    await preview.get_by_role("button", name="Add to models").press("Enter")

    await expect(page).to_have_url(re.compile("/models/quillworks/lantern-2/restyle$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("By hand")
    await page.get_by_text("Imported here").click()
    await page.get_by_role("button", name="Forget this import").click()
    await expect(page).to_have_url(re.compile("/models$"))


async def test_a_saved_page_is_imported_without_scripts(visit: Visit, troubles: Troubles) -> None:
    troubles.expect("status of 422")
    page = await visit(java_script_enabled=False)
    await page.goto("models/import")

    await page.get_by_label("Or a file").set_input_files(PAGES / "app.html")
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_role("textbox", name="Name").fill("")
    await page.get_by_role("button", name="Add to models").click()
    await expect(page.get_by_text("Enter a name")).to_be_visible()
    await page.get_by_role("textbox", name="Name").fill("Without scripts")
    await page.get_by_role("button", name="Add to models").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Without scripts")
    await page.get_by_text("Imported here").click()
    await page.get_by_role("button", name="Forget this import").click()
    await expect(page).to_have_url(re.compile("/models$"))
