"""A page left open while its run goes on: nothing typed is disturbed, and nothing moves."""

from playwright.async_api import Page, Response, expect

from tests.browser.conftest import Visit
from tests.browser.site import (
    NOTE_SHIFTS,
    Site,
    check_nothing_moved,
    is_poll,
    prompt_box,
    run,
    until,
)

POLLS = 5
# How many of the page's questions were held back, as an attribute of the page.
NOTE_HELD_BACK = """
    let heldBack = 0;
    document.addEventListener("htmx:beforeRequest", (event) => queueMicrotask(() => {
      if (event.defaultPrevented) document.documentElement.dataset.heldBack = ++heldBack;
    }));
"""
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_typing_and_focus_survive_the_questions_of_an_open_page(
    page: Page, site: Site
) -> None:
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response) if is_poll(response) else None)
    prompt = "typed on meanwhile [held]"
    await run(page, prompt)
    await until(page, "queued")
    box = prompt_box(page)
    await box.evaluate("(box) => { box.sameElement = true; }")
    await box.fill("the next thou")
    await box.evaluate("(box) => box.setSelectionRange(4, 8)")

    while len(answers) < POLLS:
        await page.wait_for_event("response", is_poll)

    await site.go_on(prompt)
    await until(page, "running")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("the next thou")
    assert await box.evaluate("(box) => [box.selectionStart, box.selectionEnd]") == [4, 8]
    assert await box.evaluate("(box) => box.sameElement")


async def test_nothing_moves_on_a_phone(visit: Visit) -> None:
    page = await visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await page.add_init_script(NOTE_SHIFTS)
    await run(page, "nothing moves on a phone [takes 2]")
    done = await until(page, "completed")
    await done.locator(".frame img").evaluate("(image) => image.decode()")

    await check_nothing_moved(page)


async def test_no_page_moves_while_it_loads(page: Page) -> None:
    await page.add_init_script(NOTE_SHIFTS)
    await run(page, "something for the gallery [takes 0]")
    await until(page, "completed")

    for path in ("", "models", "gallery", page.url):
        await page.goto(path, wait_until="networkidle")
        await check_nothing_moved(page)


async def test_a_hidden_page_asks_nothing_and_asks_at_once_when_seen_again(
    page: Page, site: Site
) -> None:
    asked: list[str] = []
    await page.add_init_script(NOTE_HELD_BACK)
    prompt = "while nobody looks [held]"
    await run(page, prompt)
    await until(page, "queued")
    await page.evaluate(HIDE, True)
    page.on("request", lambda request: asked.append(request.url))

    await expect(page.locator("html")).to_have_attribute("data-held-back", "4", timeout=20_000)

    assert asked == []
    await site.go_on(prompt)
    await site.go_on(prompt)
    await page.evaluate(HIDE, False)
    await until(page, "completed")


async def test_an_ended_run_asks_no_more(page: Page) -> None:
    await run(page, "over and done [takes 0]")
    await until(page, "completed")

    assert await page.locator("[hx-trigger*=every]").count() == 0


async def test_two_tabs_follow_the_same_run(page: Page, site: Site) -> None:
    other = await page.context.new_page()
    prompt = "seen from two tabs [held]"
    await run(page, prompt)

    await other.goto(page.url)
    await until(other, "queued")
    await site.go_on(prompt)
    for tab in (page, other):
        await until(tab, "running")
    await site.go_on(prompt)

    for tab in (page, other):
        await until(tab, "completed")


async def test_changes_of_state_are_announced_once_each(page: Page, site: Site) -> None:
    await page.add_init_script(
        """
        window.announced = [];
        addEventListener("DOMContentLoaded", () => {
          const announcer = document.getElementById("announce");
          new MutationObserver(() => announced.push(announcer.textContent))
            .observe(announcer, { childList: true });
        });
        """
    )
    prompt = "announced [held]"
    await run(page, prompt)
    await until(page, "queued")
    await site.go_on(prompt)
    await until(page, "running")
    await site.go_on(prompt)
    await until(page, "completed")

    announced = await page.evaluate("announced")
    assert announced[-1] == "Done"
    assert "Running" in announced
    assert len(announced) == len(set(announced))
