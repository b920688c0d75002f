"""Every page fits: phones, large text, dark; and asks nobody but its own server."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, form_of, prompt_box, run, run_button, send, shown, until
from tests.support.playground import EDIT, FLASH
from tests.support.watching import Troubles

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
# As wide as a window of 1440 whose text is shown at 200 %.
ENLARGED: dict[str, Any] = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}
PATHS = (
    "",
    "models",
    "models/import",
    "gallery",
    "operations",
    form_of(FLASH),
    form_of(EDIT),
    "models/nothing/here",
)
LONG_WORD = "a-very-long-word-that-cannot-be-broken-" * 4
ENDS = (("[takes 0]", "completed"), ("[takes 0] [nsfw]", "failed"), ("[lost answer]", "unknown"))
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DARK_GROUND = "rgb(18, 18, 18)"


async def test_nothing_sticks_out_sideways(visit: Visit, troubles: Troubles) -> None:
    troubles.expect("status of 404")
    page = await visit(**PHONE)
    addresses = [*PATHS]
    for end, state in ENDS:
        await run(page, f"{LONG_WORD} {end}")
        await until(page, state)
        addresses.append(page.url)
    await page.goto("gallery")
    await page.get_by_role("img", name=LONG_WORD[:40]).first.click()
    await page.get_by_role("dialog").wait_for()
    addresses.append(page.url)

    for options in (PHONE, NARROW, ENLARGED):
        page = await visit(**options)
        for address in addresses:
            await page.goto(address)
            assert await page.evaluate(OVERFLOW) <= 0, (address, options)


async def test_on_a_phone_the_picture_stands_above_the_form_and_run_is_in_sight(
    visit: Visit, site: Site
) -> None:
    page = await visit(**PHONE)
    prompt = "on a phone [held]"
    await page.goto(form_of(FLASH))
    assert await top(page, "#form") < await top(page, "#shown")
    await expect(run_button(page)).to_be_in_viewport()

    await prompt_box(page).fill(prompt)
    await send(page)
    await until(page, "queued")
    await site.go_on(prompt)
    await until(page, "running")

    assert await top(page, "#shown") < await top(page, "#form")
    await expect(shown(page, "running")).to_be_in_viewport()
    await expect(run_button(page)).to_be_in_viewport()
    await prompt_box(page).scroll_into_view_if_needed()
    bar = page.get_by_role("link", name="Running")
    await expect(bar).to_be_in_viewport()
    await site.go_on(prompt)
    await until(page, "completed")
    await page.get_by_role("link", name=re.compile(r"^Done\b")).click()
    await expect(shown(page, "completed").locator(".frame")).to_be_in_viewport(ratio=0.9)


async def test_the_focus_is_never_under_the_fixed_bars_of_a_phone(visit: Visit) -> None:
    page = await visit(**PHONE)
    await page.goto(form_of(EDIT))
    bar = await page.locator(".runbar").bounding_box()
    assert bar is not None

    for _ in range(30):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            """() => {
              const focused = document.activeElement;
              if (focused.closest("body, .runbar, .nav, .top, .skip").tagName !== "BODY") return;
              const { top, bottom } = focused.getBoundingClientRect();
              return [top, bottom, focused.outerHTML.slice(0, 80)];
            }"""
        )
        if focused is not None:
            assert focused[0] < bar["y"], focused
            assert focused[1] <= bar["y"] + 1, focused


async def test_the_dark_scheme_is_dark_throughout(visit: Visit) -> None:
    page = await visit(color_scheme="dark")
    for path in ("", "models", "gallery", form_of(FLASH)):
        await page.goto(path)
        ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert ground == DARK_GROUND, path
    ink = await page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(240, 240, 240)"


async def test_reduced_motion_fades_nothing(visit: Visit) -> None:
    page = await visit(reduced_motion="reduce")
    await run(page, "without motion [takes 0]")
    done = await until(page, "completed")

    await expect(done.locator(".frame img")).to_have_css("opacity", "1")
    names = await page.evaluate(
        "document.getAnimations().map((one) => one.animationName ?? one.transitionProperty)"
    )
    assert names == []


async def top(page: Page, selector: str) -> float:
    """Where an element begins, from the top of the page."""
    return float(
        await page.locator(selector).evaluate(
            "(element) => element.getBoundingClientRect().top + scrollY"
        )
    )
