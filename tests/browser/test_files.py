"""Files given to a form: dropped, pasted, picked, ordered, refused, cancelled, waited for."""

import asyncio
import base64
import hashlib
import re
from pathlib import Path

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, form_of, prompt_box, run, run_button, send, until
from tests.media.samples import picture, plain_picture
from tests.support.cutting import cutting_line
from tests.support.playground import EDIT, FLASH
from tests.support.watching import Troubles

FRAMES = "tidewater/keyframes/image-to-video"
FILL = "larkspur/fill/inpaint"
CARRY = """
    ([files, name, text]) => {
      const data = new DataTransfer();
      const bytes = (content) => Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
      for (const [title, type, content] of files)
        data.items.add(new File([bytes(content)], title, { type }));
      if (text) data.setData("text/plain", text);
      const more = { bubbles: true, cancelable: true };
      const paste = new ClipboardEvent("paste", { clipboardData: data, ...more });
      if (name === "paste") return document.activeElement.dispatchEvent(paste);
      const over = document.querySelector(".results");
      for (const step of ["dragover", "drop"])
        over.dispatchEvent(new DragEvent(step, { dataTransfer: data, ...more }));
    }
"""


async def carry(page: Page, deed: str, *paths: Path, text: str = "") -> None:
    """Drop files on the empty part of the page, or paste them or a text where the focus is."""
    files = [
        (path.name, "image/png", base64.b64encode(path.read_bytes()).decode()) for path in paths
    ]
    await page.evaluate(CARRY, [files, deed, text])


def rows(page: Page) -> Locator:
    """The files that stand in the form, in order."""
    return page.locator("[data-upload]")


def kept(page: Page) -> Locator:
    """Those of them that are kept."""
    return page.locator("[data-upload][data-media]")


