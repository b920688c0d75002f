"""A form whose rows and branches come and go: by hand, by keys, over a reload, and sent."""

import re

from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of, prompt_box, send, until

FRAMES = "tidewater/keyframes/image-to-video"
COLLAGE = "paperlantern/collage/text-to-image"


async def test_rows_are_added_moved_by_keys_and_survive_a_reload(page: Page, site: Site) -> None:
    await page.goto(form_of(FRAMES))
    await prompt_box(page).fill("three stops on the way")
    pictures = page.get_by_role("textbox", name="Picture")
    await pictures.nth(0).fill("https://example.com/a.png")
    await pictures.nth(1).fill("https://example.com/b.png")

    await page.get_by_role("button", name="Add a keyframe").click()
    await expect(pictures.nth(2)).to_be_focused()
    await pictures.nth(2).fill("https://example.com/c.png")
    await pictures.nth(2).press("Alt+ArrowUp")
    await expect(pictures.nth(1)).to_have_value("https://example.com/c.png")
    for row, second in enumerate(("0", "2.5", "4")):
        await page.get_by_role("textbox", name="At second").nth(row).fill(second)
    await page.reload()
    await expect(pictures).to_have_count(3)
    await expect(pictures.nth(1)).to_have_value("https://example.com/c.png")
    await send(page)
    await until(page, "completed")

    (sent,) = site.accepted("three stops on the way")
    assert [(frame["image"][-5], frame["time"]) for frame in sent["keyframes"]] == [
        ("a", 0),
        ("c", 2.5),
        ("b", 4),
    ]


async def test_another_branch_is_shown_on_choosing_it_and_after_a_reload(page: Page) -> None:
    await page.goto(form_of(COLLAGE))
    ground = page.get_by_role("group", name="Ground")

    await ground.get_by_role("combobox").select_option("One colour")
    colour = ground.get_by_role("textbox", name="Colour", exact=True)
    await colour.fill("#102030")
    await expect(ground.get_by_role("combobox")).to_have_value("one_colour")
    await page.reload()

    await expect(colour).to_have_value("#102030")
    await ground.get_by_role("combobox").select_option("Fade")
    await expect(ground.get_by_role("textbox", name="From", exact=True)).to_be_visible()
    await expect(page).to_have_url(re.compile(f"{COLLAGE}$"))
