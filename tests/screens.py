"""`python -m tests.screens`: every page, at two widths, in two schemes, into docs/screens."""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
from playwright.async_api import Browser, Page, async_playwright, expect

from app.paths import STATIC
from tests.browser.camera import DESKTOP, FOLDER, Prepare, opened, take
from tests.browser.site import WAIT_MILLISECONDS, Site, form_of, prompt_box, run, send, shown, until
from tests.media.samples import huge_png, located
from tests.support.chromium import launch_options
from tests.support.plain import PLAIN
from tests.support.playground import EDIT, FLASH
from tests.support.serve import Server

MOST_BYTES_IN_ALL = 12_000_000
PROMPTS = (
    ("Northern lights over a dark treeline, long exposure", "landscape_16_9"),
    ("A courtyard with pink walls at noon, still water in the pool", "landscape_4_3"),
    ("Golden dunes in the last light, one sharp ridge", "landscape_16_9"),
    ("A glass perfume bottle on stacked coral plinths, hard noon light", "square_hd"),
    ("Folds of glossy ultramarine silk, macro, one soft light from the left", "portrait_4_3"),
    ("Poppies in a summer meadow, shallow depth of field", "landscape_4_3"),
    ("Mountain ridges in teal haze at dawn", "portrait_16_9"),
    ("A lighthouse over a calm sea at dusk, long exposure", "landscape_16_9"),
    ("Folds of glossy saffron silk, macro", "square"),
    ("Snow on alpine peaks under a clear morning sky", "landscape_4_3"),
    ("A white courtyard with a blue sphere, hard shadows", "portrait_4_3"),
    ("Cornflowers in a field, overcast, fine grain", "landscape_4_3"),
)
ROSES = (
    "A photorealistic still life scene featuring a large bundle of fully bloomed, soft"
    " yellow-orange English garden roses in a ceramic vase on a black cloth-covered table. A"
    " glossy ceramic yellow cup beside the vase. Natural, low-key light from the left."
)
PASTED = Path(__file__).with_name("catalogue") / "pages" / "plain.txt"
MANY = "simulated/many/text-to-image"
MOVING = "simulated/moving/text-to-video"
FRAMES = "tidewater/keyframes/image-to-video"
# What the model of many pictures might take one day: two inputs gone, two changed, one new.
LATER = {
    "type": "object",
    "required": ["prompt", "medium"],
    "properties": {
        "prompt": {"title": "Prompt", "type": "string"},
        "num_images": {"title": "Number of images", "type": "integer", "minimum": 1, "maximum": 2},
        "aspect_ratio": {"title": "Aspect ratio", "enum": ["1:1", "4:3", "16:9"], "default": "1:1"},
        "medium": {"title": "Medium", "enum": ["photo", "drawing", "print"]},
    },
}


