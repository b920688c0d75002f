"""The form page in Chromium: what it weighs, how it moves, and how soon it answers a key."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from bench import processes
from bench.figures import Figure
from bench.processes import FLASH
from tests.support.chromium import launch_options

_BYTES_LIMIT_KB, _REQUESTS_LIMIT = 100.0, 8
_REPEAT_BYTES_LIMIT_KB, _REPEAT_REQUESTS_LIMIT = 8.0, 1
_SHIFT_LIMIT = 0.01
_EVENT_LIMIT_MS = 64.0
_SETTLED_MS = 800
_TYPED = "a yellow cup on a blue table"

# Watches from before the first byte: shifts and the largest paint, and later each slow event.
_WATCH = """
window.seen = {shift: 0, largest: 0, event: 0};
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) seen.shift += entry.value;
})).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  seen.largest = entry.startTime;
})).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (entry.interactionId) seen.event = Math.max(seen.event, entry.duration);
})).observe({type: 'event', durationThreshold: 16, buffered: true});
"""


@dataclass
class _Traffic:
    """What one visit has brought over the wire, headers included."""

    hosts: set[str] = field(default_factory=set)
    requests: int = 0
    bytes: float = 0.0
    from_cache: set[str] = field(default_factory=set)


def measure() -> list[Figure]:
    """Visit with an empty cache, type a prompt, and visit again."""
    with (
        processes.folder() as home,
        processes.double(home, files=processes.empty(home), service_seconds=1) as double,
        processes.playground(home, double_port=double) as server,
    ):
        return asyncio.run(_visits(f"{server.address}/models/{FLASH}"))


async def _visits(address: str) -> list[Figure]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        try:
            await _warm_up(browser, address)
            context = await browser.new_context()
            await context.add_init_script(_WATCH)
            first, seen = await _visit(context, address, typed=_TYPED)
            again, _ = await _visit(context, address, typed="")
        finally:
            await browser.close()
    foreign = len(first.hosts - {urlsplit(address).netloc})
    return [
        Figure("form page, bytes", first.bytes / 1000, "KB", _BYTES_LIMIT_KB),
        Figure("form page, requests", first.requests, "", _REQUESTS_LIMIT),
        Figure("form page, other hosts", foreign, "", 0),
        Figure("form page again, bytes", again.bytes / 1000, "KB", _REPEAT_BYTES_LIMIT_KB),
        Figure("form page again, requests", again.requests, "", _REPEAT_REQUESTS_LIMIT),
        Figure("layout shift", seen["shift"], "", _SHIFT_LIMIT),
        Figure("largest paint", seen["largest"], "ms"),
        Figure("slowest event", seen["event"], "ms", _EVENT_LIMIT_MS),
    ]


async def _warm_up(browser: Browser, address: str) -> None:
    """A visit that does not count: the browser's own first page costs more than ours."""
    page = await browser.new_page()
    await page.goto(address)
    await page.close()


async def _visit(
    context: BrowserContext, address: str, *, typed: str
) -> tuple[_Traffic, dict[str, Any]]:
    page = await context.new_page()
    traffic = _Traffic()
    await _count(await context.new_cdp_session(page), traffic)
    await page.goto(address, wait_until="load")
    await page.wait_for_timeout(_SETTLED_MS)
    # Typing saves a draft, which is no part of the page's weight.
    kept = _Traffic(set(traffic.hosts), traffic.requests, traffic.bytes)
    seen = await _type(page, typed)
    await page.close()
    return kept, seen


async def _type(page: Page, typed: str) -> dict[str, Any]:
    if typed:
        await page.locator("textarea[name=prompt]").click()
        await page.keyboard.type(typed, delay=30)
        await page.wait_for_timeout(_SETTLED_MS)
    seen: dict[str, Any] = await page.evaluate("window.seen")
    return seen


async def _count(session: CDPSession, traffic: _Traffic) -> None:
    def sent(event: dict[str, Any]) -> None:
        host = urlsplit(event["request"]["url"]).netloc
        if host:  # not a data: address
            traffic.hosts.add(host)
            traffic.requests += 1

    def from_memory(event: dict[str, Any]) -> None:
        cached(event["requestId"])

    def answered(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            cached(event["requestId"])

    def cached(request_id: str) -> None:
        # One may be told of twice: by the browser's memory and by its disk.
        if request_id not in traffic.from_cache:
            traffic.from_cache.add(request_id)
            traffic.requests -= 1

    def ended(event: dict[str, Any]) -> None:
        if event["requestId"] not in traffic.from_cache:
            traffic.bytes += event["encodedDataLength"]

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.requestServedFromCache", from_memory)
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", ended)
    await session.send("Network.enable")
