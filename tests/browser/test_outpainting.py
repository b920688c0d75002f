"""The frame of an outpainting, dragged around its picture, and a run of what it says."""

from pathlib import Path

import httpx
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of, send, until
from tests.support.plain import PLAIN

WIDEN = "larkspur/widen/outpaint"


async def test_a_side_that_is_dragged_is_a_number_and_the_other_way_round(
    page: Page, site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "sea.png"
    Image.new("RGB", (800, 600), (20, 90, 140)).save(path)
    async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
        answer = await client.post(
            "/uploads", files={"file": ("sea.png", path.read_bytes())}, data={"as": "json"}
        )
    [one] = answer.json()["files"]
    prompt = "more sea on both sides [takes 0]"
    await page.goto(f"{form_of(WIDEN)}?image_url={one['reference']}&prompt={prompt}")
    grown, picture = page.locator(".grown"), page.locator(".grown img")
    await expect(page.get_by_text("800 × 600 pixels.")).to_be_visible()
    right = page.get_by_role("textbox", name="Wider on the right")
    left = page.get_by_role("textbox", name="Wider on the left")

    await page.locator("[data-side=right]").scroll_into_view_if_needed()
    box = await page.locator("[data-side=right]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 32, box["y"] + box["height"] / 2, steps=5)
    await page.mouse.up()

    dragged = int(await right.input_value())
    assert 50 < dragged < 400
    await expect(page.get_by_text(f"{800 + dragged} × 600 pixels.")).to_be_visible()
    await right.fill("0")
    await left.fill("400")
    await expect(page.get_by_text("1200 × 600 pixels.")).to_be_visible()
    outer, inner = await grown.bounding_box(), await picture.bounding_box()
    assert outer is not None
    assert inner is not None
    assert abs((inner["x"] - outer["x"]) / outer["width"] - 400 / 1200) < 0.01
    await page.mouse.move(outer["x"] + outer["width"], outer["y"] + outer["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(outer["x"] + 3000, outer["y"], steps=3)
    await page.mouse.up()
    await expect(right).to_have_value("512")
    await send(page)
    await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert {name: sent[name] for name in sent if name.startswith("expand_")} == {
        "expand_left": 400,
        "expand_right": 512,
        "expand_top": 0,
        "expand_bottom": 0,
    }
    made = page.locator("#shown img").first
    assert await made.evaluate("(one) => [one.naturalWidth, one.naturalHeight]") == [1712, 600]