async def main() -> None:
    """Take every picture anew. Ends with a sentence when they weigh too much."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_options())
            await take_all(browser, Path(folder))
            await browser.close()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    if size > MOST_BYTES_IN_ALL:
        sys.exit(f"The pictures weigh {size:,} bytes; {MOST_BYTES_IN_ALL:,} is the most.")


async def take_all(browser: Browser, folder: Path) -> None:
    """All pages, over one data folder that fills on the way."""
    async with running(Site(folder, queue_seconds=0.1, run_seconds=4, rough=False)) as site:
        await take(browser, site.address, "gallery-empty", "gallery")
        await take(browser, site.address, "not-found", f"models/{FLASH[:-1]}")
        await fill(browser, site)
        await take_ended_runs(browser, site)
        await take_gallery(browser, site)
        await take_edits(browser, site)
    # From here on slowly enough for each state to be pictured in four pages at once.
    async with running(Site(folder, queue_seconds=10, run_seconds=9, rough=False)) as site:
        await take_forms(browser, site)
        await take_live_runs(browser, site)
        await take_offline(browser, site)
    simulated = Server(folder)
    simulated.start()
    try:
        await take(browser, simulated.address, "start", "", whole=True)
    finally:
        simulated.stop()


@asynccontextmanager
async def running(site: Site) -> AsyncIterator[Site]:
    """A site for as long as the block lasts."""
    site.start()
    try:
        yield site
    finally:
        site.kill()


async def fill(browser: Browser, site: Site) -> None:
    """Make the pictures that the gallery and the usual times are made of."""
    async with opened(browser, site.address, DESKTOP) as page:
        for prompt, size in PROMPTS * 2:
            filling = {"prompt": prompt, "image_size": size}
            await page.goto(f"{form_of(FLASH)}?{urlencode(filling)}")
            await send(page)
        while await page.locator(".g img").count() < 2 * len(PROMPTS):
            await page.goto("gallery")


async def take_ended_runs(browser: Browser, site: Site) -> None:
    """Runs that failed, are in doubt, or made something other than one picture."""
    ends = (
        ("failed", FLASH, f"{ROSES} [nsfw]", "failed"),
        ("unknown", FLASH, f"{ROSES} [lost answer]", "unknown"),
        ("many", MANY, "A perfume bottle on a plinth before an arch, four colourways", "completed"),
        ("video", MOVING, "A calm sea at dusk, slow push towards the horizon", "completed"),
    )
    for name, model_id, prompt, state in ends:
        async with opened(browser, site.address, DESKTOP) as page:
            await run(page, prompt, model_id)
            await until(page, state)
            await take(browser, site.address, name, page.url)
    await take(browser, site.address, "unknown-desk", "runs?state=unknown", whole=True)


async def take_gallery(browser: Browser, site: Site) -> None:
    """The gallery, how everything goes, and a picture, large."""
    await take(browser, site.address, "gallery", "gallery", whole=True)
    await take(browser, site.address, "operations", "operations", whole=True)

    async def enlarge(page: Page) -> None:
        await page.locator(".g", has=page.get_by_role("img", name="pink walls")).first.click()
        await page.get_by_role("dialog").wait_for()

    await take(browser, site.address, "lightbox", "gallery", enlarge)


async def take_edits(browser: Browser, site: Site) -> None:
    """A mask being drawn over a given picture, and an edit laid over what it was made from."""
    roses = (STATIC / "samples" / "still-flash-amber.webp").read_bytes()
    async with httpx.AsyncClient(base_url=site.address, **PLAIN) as client:
        answer = await client.post(
            "/uploads", files={"file": ("still-life-roses.webp", roses)}, data={"as": "json"}
        )
    [one] = answer.json()["files"]

    async def paint(page: Page) -> None:
        box = await page.locator("[data-sheet]").bounding_box()
        assert box is not None
        for stroke in (((0.3, 0.3), (0.4, 0.34), (0.31, 0.42)), ((0.7, 0.64), (0.8, 0.64))):
            for place, (x, y) in enumerate(stroke):
                across, down = box["x"] + x * box["width"], box["y"] + y * box["height"]
                await page.mouse.move(across, down, steps=6)
                if place == 0:
                    await page.mouse.down()
            await page.mouse.up()

    mask = f"media/{one['id']}/mask?for={EDIT}&input=image_urls"
    await take(browser, site.address, "mask", mask, paint)
    async with opened(browser, site.address, DESKTOP) as page:
        await page.goto(f"{form_of(EDIT)}?image_urls={one['reference']}")
        await prompt_box(page).fill("Make the wall warm plaster. Keep the roses as they are.")
        await send(page)
        await (await until(page, "completed")).locator("a.frame").click()
        await page.get_by_role("dialog").wait_for()
        await take(browser, site.address, "before-and-after", f"{page.url}?beside=input")


async def take_forms(browser: Browser, site: Site) -> None:
    """Models, forms that are empty, filled and wrong."""
    await take(browser, site.address, "models", "models", whole=True)
    await take(browser, site.address, "form-empty", form_of(FLASH))

    async def paste(page: Page) -> None:
        await page.get_by_label("Page, JSON, curl or address").fill(PASTED.read_text())
        await expect(page.get_by_text("4 inputs, 2 required")).to_be_visible()

    await take(browser, site.address, "import", "models/import", paste)

    async def make_mistakes(page: Page) -> None:
        await page.get_by_role("textbox", name="Guidance scale").fill("25")
        await page.get_by_role("textbox", name="Seed").fill("12a4")
        await prompt_box(page).press("Control+Enter")
        await expect(page.locator(".sum")).to_be_visible()

    await take(browser, site.address, "form-errors", form_of(FLASH), make_mistakes)
    await take(browser, site.address, "json-view", form_of(FLASH), write_json)
    await take(browser, site.address, "hard-form", form_of(FRAMES), fill_frames)
    await take(browser, site.address, "changed-schema", await changed_schema(browser, site))
    await take(browser, site.address, "edit-form", form_of(EDIT), fill_edit)
    await take(browser, site.address, "file-inputs", form_of(EDIT), give_files)


async def write_json(page: Page) -> None:
    """Inputs as JSON, with two lines that need a change."""
    await page.get_by_role("button", name="JSON", exact=True).first.click()
    wrong = {"prompt": ROSES, "guidance_scale": "7.5", "image_size": "square", "seeds": 7}
    await page.get_by_label("Inputs as JSON").fill(json.dumps(wrong, indent=2))
    await expect(page.locator("#json-said .sum")).to_be_visible()


async def fill_frames(page: Page) -> None:
    """Two keyframes with something in each."""
    for number, (time, words) in enumerate((("0", "Wide: the courtyard"), ("6.5", "The arch"))):
        await page.locator(f'[name="keyframes.{number}.time"]').fill(time)
        await page.locator(f'[name="keyframes.{number}.prompt"]').fill(words)


async def changed_schema(browser: Browser, site: Site) -> str:
    """Where a run's settings meet a later schema of its model."""
    async with opened(browser, site.address, DESKTOP) as page:
        run_id = await run(page, "Folds of saffron silk, four colourways", MANY)
        await until(page, "completed")
        await page.goto("models/import")
        pasted = f"POST /v1/models/{MANY}\n{json.dumps(LATER)}"
        await page.get_by_label("Page, JSON, curl or address").fill(pasted)
        await expect(page.get_by_text("4 inputs, 2 required")).to_be_visible()
        await page.get_by_role("button", name="Add to models").click()
        await page.wait_for_url(f"**/{form_of(MANY)}")
        return f"{form_of(MANY)}?_from={run_id}"


