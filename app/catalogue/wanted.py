"""What is asked of the list of models, as its address says it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from app.catalogue.kinds import MAKES, TAKES
from app.errors import PlaygroundError

SORTS = {
    "": "Most used here",
    "cheapest": "Cheapest first",
    "fastest": "Fastest first",
    "name": "Name",
}
SHOWN = {"new": "New", "changed": "Changed", "removed": "Removed", "pinned": "Pinned"}
PRICES = {
    "": "Any price",
    "known": "Price known",
    "0.01": "Up to $0.01",
    "0.05": "Up to $0.05",
    "0.25": "Up to $0.25",
    "1": "Up to $1",
}
_LONGEST = 300
_MOST_PAGES = 1000


_CHOICES: dict[str, Collection[str]] = {
    "takes": TAKES,
    "makes": MAKES,
    "price": PRICES,
    "show": SHOWN,
    "sort": SORTS,
}


class NoSuchChoice(PlaygroundError):
    """The list of models cannot be narrowed or put in order like that."""

    status = 422
    code = "no_such_choice"

    def __init__(self, name: str, value: str) -> None:
        known = ", ".join(choice for choice in _CHOICES[name] if choice)
        super().__init__(f"“{value[:100]}” is nothing to choose for {name}. There are: {known}.")


@dataclass(frozen=True)
class Wanted:
    """Words to find, what to narrow the list to, its order and the page of it; empty is any."""

    q: str = ""
    kind: str = ""
    takes: str = ""
    makes: str = ""
    price: str = ""
    show: str = ""
    sort: str = ""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order and the page is asked for."""
        return replace(self, sort="", page=1) != Wanted()

    @property
    def most_usd(self) -> Decimal | None:
        """The highest price, or None."""
        return Decimal(self.price) if self.price not in ("", "known") else None

    def query(self, **changes: Any) -> str:
        """The address's query with some of it changed: `?q=flux&page=2`, or nothing."""
        said = {**asdict(self), "page": "", **changes}
        filled = {name: value for name, value in said.items() if value}
        return f"?{urlencode(filled)}" if filled else ""


def wanted_in(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what means nothing here is left out."""
    page = query.get("page", "")
    chosen = {name: query[name] for name, known in _CHOICES.items() if query.get(name) in known}
    wanted = asked(query.get("q", ""), query.get("kind", ""), chosen)
    if not (page.isascii() and page.isdigit()):
        return wanted
    return replace(wanted, page=max(1, min(int(page[:9]), _MOST_PAGES)))


def asked(q: str, kind: str, chosen: Mapping[str, str]) -> Wanted:
    """What a command asks for. Raises NoSuchChoice for what means nothing here."""
    for name, value in chosen.items():
        if value and value not in _CHOICES[name]:
            raise NoSuchChoice(name, value)
    return Wanted(
        q=" ".join(q[:_LONGEST].split()),
        kind=kind[:_LONGEST],
        takes=chosen.get("takes", ""),
        makes=chosen.get("makes", ""),
        price=chosen.get("price", ""),
        show=chosen.get("show", ""),
        sort=chosen.get("sort", ""),
    )
