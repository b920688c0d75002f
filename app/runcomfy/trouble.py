"""What can go wrong between us and RunComfy, as typed errors that keep RunComfy's own words."""

from app.errors import PlaygroundError


class RunComfyTrouble(PlaygroundError):
    """RunComfy could not be asked, or did not give what was asked for.

    `words` are RunComfy's own where it had any, else ours; the token never stands in them.
    `http_status` is None when no answer came.
    """

    status = 502
    code = "runcomfy_trouble"

    def __init__(self, words: str, http_status: int | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.http_status = http_status


class NothingSent(RunComfyTrouble):
    """The connection was never made, so no byte of the paid request has left."""

    code = "nothing_sent"


class Refused(RunComfyTrouble):
    """RunComfy said no to the paid request: there is no run at RunComfy, and no cost."""

    code = "refused"

    def __init__(
        self,
        words: str,
        http_status: int,
        error_code: int | None,
        retry_after_seconds: float | None,
    ) -> None:
        super().__init__(words, http_status)
        self.error_code = error_code
        self.retry_after_seconds = retry_after_seconds


class Doubtful(RunComfyTrouble):
    """The paid request was or may have been sent, and nobody can say what became of it."""

    code = "doubtful"

    def __init__(self, words: str, http_status: int | None = None, excerpt: str = "") -> None:
        """excerpt: the start of the answer's text, at most 500 characters."""
        super().__init__(words, http_status)
        self.excerpt = excerpt


class Passing(RunComfyTrouble):
    """A question went without a usable answer; asking again later may give one."""

    code = "passing_trouble"

    def __init__(
        self,
        words: str,
        http_status: int | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(words, http_status)
        self.retry_after_seconds = retry_after_seconds


class Gone(RunComfyTrouble):
    """RunComfy itself says that it knows nothing under this name."""

    code = "gone"


class Failed(RunComfyTrouble):
    """RunComfy answered with an error code in place of a status or a result."""

    code = "run_failed"

    def __init__(self, words: str, http_status: int, error_code: int) -> None:
        super().__init__(words, http_status)
        self.error_code = error_code
