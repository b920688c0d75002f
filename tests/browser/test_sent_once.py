"""One press, or two: one run."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, form_of, prompt_box, run, run_button, shown, until
from tests.support.playground import FLASH


async def test_a_double_click_makes_one_run(page: Page, site: Site) -> None:
    prompt = "pressed twice [takes 0]"
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill(prompt)

    await run_button(page).dblclick()
    await until(page, "completed")

    assert len(site.accepted(prompt)) == 1


async def test_a_double_click_without_scripts_makes_one_run(visit: Visit, site: Site) -> None:
    page = await visit(java_script_enabled=False)
    prompt = "pressed twice without scripts [takes 0]"
    await page.goto(form_of(FLASH))
    await prompt_box(page).fill(prompt)

    await run_button(page).dblclick()
    await expect(shown(page, "completed")).to_be_visible()

    assert len(site.accepted(prompt)) == 1


async def test_reloading_the_page_of_a_run_goes_on_with_it(page: Page, site: Site) -> None:
    prompt = "reloaded midway [held]"
    await run(page, prompt)
    await until(page, "queued")
    await site.go_on(prompt)
    await until(page, "running")

    await page.reload()
    await site.go_on(prompt)
    await until(page, "completed")

    assert len(site.accepted(prompt)) == 1


async def test_going_back_and_forth_sends_nothing(page: Page, site: Site) -> None:
    prompt = "back and forth [takes 0]"
    await run(page, prompt)
    await until(page, "completed")

    # Not playwright's own way back, which waits for a load that may be cut short by the next.
    await page.evaluate("history.back()")
    await expect(shown(page, "completed")).to_have_count(0)
    await expect(prompt_box(page)).to_be_visible()
    await page.evaluate("history.forward()")
    await until(page, "completed")

    assert len(site.accepted(prompt)) == 1


async def test_two_tabs_with_the_same_form_make_two_runs(page: Page, site: Site) -> None:
    prompt = "in two tabs [takes 1]"
    other = await page.context.new_page()
    for tab in (page, other):
        await tab.goto(form_of(FLASH))
        await prompt_box(tab).fill(prompt)

    for tab in (page, other):
        await run_button(tab).click()
    for tab in (page, other):
        await until(tab, "completed")

    assert page.url != other.url
    assert len(site.accepted(prompt)) == 2


async def test_run_again_makes_a_second_run_with_a_new_seed(page: Page, site: Site) -> None:
    prompt = "and once more [takes 0]"
    first_id = await run(page, prompt)
    await until(page, "completed")

    await run_button(page).click()
    await expect(page.locator(f"#shown [data-run]:not([data-run='{first_id}'])")).to_be_visible()
    await until(page, "completed")

    first, second = site.accepted(prompt)
    assert first["seed"] != second["seed"]
