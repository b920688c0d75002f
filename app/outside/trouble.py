"""Why something at an address could not be had."""

from app.errors import PlaygroundError


class CannotFetch(PlaygroundError):
    """Something at an address could not be had. passing: asking for it again may help."""

    status = 502
    code = "cannot_fetch"

    def __init__(self, reason: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing


class LeadsInside(CannotFetch):
    """An address leads to a machine inside this network."""

    def __init__(self) -> None:
        super().__init__(
            "That address leads to a machine inside this network, which is not asked.",
            passing=False,
        )
