"""The form as JSON in a browser: checked as it is written, kept over a reload; sizes locked."""

import json
import re

from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of, prompt_box, settled, until
from tests.support.playground import EDIT, FLASH
from tests.support.watching import Troubles

SEED = 9007199254740993


async def test_the_form_is_written_as_json_and_back_without_loss(
    page: Page, site: Site, troubles: Troubles
) -> None:
    troubles.expect("status of 422")
    prompt = "as json [takes 0]"
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill(prompt)
    await page.get_by_role("textbox", name="Seed").fill(str(SEED))
    text = page.get_by_label("Inputs as JSON")
    lines = page.locator("[data-json-lines] > li")

    # What cannot be read stays in the form, with its problem.
    await page.get_by_role("textbox", name="Guidance scale").fill("abc")
    await page.get_by_role("button", name="JSON", exact=True).first.click()
    await expect(page.get_by_text("“abc” is not a number.").first).to_be_visible()
    await page.get_by_role("textbox", name="Guidance scale").fill("3")
    await page.get_by_role("button", name="JSON", exact=True).first.click()
    await expect(text).to_be_visible()
    inputs = json.loads(await text.input_value())
    assert (inputs["prompt"], inputs["seed"], inputs["guidance_scale"]) == (prompt, SEED, 3)

    # Each line that needs a change is marked while it is written, and the summary leads to it.
    wrong = {**inputs, "guidance_scale": 99, "image_size": "square", "more": 1}
    await text.fill(json.dumps(wrong, indent=2) + "\n\n")
    at_fault = page.locator("[data-json-lines] > .at-fault")
    await expect(at_fault).to_have_count(2)
    await expect(lines).to_have_count(len(wrong) + 4)
    await page.get_by_role("link", name=re.compile("guidance_scale")).click()
    await expect(text).to_be_focused()
    assert '"guidance_scale": 99' in await page.evaluate("getSelection().toString()")

    # A reload loses nothing; what is wrong is still said, and cannot be run.
    await page.reload()
    await expect(text).to_have_value(re.compile('"more": 1'))
    await expect(at_fault).to_have_count(2)
    form = await page.locator("#form").element_handle()
    assert form is not None
    await page.get_by_role("button", name="Run").click()
    await form.wait_for_element_state("hidden")
    await expect(page.get_by_text("2 places need a change.")).to_be_visible()
    assert site.accepted(prompt) == []

    right = {**inputs, "image_size": "square"}
    await text.fill(json.dumps(right))
    await page.get_by_role("button", name="Form", exact=True).click()
    await expect(prompt_box(page)).to_have_value(prompt)
    await expect(page.get_by_role("radio", name="1:1 square", exact=True)).to_be_checked()
    await expect(page.locator(".well .size")).to_have_text(re.compile("512 × 512"))
    await page.get_by_role("button", name="JSON", exact=True).first.click()
    await expect(text).to_be_visible()
    await settled(page)
    await expect(page.get_by_role("button", name="JSON", exact=True).first).to_be_focused()
    await text.press("Control+Enter")
    await until(page, "completed")
    assert site.accepted(prompt) == [right]


async def test_a_custom_size_keeps_its_ratio_and_turns(page: Page) -> None:
    await page.goto(form_of(EDIT))
    await page.get_by_text("Custom", exact=True).click()
    width = page.get_by_label("Width, px")
    height = page.get_by_label("Height, px")
    await width.fill("1280")
    await height.fill("720")

    await page.get_by_role("button", name="Lock the ratio of width and height").click()
    await width.fill("640")
    await expect(height).to_have_value("360")
    await page.get_by_role("button", name="Swap width and height").click()
    await expect(width).to_have_value("360")
    await height.press("ArrowUp")

    await expect(height).to_have_value("641")
    await expect(width).to_have_value("361")
