"""What browser tests are given: a running site, and pages on which nothing may go wrong unseen."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Request

from tests.browser.site import Site
from tests.support.watching import Troubles

Visit = Callable[..., Awaitable[Page]]
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that most tests share; each tells its own runs by their prompts."""
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        site.start()
        yield site
    finally:
        site.kill()


@pytest.fixture
async def visit(
    browser: Browser, troubles: Troubles, request: pytest.FixtureRequest
) -> AsyncIterator[Visit]:
    """Open a page in a browser of its own: `await visit(address, **options of the context)`.

    The test fails at its end if anything went wrong in such a page, or if one has asked any
    other host than the one visited.
    """
    foreign: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_page(address: str | None = None, **options: Any) -> Page:
            address = address or request.getfixturevalue("site").address
            options = {"viewport": DESKTOP, **options}
            context = await browser.new_context(base_url=f"{address}/", **options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(20_000)

            def note(asked: Request) -> None:
                if asked.url.startswith("http") and not _same_host(asked.url, address):
                    foreign.append(asked.url)

            context.on("request", note)
            page = await context.new_page()
            troubles.watch(page)
            return page

        yield open_page
    assert troubles.unexpected == []
    assert foreign == []


@pytest.fixture
async def page(visit: Visit) -> Page:
    """A page of the shared site, at the width of a desk."""
    return await visit()


def _same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc
