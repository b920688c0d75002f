"""A form as a browser without JavaScript reads it: which pairs it would post."""

from collections.abc import Iterable
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]
_UNPOSTED = ("submit", "button", "reset", "image", "file")


def posted_by(markup: str, target: str | None = None) -> Pairs:
    """The pairs that the controls of a page post, untouched.

    target: how the address of the form that is meant ends; None takes every control.
    """
    reader = _Reader(target)
    reader.feed(markup)
    reader.close()
    return reader.pairs


def filled(pairs: Pairs, changes: Iterable[Iterable[str]]) -> Pairs:
    """The same pairs with those of some names given anew."""
    anew = [(name, text) for name, text in changes]
    names = {name for name, _ in anew}
    return [pair for pair in pairs if pair[0] not in names] + anew


class _Reader(HTMLParser):
    def __init__(self, target: str | None) -> None:
        super().__init__()
        self.pairs: Pairs = []
        self._target = target
        self._meant = target is None
        self._inert = 0
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._inert += 1
        elif tag == "form" and self._target is not None:
            self._meant = given.get("action", "").endswith(self._target)
        if self._inert or not self._meant or "disabled" in given:
            return
        if tag == "input":
            self._read_input(given)
        elif tag == "textarea" and "name" in given:
            self._area = given["name"], []
        elif tag == "select":
            self._select, self._options = given.get("name", ""), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))

    def _read_input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        ticked = kind not in ("radio", "checkbox") or "checked" in given
        if "name" in given and ticked and kind not in _UNPOSTED:
            self.pairs.append((given["name"], given.get("value", "on")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._inert -= 1
        elif tag == "form" and self._target is not None:
            self._meant = False
        elif tag == "textarea" and self._area is not None:
            # A browser drops the first line end of a text area.
            self.pairs.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select and self._options:
            chosen = [value for value, selected in self._options if selected]
            self.pairs.append((self._select, (chosen or [self._options[0][0]])[-1]))
            self._select = ""
