"""What a chore says while it works: lines to keep, and how far it has come."""

import sys
import time
from collections.abc import Callable

from app.web.words import size

_OFTEN_SECONDS = 0.25


class Telling:
    """Says lines, and shows on a terminal how much is done."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """say: takes a line."""
        self._say = say
        self._shown = sys.stderr.isatty()
        self._last = 0.0
        self._of_files = self._files = 0
        self._of_bytes = self._bytes = 0
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return round(time.monotonic() - self.started, 1)

    def say(self, line: str) -> None:
        """Say a line."""
        self._clear()
        self._say(line)

    def expect(self, files: int, size_bytes: int) -> None:
        """How much there is to do."""
        self._of_files, self._of_bytes = files, size_bytes
        self._files = self._bytes = 0

    def done(self, files: int, size_bytes: int) -> None:
        """So much more is done."""
        self._files += files
        self._bytes += size_bytes
        if self._shown and time.monotonic() - self._last > _OFTEN_SECONDS:
            self._last = time.monotonic()
            far = f"{self._files:,} of {self._of_files:,} files"
            sys.stderr.write(f"\r\x1b[K{far}, {size(self._bytes)} of {size(self._of_bytes)}")
            sys.stderr.flush()

    def _clear(self) -> None:
        if self._shown and self._last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
