"""The frame of an outpainting, dragged around its picture."""

from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Page, expect

from app.inputs.fields import make_form
from app.inputs.frames import SIDES, frame_of
from app.main import create_app
from app.settings import load_settings
from app.web.assets import Assets
from tests.browser.site import Site, form_of
from tests.support.playground import EDIT

NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 512}
SCHEMA: dict[str, Any] = {
    "properties": {
        "image_urls": {"type": "array", "format": "image_uris"},
        **{f"expand_{side}": NUMBER for side in SIDES},
    }
}


async def test_a_side_that_is_dragged_is_a_number_and_the_other_way_round(
    page: Page, site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "sea.png"
    Image.new("RGB", (800, 600), (20, 90, 140)).save(path)
    async with httpx.AsyncClient(base_url=site.address, trust_env=False) as client:
        answer = await client.post(
            "/uploads", files={"file": ("sea.png", path.read_bytes())}, data={"as": "json"}
        )
    [one] = answer.json()["files"]
    app = create_app(load_settings(_env_file=None, data_dir=tmp_path))
    drawn = app.state.renderer.text("media/_frame.html", frame=frame_of(make_form(SCHEMA)))
    drawn += f'<script src="{Assets().url("frame.js")}"></script>'
    await page.goto(f"{form_of(EDIT)}?image_urls={one['reference']}")
    # As a model of four such numbers has it in its form.
    await page.locator("#form .body").evaluate(
        """(body, [drawn, names]) => {
            const number = (name) => `<label>${name} <input name="${name}" value="0"></label>`;
            const html = drawn + names.map(number).join("");
            const piece = document.createRange().createContextualFragment(html);
            const loaded = new Promise((done) => (piece.querySelector("script").onload = done));
            body.prepend(piece);
            return loaded;
        }""",
        [drawn, [f"expand_{side}" for side in SIDES]],
    )
    grown, picture = page.locator(".grown"), page.locator(".grown img")
    await expect(page.get_by_text("800 × 600 pixels.")).to_be_visible()
    right, left = page.get_by_label("expand_right"), page.get_by_label("expand_left")

    box = await page.locator("[data-side=right]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 32, box["y"] + box["height"] / 2, steps=5)
    await page.mouse.up()

    dragged = int(await right.input_value())
    assert 100 < dragged < 300
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