def digest(path: Path) -> str:
    """How the simulator tells what it was given."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


async def test_dropped_files_are_sent_in_their_order_but_not_with_a_bad_one_among_them(
    page: Page, site: Site, tmp_path: Path, troubles: Troubles
) -> None:
    troubles.expect("status of 422")
    red, blue = (
        plain_picture(tmp_path / "red.png"),
        plain_picture(tmp_path / "blue.png", (1, 2, 99)),
    )
    words = tmp_path / "words.png"
    words.write_text("only words")
    await page.goto(form_of(EDIT))
    prompt = "dropped and ordered [takes 0]"
    await prompt_box(page).fill(prompt)

    await carry(page, "drop", red, words, blue)
    await expect(kept(page)).to_have_count(2)
    bad = rows(page).filter(has_text="This is a text file named .png. It was not taken.")
    await expect(bad).to_have_class(re.compile(r"\bbad\b"))
    await expect(page.get_by_text("2 of 10")).to_be_visible()
    await expect(page.locator(".well .faint")).to_be_visible()
    await run_button(page).click()
    await expect(page.get_by_text("Nothing was sent. Remove words.png")).to_be_visible()
    await expect(page.get_by_role("button", name="Remove words.png")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Remove blue.png").press("Alt+ArrowUp")
    await expect(rows(page).first).to_contain_text("blue.png")
    await page.reload()
    await expect(kept(page)).to_have_count(2)
    await send(page)
    await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert sent["image_urls"] == [digest(blue), digest(red)]


async def test_pictures_and_addresses_are_pasted_and_results_picked(
    page: Page, site: Site, tmp_path: Path
) -> None:
    await run(page, "to be picked [takes 0]", FLASH)
    await until(page, "completed")
    image = plain_picture(tmp_path / "image.png", (9, 99, 9))
    sample = f"{site.simulator.address}/samples/silk.jpg"
    prompt = "three ways in [takes 0]"
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill(prompt)

    await carry(page, "paste", image)
    await expect(kept(page)).to_contain_text(re.compile(r"Pasted \d\d:\d\d\.png"))
    await page.get_by_role("link", name="Gallery for Images").click()
    picker = page.get_by_role("dialog", name="From the gallery")
    await picker.get_by_role("checkbox", name="to be picked").check()
    await expect(picker.get_by_text("1 chosen, 8 more fit")).to_be_visible()
    await picker.get_by_role("button", name="Add 1").click()
    await expect(kept(page)).to_have_count(2)
    await page.get_by_role("button", name="Add an address").click()
    await page.get_by_role("textbox", name="Images, 3").fill(sample)
    await page.keyboard.press("Tab")
    await expect(page.locator("[data-seen]")).to_contain_text("JPEG · ")
    await expect(page.locator("[data-seen] img")).to_be_visible()
    await send(page)
    await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert sent["image_urls"][0] == digest(image)
    assert sent["image_urls"][2] == sample


async def test_an_address_that_is_surely_wrong_is_said_beside_it(page: Page) -> None:
    await page.goto(form_of(EDIT))
    await page.evaluate("document.activeElement.blur()")

    await carry(page, "paste", text="https://192.168.1.9/roses.jpg")

    await expect(page.get_by_role("textbox", name="Images, 1")).to_have_value(
        "https://192.168.1.9/roses.jpg"
    )
    await expect(page.locator("[data-seen]")).to_contain_text("a machine inside a network")


async def test_one_file_too_many_is_named(page: Page, tmp_path: Path) -> None:
    full = "&".join(f"image_urls=https://example.com/{number}.png" for number in range(10))
    await page.goto(f"{form_of(EDIT)}?{full}")

    await carry(page, "drop", plain_picture(tmp_path / "eleventh.png"))

    await expect(page.get_by_text("eleventh.png not taken: there is room for 10.")).to_be_visible()
    await expect(rows(page)).to_have_count(0)


async def test_an_upload_is_cancelled_tried_again_and_waited_for(
    page: Page, site: Site, tmp_path: Path
) -> None:
    held, free = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        held.set()
        await free.wait()
        await route.continue_()

    red = plain_picture(tmp_path / "red.png", (200, 9, 9))
    prompt = "waited for [takes 0]"
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill(prompt)
    await page.route(re.compile(r"/uploads\?"), lambda route: None)
    await page.get_by_label("Choose files for Images").set_input_files(red)
    await page.get_by_role("button", name="Cancel red.png").click()
    await expect(rows(page)).to_contain_text("Cancelled.")
    await page.unroute(re.compile(r"/uploads\?"))
    await page.route(re.compile(r"/uploads\?"), hold)
    await page.get_by_role("button", name="Try again").click()
    await held.wait()

    await prompt_box(page).press("Control+Enter")
    await prompt_box(page).press("Control+Enter")
    await expect(page.get_by_role("button", name="Waiting for files…")).to_be_visible()
    assert site.accepted(prompt) == []
    free.set()
    await page.wait_for_url(re.compile(r"/runs/\w+$"))
    await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert sent["image_urls"] == [digest(red)]


async def test_a_form_that_changes_meanwhile_loses_no_file(page: Page, tmp_path: Path) -> None:
    held, free = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        held.set()
        await free.wait()
        await route.continue_()

    await page.goto(form_of(FRAMES))
    await page.route(re.compile(r"/uploads\?"), hold)
    choose = page.get_by_label("Choose a file for Picture").first
    await choose.set_input_files(plain_picture(tmp_path / "first.png", (70, 7, 7)))
    await held.wait()
    await page.get_by_role("button", name="Add a keyframe").click()
    free.set()

    await expect(page.get_by_role("group", name="Keyframe 3")).to_be_visible()
    await expect(kept(page)).to_contain_text("first.png")


async def test_a_mask_is_drawn_over_the_picture_in_the_form(page: Page, tmp_path: Path) -> None:
    await page.goto(form_of(FILL))
    picture = plain_picture(tmp_path / "wall.png")
    await carry(page, "drop", picture)
    await expect(page.locator('[data-field="image_url"] [data-media]')).to_be_visible()

    await page.get_by_role("button", name="Draw the mask").click()
    editor = page.get_by_role("dialog", name="Mask")
    await editor.get_by_role("button", name="Invert").click()
    await editor.get_by_role("button", name="Use this mask").click()

    mask = page.locator('[data-field="mask_image"]')
    await expect(mask.locator("[data-media]")).to_contain_text("600 × 400")
    await mask.get_by_role("button", name=re.compile("Remove")).click()
    await expect(mask.get_by_role("textbox")).to_be_focused()


async def test_files_travel_with_the_form_without_scripts(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    page = await visit(java_script_enabled=False)
    first, last = (plain_picture(tmp_path / f"{n}.png", (n, 0, 50)) for n in (1, 2))
    prompt = "chosen without scripts [takes 0]"
    await page.goto(form_of(EDIT))
    await prompt_box(page).fill(prompt)

    await page.get_by_label("Choose files for Images").set_input_files([first, last])
    await run_button(page).click()
    await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert sent["image_urls"] == [digest(first), digest(last)]


async def test_an_upload_that_breaks_off_goes_on_from_what_had_arrived(
    visit: Visit, site: Site, tmp_path: Path, troubles: Troubles
) -> None:
    troubles.expect("ERR_")
    long = picture(tmp_path / "long.png", "PNG", size=(1500, 1200))
    assert long.stat().st_size > 3_000_000
    prompt = "sent in two goes [takes 0]"
    async with cutting_line(site.server.port, after_bytes=2_000_000) as address:
        page = await visit(address)
        await page.goto(form_of(EDIT))
        await prompt_box(page).fill(prompt)
        await page.locator("input[type=file]:not([data-camera])").set_input_files(long)
        await expect(page.get_by_text("What had arrived is still here.")).to_be_visible()
        await page.get_by_role("button", name=re.compile(r"^Go on from [12]\.\d MB$")).click()
        await expect(kept(page)).to_contain_text("long.png")
        await send(page)
        await until(page, "completed")

    [sent] = site.accepted(prompt)
    assert sent["image_urls"] == [digest(long)]
