"""Runs that fail, are cancelled or stay in doubt: what is said, and what can be done."""

import asyncio

from playwright.async_api import Page, Route, expect

from tests.browser.site import Site, prompt_box, run, run_button, shown, until


async def test_a_failed_run_shows_runcomfys_own_words_and_a_new_seed_can_be_tried(
    page: Page, site: Site
) -> None:
    prompt = "a failing run [takes 0] [nsfw]"
    await run(page, prompt)
    failed = await until(page, "failed")

    await expect(failed.locator(".words")).to_have_text(
        "NSFW content detected in output image. Request blocked by safety checker."
    )
    await failed.get_by_role("link", name="Try a new seed").click()
    await expect(prompt_box(page)).to_have_value(prompt)
    await expect(page.get_by_role("textbox", name="Seed")).to_have_value("")
    await prompt_box(page).fill("a run that works [takes 0]")
    await run_button(page).click()
    await until(page, "completed")

    [first], [second] = site.accepted(prompt), site.accepted("a run that works [takes 0]")
    assert first["seed"] != second["seed"]


async def test_a_queued_run_can_be_cancelled_and_costs_nothing(page: Page) -> None:
    await run(page, "thought better of it [held]")
    queued = await until(page, "queued")
    held = await queued.locator(".frame").bounding_box()

    await queued.get_by_role("button", name="Cancel").click()

    cancelled = await until(page, "cancelled")
    await expect(cancelled).to_contain_text("Cancelled while queued. Nothing was charged.")
    assert await cancelled.locator(".frame").bounding_box() == held


async def test_cancelling_takes_back_the_question_that_is_on_its_way(page: Page) -> None:
    await run(page, "cancelled while it was asked after [held]")
    queued = await until(page, "queued")
    # The answer to the next question never comes.
    asked = asyncio.Event()

    def never(route: Route) -> None:
        asked.set()

    await page.route("**/runs/*?seen=*", never)
    async with asyncio.timeout(30):
        await asked.wait()

    async with page.expect_event("requestfailed", lambda request: "seen=" in request.url):
        await queued.get_by_role("button", name="Cancel").click()

    await until(page, "cancelled")


async def test_a_running_run_offers_no_cancel(page: Page, site: Site) -> None:
    prompt = "under way [held]"
    await run(page, prompt)
    await until(page, "queued")
    await site.go_on(prompt)

    running = await until(page, "running")

    await expect(running.get_by_role("button", name="Cancel")).to_have_count(0)


async def test_a_run_in_doubt_is_sent_again_only_when_a_person_says_so(
    page: Page, site: Site
) -> None:
    prompt = "an answer that was lost [takes 0] [lost answer]"
    first_id = await run(page, prompt)
    unknown = await until(page, "unknown")
    await expect(unknown).to_contain_text("RunComfy may have this run. We cannot tell.")
    await expect(unknown).to_contain_text("It will not be sent again unless you say so.")
    assert len(site.accepted(prompt)) == 1

    await unknown.get_by_text("Send it again", exact=True).click()
    await expect(unknown).to_contain_text("both are charged: $0.01 in all")
    assert len(site.accepted(prompt)) == 1
    await unknown.get_by_role("button", name="Yes, send it a second time").click()
    await expect(page.locator(f"#shown [data-run]:not([data-run='{first_id}'])")).to_be_visible()
    await until(page, "unknown")

    assert len(site.accepted(prompt)) == 2


async def test_a_run_in_doubt_can_be_left(page: Page, site: Site) -> None:
    prompt = "an answer lost and left [takes 0] [lost answer]"
    await run(page, prompt)
    unknown = await until(page, "unknown")

    await unknown.get_by_role("button", name="Leave it").click()

    await until(page, "failed")
    assert len(site.accepted(prompt)) == 1


async def test_a_request_found_at_runcomfy_is_gone_on_with(page: Page, site: Site) -> None:
    prompt = "found at RunComfy [takes 0] [lost answer]"
    await run(page, prompt)
    unknown = await until(page, "unknown")

    await unknown.get_by_text("I found its request id").click()
    await unknown.get_by_role("textbox", name="Request id").fill(site.request_ids(prompt)[0])
    await unknown.get_by_role("button", name="Attach").click()

    await until(page, "completed")
    assert len(site.accepted(prompt)) == 1


async def test_markup_in_a_prompt_stays_text_everywhere(page: Page) -> None:
    prompt = "<img src=x onerror=alert(1)> {{ 7*7 }} “quoted” 😀 مرحبا [takes 0]"
    await run(page, prompt)
    await until(page, "completed")

    picture = shown(page, "completed").locator(".frame img")
    await expect(picture).to_have_attribute("alt", prompt)
    await expect(page.locator("#shown .prompt")).to_have_text(prompt)
    await page.goto("gallery")
    await expect(page.get_by_role("img", name=prompt)).to_be_visible()
