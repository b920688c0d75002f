"""The keyboard alone: all is reached in a sensible order, seen when reached, and has its key."""

from playwright.async_api import Page, expect

from tests.browser.site import Site, form_of, prompt_box, run, run_button, until
from tests.support.playground import FLASH

# What has the focus, and whether a person can see that it has: a ring or a drawn edge on the
# element or on the label drawn in its place.
FOCUSED = """() => {
    const focused = document.activeElement;
    const seen = [focused, focused.closest("label")].some((one) => {
      const style = one && getComputedStyle(one);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const words = focused.getAttribute("aria-label") ?? focused.labels?.[0]?.textContent
      ?? focused.textContent;
    return [words.trim().replace(/\\s+/g, " "), seen, focused.getBoundingClientRect().height > 0];
}"""


async def test_tab_goes_through_the_page_in_order_and_the_focus_is_seen(page: Page) -> None:
    await page.goto(form_of(FLASH))
    reached = []
    while "Run Ctrl ↵" not in reached:
        await page.keyboard.press("Tab")
        words, seen, has_place = await page.evaluate(FOCUSED)
        assert seen, f"the focus on “{words}” cannot be seen"
        assert has_place
        reached.append(words)
        assert len(reached) < 40, reached

    expected = [
        "Skip to content",
        "Playground",
        "Models",
        "Gallery",
        "Search models/",
        "Prompt",
        "Guidance scale",
        "Seed",
        "4:3 landscape_4_3",
        "PNG",
        "Run Ctrl ↵",
    ]
    assert [words for words in dict.fromkeys(reached) if words in expected] == expected


async def test_the_whole_job_by_keys_alone(page: Page, site: Site) -> None:
    prompt = "made by keys alone [takes 0]"
    await page.goto("")
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await expect(page).to_have_url(f"{site.address}/models")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("flash")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.address}/{form_of(FLASH)}")
    await tab_to(page, "Prompt")
    await page.keyboard.type(prompt)

    await page.keyboard.press("Control+Enter")
    await until(page, "completed")
    await page.keyboard.press("Tab")
    await run_button(page).blur()
    await page.keyboard.press("g")
    await page.keyboard.press("g")
    await expect(page).to_have_url(f"{site.address}/gallery")

    assert len(site.accepted(prompt)) == 1


async def test_the_lightbox_is_leafed_through_used_and_closed_by_keys(
    page: Page, site: Site
) -> None:
    older = "leafed through, the older [takes 0]"
    newer = "leafed through, the newer [takes 0]"
    for prompt in (older, newer):
        await run(page, prompt)
        await until(page, "completed")
    await page.goto("gallery")
    await enlarge(page, newer)

    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("dialog", name=older)).to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("dialog", name=newer)).to_be_visible()
    panel = page.locator(".lb aside")
    await page.keyboard.press("i")
    await expect(panel).to_be_hidden()
    await page.keyboard.press("i")
    await expect(panel).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{site.address}/gallery")
    await enlarge(page, older)
    await page.keyboard.press("u")
    await expect(prompt_box(page)).to_have_value(older)


async def enlarge(page: Page, prompt: str) -> None:
    """Open a picture of the gallery large, with its scripts running: keys work only then."""
    await page.get_by_role("img", name=prompt).click()
    await expect(page.get_by_role("dialog", name=prompt)).to_be_visible()
    await page.wait_for_load_state("domcontentloaded")


async def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(page: Page) -> None:
    await page.goto("")
    keys = page.get_by_role("dialog", name="Keys")

    await page.keyboard.press("?")
    await expect(keys).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(keys).to_be_hidden()


async def test_single_keys_do_nothing_while_typing(page: Page, site: Site) -> None:
    await page.goto(form_of(FLASH))

    await prompt_box(page).press_sequentially("gm g? / gg")

    await expect(prompt_box(page)).to_have_value("gm g? / gg")
    await expect(page).to_have_url(f"{site.address}/{form_of(FLASH)}")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until the element with these words has the focus."""
    reached = []
    while words not in reached:
        await page.keyboard.press("Tab")
        reached.append((await page.evaluate(FOCUSED))[0])
        assert len(reached) < 40, reached