async def fill_edit(page: Page) -> None:
    """Three pictures from three ways in, and what to do with them."""
    await prompt_box(page).fill("Make the cup cobalt blue and the wall warm plaster.")
    await choose(page, "still-flash-amber.webp")
    await page.get_by_role("link", name="Gallery for Images").click()
    picker = page.get_by_role("dialog", name="From the gallery")
    await picker.get_by_role("checkbox", name="pink walls").first.check()
    await picker.get_by_role("button", name="Add 1").click()
    await expect(page.locator("[data-media]")).to_have_count(2)
    await page.get_by_role("button", name="silk.jpg").click()
    await expect(page.locator("[data-seen] img")).to_be_visible()


async def choose(page: Page, *names: str) -> None:
    """Choose sample pictures from the disk."""
    paths = [STATIC / "samples" / name for name in names]
    kept = page.locator("[data-media]")
    before = await kept.count()
    await page.get_by_label("Choose files for Images").set_input_files(paths)
    await expect(kept).to_have_count(before + len(names))


async def give_files(page: Page) -> None:
    """Files of every fate: kept, changed, refused, on their way."""
    images = page.get_by_label("Choose files for Images")
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "plaster.png"
        words.write_text("plaster, warm, matt")
        photo, bomb = located(Path(folder) / "IMG_2210.jpg"), huge_png(Path(folder) / "texture.png")
        await choose(page, "casa-white.webp")
        await images.set_input_files([photo, words, bomb])
        await expect(page.locator("[data-upload]:not([data-coming])")).to_have_count(4)
    await page.get_by_role("button", name="Add an address").click()
    address = page.get_by_role("textbox", name="Images, 5")
    await address.fill("https://192.168.1.20/roses.jpg")
    await address.press("Tab")
    await expect(page.locator("[data-seen]")).to_be_visible()
    await page.route(re.compile(r"/uploads\?"), lambda _: None)
    await images.set_input_files(STATIC / "samples" / "product-coral.webp")
    await page.get_by_role("button", name="Cancel product-coral.webp").wait_for()
    await page.locator("[data-takes-files]").evaluate("(field) => field.scrollIntoView()")


async def take_live_runs(browser: Browser, site: Site) -> None:
    """Two runs, each followed through its states by four pages at once."""
    async with opened(browser, site.address, DESKTOP) as page:
        await run(page, ROSES)
        await until(page, "queued")
        # One to three places, by chance; a queue of one shows little of what a queue looks like.
        while "3" not in await page.locator("#shown .big").inner_text():
            await page.get_by_role("button", name="Cancel").click()
            await until(page, "cancelled")
            await run(page, ROSES)
            await until(page, "queued")
        for name, state in (("queued", "queued"), ("running", "running"), ("done", "completed")):
            await take(browser, site.address, name, page.url, reaching(state))
        await page.goto(form_of(EDIT))
        await fill_edit(page)
        await send(page)
        await take(browser, site.address, "long-form-running", page.url, reaching("running"))
        await take(browser, site.address, "edit-done", page.url, reaching("completed"))


def reaching(state: str) -> Prepare:
    """Wait until the run beside the form is in a state."""

    async def reach(page: Page) -> None:
        await expect(shown(page, state)).to_be_visible(timeout=WAIT_MILLISECONDS)
        if state == "running":
            # Far enough for the needle to stand among the strokes.
            await page.wait_for_timeout(2500)

    return reach


async def take_offline(browser: Browser, site: Site) -> None:
    """A run under way while RunComfy does not answer."""
    async with opened(browser, site.address, DESKTOP) as page:
        await run(page, f"{ROSES} [takes 600]")
        await until(page, "running")
        site.simulator.kill()

        async def until_noticed(other: Page) -> None:
            strip = other.get_by_text("RunComfy is not answering.")
            # Not reloaded: the browser would scroll by the height of a strip that is new.
            while not await strip.is_visible():
                await other.goto(other.url)

        await take(browser, site.address, "offline", page.url, until_noticed)
        await take(browser, site.address, "catalogue-away", "models", until_noticed, whole=False)


if __name__ == "__main__":
    asyncio.run(main())
