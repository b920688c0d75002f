"""Pictures of pages: at two widths, in two schemes, small enough to be kept in the repository."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page

from tests.browser.site import WAIT_MILLISECONDS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.25,
    "is_mobile": True,
    "has_touch": True,
}
VARIANTS = {
    f"{width}-{scheme}": {**options, "color_scheme": scheme}
    for width, options in (("desktop", DESKTOP), ("phone", PHONE))
    for scheme in ("light", "dark")
}
MOST_BYTES = 250_000
# Waits until fonts and pictures are drawn and short movements are over.
SETTLE = """async () => {
    await document.fonts.ready;
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    const short = (one) => one.effect.getComputedTiming().endTime < 2000;
    await Promise.all(document.getAnimations().filter(short).map((one) => one.finished));
}"""

Prepare = Callable[[Page], Awaitable[Any]]


async def take(
    browser: Browser,
    address: str,
    name: str,
    path: str,
    prepare: Prepare | None = None,
    *,
    whole: bool | None = None,
) -> None:
    """One page in every variant.

    prepare: what is done in it first. whole: beyond the window; unless said, on a phone alone.
    """
    await asyncio.gather(
        *(
            take_variant(browser, address, f"{name}-{variant}", path, options, prepare, whole)
            for variant, options in VARIANTS.items()
        )
    )


async def take_variant(
    browser: Browser,
    address: str,
    name: str,
    path: str,
    options: dict[str, Any],
    prepare: Prepare | None,
    whole: bool | None,
) -> None:
    """One page in one variant."""
    async with opened(browser, address, options) as page:
        await page.goto(path)
        if prepare is not None:
            await prepare(page)
        await page.evaluate(SETTLE)
        whole = "is_mobile" in options if whole is None else whole
        if whole and await page.locator(".nav").count():
            # A picture beyond the window would have the fixed bars across its middle.
            height = await page.evaluate("document.documentElement.scrollHeight")
            width = options["viewport"]["width"]
            await page.set_viewport_size({"width": width, "height": height})
            await page.evaluate(SETTLE)
        picture = await page.screenshot(full_page=whole)
    await asyncio.to_thread(save, picture, FOLDER / f"{name}.png")


@asynccontextmanager
async def opened(browser: Browser, address: str, options: dict[str, Any]) -> AsyncIterator[Page]:
    """A page in a browser of its own."""
    context = await browser.new_context(base_url=f"{address}/", **options)
    context.set_default_timeout(WAIT_MILLISECONDS)
    yield await context.new_page()
    await context.close()


def save(screenshot: bytes, path: Path) -> None:
    """Write a picture with as many colours, and as large, as its size in bytes allows."""
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    colours = 256
    while True:
        packed = io.BytesIO()
        few = picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST_BYTES:
            path.write_bytes(packed.getvalue())
            return
        if colours > 64:
            colours //= 2
        else:
            size = (round(picture.width * 0.85), round(picture.height * 0.85))
            picture = picture.resize(size, Image.Resampling.LANCZOS)
