"""The form's conveniences: drafts, links that fill it, sliders, seeds, lists, sizes."""

import re
from urllib.parse import urlencode

from playwright.async_api import Locator, Page, expect

from tests.browser.site import Site, form_of, prompt_box, send, until
from tests.support.playground import EDIT, FLASH


async def test_a_draft_survives_a_reload(page: Page) -> None:
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill("half a thought,\nin two lines")
    await page.get_by_role("textbox", name="Seed").fill("9007199254740993")
    await page.get_by_text("9:16").click()

    await page.reload()

    await expect(prompt_box(page)).to_have_value("half a thought,\nin two lines")
    await expect(page.get_by_role("textbox", name="Seed")).to_have_value("9007199254740993")
    await expect(page.get_by_role("radio", name="portrait_16_9")).to_be_checked()


async def test_reset_all_brings_the_models_own_values_back_for_good(page: Page) -> None:
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill("to be forgotten")
    await page.get_by_role("textbox", name="Guidance scale").fill("11")

    await page.get_by_role("button", name="Reset all").click()
    await page.reload()

    await expect(prompt_box(page)).to_have_value("")
    await expect(page.get_by_role("textbox", name="Guidance scale")).to_have_value("2.5")


async def test_a_link_opens_the_form_filled_and_sends_nothing(page: Page, site: Site) -> None:
    filling = {"prompt": "from a link & more", "guidance_scale": "4", "image_size": "square_hd"}

    await page.goto(f"{form_of(FLASH)}?{urlencode(filling)}")

    await expect(prompt_box(page)).to_have_value("from a link & more")
    await expect(page.get_by_role("textbox", name="Guidance scale")).to_have_value("4")
    await expect(page.get_by_role("radio", name="square_hd")).to_be_checked()
    assert site.accepted("from a link & more") == []


async def test_slider_and_box_keep_in_step(page: Page) -> None:
    await page.goto(form_of(FLASH))
    slider = page.get_by_role("slider", name="Guidance scale")
    box = page.get_by_role("textbox", name="Guidance scale")

    await box.fill("7.5")
    await expect(slider).to_have_value("7.5")
    await slider.press("Home")
    await expect(box).to_have_value("0")
    await slider.press("End")
    await expect(box).to_have_value("20")


async def test_choosing_a_shape_reshapes_the_empty_frame(page: Page) -> None:
    await page.goto(form_of(FLASH))

    await page.get_by_text("9:16").click()

    await expect_ratio(page.locator(".well[data-state=draft] .frame"), 576 / 1024)


async def test_a_locked_seed_is_sent_as_it_stands(page: Page, site: Site) -> None:
    prompt = "with a seed of its own [takes 0]"
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill(prompt)
    await page.get_by_role("button", name="Roll a seed now").click()
    rolled = await page.get_by_role("textbox", name="Seed").input_value()

    await send(page)
    await until(page, "completed")

    assert [str(sent["seed"]) for sent in site.accepted(prompt)] == [rolled]


async def test_pictures_of_an_edit_are_added_moved_and_removed(page: Page, site: Site) -> None:
    prompt = "three pictures in a new order [takes 0]"
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill(prompt)
    for name in ("roses", "dusk", "dunes", "peaks"):
        await page.get_by_role("button", name=f"{name}.jpg").click()
    await expect(page.get_by_text("4 of 10")).to_be_visible()

    await page.get_by_role("button", name="Remove 2").click()
    await page.get_by_role("button", name="Move 3 up").click()
    await page.get_by_role("textbox", name="Images, 2").press("Alt+ArrowUp")
    await expect(page.get_by_text("3 of 10")).to_be_visible()
    await send(page)
    await until(page, "completed")

    samples = f"{site.simulator.address}/samples"
    in_order = [f"{samples}/{name}.jpg" for name in ("peaks", "roses", "dunes")]
    assert [sent["image_urls"] for sent in site.accepted(prompt)] == [in_order]


async def test_a_row_is_dragged_to_another_place(page: Page) -> None:
    await page.goto(form_of(EDIT))
    for name in ("roses", "dusk"):
        await page.get_by_role("button", name=f"{name}.jpg").click()
    grips = page.locator("[data-rows] [data-grip]")

    await grips.nth(1).drag_to(grips.nth(0))

    first = page.get_by_role("textbox", name="Images, 1")
    await expect(first).to_have_value(re.compile(r"/dusk\.jpg$"))


async def test_a_custom_size_is_sent_as_an_object(page: Page, site: Site) -> None:
    prompt = "a size of one's own [takes 0]"
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill(prompt)
    await page.get_by_role("button", name="roses.jpg").click()
    width = page.get_by_role("textbox", name="Width, px")
    await expect(width).to_be_hidden()

    await page.get_by_text("Custom", exact=True).click()
    await width.fill("640")
    await page.get_by_role("textbox", name="Height, px").fill("360")
    await expect_ratio(page.locator(".well[data-state=draft] .frame"), 640 / 360)
    await send(page)
    done = await until(page, "completed")

    assert [sent["image_size"] for sent in site.accepted(prompt)] == [{"width": 640, "height": 360}]
    await expect_ratio(done.locator(".frame"), 640 / 360)


async def expect_ratio(frame: Locator, ratio: float) -> None:
    """Check a frame's width over its height."""
    box = await frame.bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - ratio) < 0.01
