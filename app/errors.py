"""Errors that carry a sentence for the person at the screen."""


class PlaygroundError(Exception):
    """Something a person can be told: `str(error)` is a sentence without a token or a path."""

    status = 500
    code = "error"


class InvalidSettings(PlaygroundError):
    """A setting has a value the playground cannot start with."""

    code = "invalid_settings"


class NotFound(PlaygroundError):
    """Nothing is kept under this address, or it is somebody else's."""

    status = 404
    code = "not_found"


class Conflict(PlaygroundError):
    """The thing has moved on: what was asked for is no longer possible."""

    status = 409
    code = "conflict"


class Forbidden(PlaygroundError):
    """The request is refused for where it comes from or who asks."""

    status = 403
    code = "forbidden"


class TooLarge(PlaygroundError):
    """The request is larger than this address takes."""

    status = 413
    code = "too_large"


class Unavailable(PlaygroundError):
    """The database or the storage cannot be reached at the moment."""

    status = 503
    code = "unavailable"
