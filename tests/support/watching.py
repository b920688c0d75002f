"""What goes wrong in a page while nobody looks: errors in the console, requests that failed."""

import re

from playwright.async_api import ConsoleMessage, Page, Request, WebError

# A page that is left, or a picture that is replaced, takes its unfinished requests back.
TAKEN_BACK = "net::ERR_ABORTED"
# Leaving a page before its view transition has ended, which only skips the transition.
SKIPPED = "Transition was (aborted|skipped)"
# Leaving a page while it asks: HTMX takes its question back, and writes these two lines of it.
# One that failed is told by `htmx:sendError` too.
LEFT = r"htmx:(afterRequest|sendAbort)\b"


class Troubles:
    """All troubles of the pages watched, but those that the test expects."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self.seen: list[str] = []
        self._expected: list[re.Pattern[str]] = [re.compile(SKIPPED), re.compile(LEFT)]

    def expect(self, pattern: str) -> None:
        """Let troubles pass that hold a regular expression, such as `status of 422`."""
        self._expected.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        """The troubles that no expectation covers, in order."""
        return [t for t in self.seen if not any(found.search(t) for found in self._expected)]

    def watch(self, page: Page) -> None:
        """Collect whatever goes wrong in a page, and in those that it opens."""
        page.context.on("console", self._console)
        page.context.on("weberror", self._error)
        page.context.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self.seen.append(f"uncaught: {error.error}")

    def _failed(self, request: Request) -> None:
        if request.failure != TAKEN_BACK:
            self.seen.append(f"request failed: {request.method} {request.url}: {request.failure}")
