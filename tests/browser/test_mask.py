"""A mask drawn by pointer, keys and touch: as drawn it is kept, in the size of its picture."""

import io
import re
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, form_of
from tests.browser.test_fits import OVERFLOW
from tests.browser.test_names import check_names
from tests.support.plain import PLAIN
from tests.support.playground import EDIT
from tests.support.watching import Troubles

FILL = "larkspur/fill/inpaint"
WIDTH, HEIGHT = 1200, 800


async def picture_of(site: Site, folder: Path, colour: tuple[int, int, int]) -> str:
    """Give a picture; its id."""
    path = folder / "roses.png"
    Image.new("RGB", (WIDTH, HEIGHT), colour).save(path)
    async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
        answer = await client.post(
            "/uploads", files={"file": ("roses.png", path.read_bytes())}, data={"as": "json"}
        )
    [one] = answer.json()["files"]
    return str(one["id"])


def editor_of(media_id: str) -> str:
    return f"media/{media_id}/mask?for={EDIT}&input=image_urls"


async def at(sheet: Locator, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is on the screen."""
    box = await sheet.bounding_box()
    assert box is not None
    return box["x"] + x / WIDTH * box["width"], box["y"] + y / HEIGHT * box["height"]


async def drag(page: Page, sheet: Locator, *points: tuple[int, int]) -> None:
    first, *others = [await at(sheet, *point) for point in points]
    await page.mouse.move(*first)
    await page.mouse.down()
    for point in others:
        await page.mouse.move(*point, steps=4)
    await page.mouse.up()


async def mask_in(site: Site, reference: str) -> Image.Image:
    """The kept mask."""
    media_id = reference.removeprefix("media:")
    async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
        answer = await client.get(f"/media/{media_id}/mask.png")
    assert answer.headers["content-type"] == "image/png"
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


async def use(page: Page) -> str:
    """Press the button; what then stands in the form."""
    await page.get_by_role("button", name="Use this mask").click()
    await page.wait_for_url("**/models/**")
    values = await page.locator("[name=image_urls]").evaluate_all(
        "(all) => all.map(one => one.value)"
    )
    [reference] = [value for value in values if value]
    return str(reference)


async def test_strokes_become_white_pixels_of_the_picture(
    page: Page, site: Site, tmp_path: Path
) -> None:
    editor = editor_of(await picture_of(site, tmp_path, (90, 60, 30)))
    await page.goto(editor)
    await check_names(page)
    sheet = page.get_by_role("application", name="Mask over roses.png")
    size = page.get_by_role("textbox", name="Size")

    await page.get_by_role("button", name="Use this mask").click()
    await expect(page.get_by_text("Nothing is white yet.")).to_be_visible()
    await size.fill("100")
    await drag(page, sheet, (200, 200), (600, 200))
    await page.keyboard.press("e")
    await drag(page, sheet, (400, 100), (400, 300))
    await page.keyboard.press("b")
    await drag(page, sheet, (900, 600), (1000, 700))
    await page.keyboard.press("Control+z")
    # A dot by keys alone, at the brush, which undo has left where it was.
    await sheet.focus()
    await page.keyboard.press("Shift+ArrowUp")
    await page.keyboard.press(" ")
    reference = await use(page)
    mask = await mask_in(site, reference)

    assert mask.size == (WIDTH, HEIGHT)
    assert {colour for _, colour in mask.getcolors() or []} == {(0, 0, 0), (255, 255, 255)}
    white = {
        (x, y): mask.getpixel((x, y)) == (255, 255, 255)
        for x, y in [
            (200, 200),
            (300, 240),
            (400, 200),
            (500, 160),
            (600, 200),
            (300, 260),
            (900, 600),
            (1000, 640),
            (1000, 700),
        ]
    }
    assert white == {
        (200, 200): True,
        (300, 240): True,
        (400, 200): False,  # erased
        (500, 160): True,
        (600, 200): True,
        (300, 260): False,
        (900, 600): False,  # undone
        (1000, 640): True,  # by keys
        (1000, 700): False,
    }
    # Gone on with and left as it is, it is the same file again.
    await page.goto(f"{editor}&start={reference.removeprefix('media:')}")
    await expect(page.locator("[data-share]")).not_to_have_text("nothing white")
    assert await use(page) == reference


async def test_one_finger_paints_two_zoom_and_invert_is_undone_and_redone(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    page = await visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await page.goto(editor_of(await picture_of(site, tmp_path, (30, 60, 90))))
    assert await page.evaluate(OVERFLOW) <= 0
    sheet = page.locator("[data-sheet]")
    devtools = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers: list[dict[str, Any]] = [
            {"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)
        ]
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    one, other = await at(sheet, 500, 400), await at(sheet, 700, 400)
    await touch("touchStart", one)
    await touch("touchMove", other)
    await touch("touchEnd")
    await expect(page.locator("[data-share]")).not_to_have_text("nothing white")
    painted = await page.locator("[data-share]").text_content()
    far, near = await at(sheet, 300, 400), await at(sheet, 900, 400)
    await touch("touchStart", one)
    await touch("touchStart", one, other)
    await touch("touchMove", far, near)
    await touch("touchEnd")

    await expect(page.locator("[data-share]")).to_have_text(painted or "")
    zoom = await page.locator("[data-view]").evaluate(
        "(view) => view.style.getPropertyValue('--zoom')"
    )
    assert float(zoom) > 2
    for name in ("Invert", "Undo", "Redo"):
        await page.get_by_role("button", name=name).click()
    mask = await mask_in(site, await use(page))
    assert mask.getpixel((600, 400)) == (0, 0, 0)
    assert mask.getpixel((5, 5)) == (255, 255, 255)


async def test_over_a_form_the_mask_is_handed_to_it_and_what_is_typed_stays(
    page: Page, troubles: Troubles, site: Site, tmp_path: Path
) -> None:
    troubles.expect("/uploads")
    media_id = await picture_of(site, tmp_path, (60, 90, 30))
    await page.goto(f"{form_of(FILL)}?image_url=media:{media_id}")
    await page.get_by_role("textbox", name="Prompt").fill("typed before")
    await page.get_by_role("button", name="Draw the mask").click()
    dialog = page.get_by_role("dialog", name="Mask")
    sheet = dialog.locator("[data-sheet]")
    await expect(sheet).to_be_focused()
    await drag(page, sheet, (300, 300), (600, 300))
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await page.get_by_role("button", name="Draw the mask").click()
    await expect(dialog.locator("[data-share]")).not_to_have_text("nothing white")
    await page.route("**/uploads", lambda route: route.abort())
    await dialog.get_by_role("button", name="Use this mask").click()
    await expect(dialog.get_by_text("The playground is not answering.")).to_be_visible()
    await page.unroute("**/uploads")
    await dialog.get_by_role("button", name="Use this mask").click()

    await expect(dialog).to_have_count(0)
    mask = page.locator('[data-field="mask_image"] [data-upload] [name=mask_image]')
    await expect(mask).to_have_value(re.compile(r"media:\w{26}"))
    drawn = await mask_in(site, await mask.input_value())
    assert drawn.getpixel((450, 300)) == (255, 255, 255)
    await expect(page.get_by_role("textbox", name="Prompt")).to_have_value("typed before")


async def test_without_a_script_the_page_takes_a_mask_made_elsewhere(
    visit: Visit, troubles: Troubles, site: Site, tmp_path: Path
) -> None:
    troubles.expect("status of 422")
    page = await visit(java_script_enabled=False)
    await page.goto(editor_of(await picture_of(site, tmp_path, (1, 60, 90))))
    await expect(page.get_by_text("Drawing needs JavaScript")).to_be_visible()
    await expect(page.get_by_role("button", name="Invert")).to_be_hidden()
    small, fitting = tmp_path / "small.png", tmp_path / "fitting.png"
    Image.new("L", (10, 10)).save(small)
    Image.new("L", (WIDTH, HEIGHT), 255).save(fitting)

    chosen = page.get_by_role("button", name="The mask PNG")
    await chosen.set_input_files(small)
    await page.get_by_role("button", name="Use this mask").click()
    await expect(page.get_by_text("It is 10 × 10, and the picture 1200 × 800.")).to_be_visible()
    await chosen.set_input_files(fitting)
    await page.get_by_role("button", name="Use this mask").click()

    await page.wait_for_url(re.compile(rf"/{EDIT}\?image_urls=media%3A\w{{26}}$"))
