"""The divider between an edit's input and its result, and results that become inputs."""

import re
from pathlib import Path

import httpx
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, form_of, has_loaded, prompt_box, send, until
from tests.browser.test_names import nameless
from tests.support.plain import PLAIN
from tests.support.playground import EDIT


async def edit_of(page: Page, site: Site, folder: Path, prompt: str) -> None:
    """Give a picture and have it edited; then its lightbox is open."""
    path = folder / "before.png"
    Image.new("RGB", (640, 480), (200, 40, 40)).save(path)
    async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
        answer = await client.post(
            "/uploads", files={"file": ("before.png", path.read_bytes())}, data={"as": "json"}
        )
    [one] = answer.json()["files"]
    await page.goto(f"{form_of(EDIT)}?image_urls={one['reference']}")
    await prompt_box(page).fill(prompt)
    await send(page)


async def test_the_divider_moves_by_pointer_and_keys(
    page: Page, visit: Visit, site: Site, tmp_path: Path
) -> None:
    await edit_of(page, site, tmp_path, "before and after [takes 0]")
    done = await until(page, "completed")
    await done.get_by_role("button", name="Use as input").click()
    taker = done.get_by_role("dialog", name="Use as input of").get_by_role(
        "link", name="FLUX.2 Pro edit"
    )
    await expect(taker).to_have_attribute("href", re.compile(r"\?image_urls=media%3A\w{26}$"))
    await page.keyboard.press("Escape")
    await expect(taker).to_be_hidden()
    await done.locator("a.frame").click()
    await page.get_by_role("link", name="Before and after").click()

    both = page.locator(".ab")
    slider = page.get_by_role("slider", name="How much of A, the input, is shown")
    for letter in "AB":
        assert await has_loaded(both.get_by_role("img", name=re.compile(f"^{letter}, ")))
    box = await both.bounding_box()
    assert box is not None
    await slider.click(position={"x": box["width"] * 0.25, "y": box["height"] / 2})
    assert 22 <= float(await slider.input_value()) <= 28
    await page.keyboard.press("b")
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_value("11")
    await expect(slider).to_have_attribute("aria-valuetext", "11 %")
    assert await both.evaluate("(both) => both.style.getPropertyValue('--x')") == "11"
    assert nameless(await page.locator("body").aria_snapshot()) == []
    address = page.url
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{site.address}/gallery")

    plain = await visit(java_script_enabled=False)
    await plain.goto(address)
    before, after = [await one.bounding_box() for one in await plain.locator(".ab img").all()]
    assert before is not None
    assert after is not None
    assert before["x"] + before["width"] <= after["x"]
    await expect(plain.get_by_role("slider")).to_have_count(0)
