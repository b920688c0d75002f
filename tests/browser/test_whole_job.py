"""The main job: a form filled, a picture waited for, kept, enlarged, downloaded and found again."""

import hashlib
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from tests.browser.site import (
    NOTE_SHIFTS,
    Site,
    check_nothing_moved,
    form_of,
    has_loaded,
    prompt_box,
    run,
    send,
    until,
)
from tests.support.plain import PLAIN
from tests.support.playground import EDIT, FLASH

# Notes each state that the run beside the form is shown in.
NOTE_STATES = """
    window.statesSeen = [];
    new MutationObserver(() => {
      const state = document.querySelector("[data-run]")?.dataset.state;
      if (state && statesSeen.at(-1) !== state) statesSeen.push(state);
    }).observe(document, { subtree: true, childList: true, attributes: true });
"""


async def test_a_run_goes_from_the_form_to_a_picture_in_the_same_frame(
    page: Page, site: Site
) -> None:
    await page.add_init_script(NOTE_STATES)
    await page.add_init_script(NOTE_SHIFTS)
    prompt = "a whole job: a lighthouse over a calm sea [held]"

    await run(page, prompt)
    frame = (await until(page, "queued")).locator(".frame")
    held = await frame.bounding_box()
    await site.go_on(prompt)
    await expect((await until(page, "running")).locator(".secs")).to_be_visible()
    assert await page.locator("#shown .frame").bounding_box() == held
    await site.go_on(prompt)
    done = await until(page, "completed")

    assert await has_loaded(done.locator(".frame img"))
    assert await done.locator(".frame").bounding_box() == held
    await check_nothing_moved(page)
    await expect(done.locator(".cap")).to_contain_text("$0.005 charged")
    seen = await page.evaluate("statesSeen")
    assert [state for state in seen if state not in ("saved", "sending")] == [
        "queued",
        "running",
        "completed",
    ]
    assert len(site.accepted(prompt)) == 1


async def test_a_picture_is_downloaded_byte_for_byte_as_runcomfy_made_it(
    page: Page, site: Site
) -> None:
    prompt = "bytes as they came [takes 0]"
    await run(page, prompt)
    done = await until(page, "completed")

    async with page.expect_download() as waiting:
        await done.get_by_role("link", name="PNG").click()
    download = await waiting.value
    kept = Path(await download.path()).read_bytes()

    [request_id] = site.request_ids(prompt)
    async with httpx.AsyncClient(base_url=site.simulator.address, **PLAIN) as runcomfy:
        made = await runcomfy.get(f"/files/{request_id}/0.png")
    assert kept == made.content
    assert download.suggested_filename == "bytes-as-they-came-takes-0.png"
    await done.locator("a.frame").click()
    shown_hash = await page.locator("aside code[title]").get_attribute("title")
    assert shown_hash == hashlib.sha256(kept).hexdigest()


async def test_a_picture_opens_large_with_its_inputs_and_fills_the_form_again(
    page: Page, site: Site
) -> None:
    prompt = "opened large [takes 0]"
    run_id = await run(page, prompt)
    done = await until(page, "completed")

    await done.locator("a.frame").click()
    large = page.get_by_role("dialog", name=prompt)
    assert await has_loaded(large.locator(".hold img"))
    [sent] = site.accepted(prompt)
    for name in ("guidance_scale", "seed", "image_size", "output_format"):
        await expect(large.locator(f"dt:text-is('{name}') + dd")).to_contain_text(str(sent[name]))
    await large.get_by_role("link", name="Use these settings").click()

    await expect(page).to_have_url(f"{site.address}/{form_of(FLASH)}?_from={run_id}")
    await expect(prompt_box(page)).to_have_value(prompt)
    await expect(page.get_by_role("textbox", name="Seed")).to_have_value(str(sent["seed"]))


async def test_an_edit_sends_its_pictures_in_order_and_the_frame_follows_the_result(
    page: Page, site: Site
) -> None:
    prompt = "evening light on the roses [held]"
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill(prompt)
    await page.get_by_role("button", name="roses.jpg").click()
    await page.get_by_role("button", name="silk.jpg").click()

    await send(page)
    await until(page, "queued")
    await site.go_on(prompt)
    await until(page, "running")
    await site.go_on(prompt)
    done = await until(page, "completed")

    picture = done.locator(".frame img")
    assert await has_loaded(picture)
    frame = await done.locator(".frame").bounding_box()
    assert frame is not None
    natural = await picture.evaluate("(image) => image.naturalWidth / image.naturalHeight")
    assert abs(frame["width"] / frame["height"] - natural) < 0.01
    [sent] = site.accepted(prompt)
    samples = f"{site.simulator.address}/samples"
    assert sent["image_urls"] == [f"{samples}/roses.jpg", f"{samples}/silk.jpg"]


async def test_a_finished_run_is_found_in_the_gallery(page: Page) -> None:
    prompt = "found again in the gallery [takes 0]"
    await run(page, prompt)
    await until(page, "completed")

    await page.get_by_role("link", name="Gallery", exact=True).click()
    small = page.locator("main").get_by_role("img", name=prompt)

    assert await has_loaded(small)
    await small.click()
    await expect(page.get_by_role("dialog", name=prompt)).to_be_visible()
