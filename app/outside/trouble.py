"""Why something at an address could not be had."""

from app.errors import PlaygroundError


class CannotFetch(PlaygroundError):
    """Something at an address could not be had. passing: asking for it again may help.

    http_status: of the answer, where it was one that said no.
    """

    status = 502
    code = "cannot_fetch"

    def __init__(self, reason: str, *, passing: bool, http_status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.http_status = http_status


class LeadsInside(CannotFetch):
    """An address leads to a machine inside this network."""

    def __init__(self) -> None:
        super().__init__(
            "That address leads to a machine inside this network, which is not asked.",
            passing=False,
        )
