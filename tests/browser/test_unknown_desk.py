"""The unknown desk in a browser: with scripts and without, by keyboard, on a desk and a phone."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, run, until
from tests.support.watching import Troubles

DESK = "runs?state=unknown"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
# What a screen reader would be told wrongly, or not at all.
SPOKEN = """() => {
    const named = (one) => one.labels?.length || one.ariaLabel || one.textContent.trim();
    const ids = [...document.querySelectorAll("main [id]")].map((one) => one.id);
    const missing = ["aria-describedby", "aria-labelledby"]
      .flatMap((name) => [...document.querySelectorAll(`main [${name}]`)]
        .flatMap((one) => one.getAttribute(name).split(" ")))
      .filter((id) => id && !document.getElementById(id));
    return {
      unnamed: [...document.querySelectorAll("main :is(button, input:not([type=hidden]), summary)")]
        .filter((one) => !named(one)).map((one) => one.outerHTML),
      twice: ids.filter((id, at) => ids.indexOf(id) !== at),
      missing,
      headings: document.querySelectorAll("h1").length,
      wide: document.documentElement.scrollWidth > innerWidth,
    };
}"""
FINE = {"unnamed": [], "twice": [], "missing": [], "headings": 1, "wide": False}


async def card(page: Page, prompt: str) -> Locator:
    """A run's card on the desk, open in the browser."""
    await page.goto(DESK)
    found = page.locator(".case", has_text=prompt)
    await expect(found).to_be_visible()
    return found


async def lose(page: Page, prompt: str) -> None:
    """Make a run in doubt."""
    await run(page, prompt)
    await until(page, "unknown")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
async def test_the_desk_is_spoken_fits_and_takes_a_request_id_by_keyboard(
    visit: Visit, site: Site, options: dict[str, object], troubles: Troubles
) -> None:
    page = await visit(**options)
    prompt = f"found from the desk {bool(options)} [takes 0] [lost answer]"
    await lose(page, prompt)
    troubles.expect("status of 422")

    found = await card(page, prompt)
    assert await page.evaluate(SPOKEN) == FINE
    typed = found.get_by_role("textbox", name=re.compile("Request id"))
    await typed.fill("not an id")
    await typed.press("Enter")
    await expect(found.locator(".err")).to_contain_text("A request id is one word")
    await expect(typed).to_have_value("not an id")
    await expect(typed).to_be_focused()
    assert await page.evaluate(SPOKEN) == FINE
    await typed.fill(site.request_ids(prompt)[0])
    await typed.press("Enter")

    told = page.get_by_role("status").filter(has_text="Attached.")
    await expect(told).to_be_focused()
    await told.get_by_role("link", name="Show the run").click()
    await until(page, "completed")
    assert len(site.accepted(prompt)) == 1


async def test_sending_again_is_confirmed_first_without_scripts_too(
    visit: Visit, site: Site
) -> None:
    page = await visit()
    prompt = "twice from the desk [takes 0] [lost answer]"
    await lose(page, prompt)
    plain = await visit(java_script_enabled=False)

    found = await card(plain, prompt)
    sure = found.get_by_role("button", name="Yes, send it a second time")
    await expect(sure).to_be_hidden()
    await found.locator("summary").focus()
    await plain.keyboard.press("Enter")
    await expect(found).to_contain_text("both are charged: $0.01 in all")
    assert len(site.accepted(prompt)) == 1
    await sure.click()

    told = plain.get_by_role("status").filter(has_text="Sent again.")
    await told.get_by_role("link", name="Show the new run").click()
    await expect(plain.locator(".sent")).to_contain_text(
        "Sent again in the place of a run in doubt"
    )
    await expect(plain.locator("[data-run]")).to_have_attribute("data-state", "unknown")
    assert len(site.accepted(prompt)) == 2


async def test_a_wrong_request_id_is_kept_without_scripts(visit: Visit, troubles: Troubles) -> None:
    troubles.expect("status of 422")
    page = await visit()
    prompt = "wrong without scripts [takes 0] [lost answer]"
    await lose(page, prompt)
    plain = await visit(java_script_enabled=False)
    found = await card(plain, prompt)

    await found.get_by_role("textbox", name=re.compile("Request id")).fill("not an id")
    await found.get_by_role("button", name="Attach").click()

    again = plain.locator(".case", has_text=prompt)
    await expect(again.locator(".err")).to_contain_text("A request id is one word")
    await expect(again.get_by_role("textbox")).to_have_value("not an id")
    await again.get_by_role("button", name="Write it off").click()
    await expect(plain.get_by_role("status").filter(has_text="Written off.")).to_be_visible()
