"""Addresses of pictures, videos and sounds that RunComfy fetches for itself."""

import re
from urllib.parse import urlsplit

from app.inputs.form import Field
from app.inputs.words import Problem, problem, quote

LONGEST_ADDRESS = 4_000

_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


def address_problem(
    field: Field, address: str, allowed_origin: str | None, row: int | None = None
) -> Problem | None:
    """What is wrong with an address; None when it can be handed to RunComfy.

    allowed_origin: where plain http is accepted too, such as `http://127.0.0.1:8188`, or None.
    """
    found = _fault(address, allowed_origin)
    return problem(field, found[0], found[1], row) if found else None


def _fault(address: str, allowed_origin: str | None) -> tuple[str, str] | None:
    lower = address[:8].lower()
    if lower.startswith("data:"):
        return (
            "A data address cannot be typed in. Use one that begins with https://.",
            "is a data address",
        )
    if len(address) > LONGEST_ADDRESS:
        return "This is too long for an address.", "is too long"
    try:
        parts = urlsplit(address)
        host, user = parts.hostname, parts.username
        origin = f"{parts.scheme}://{parts.netloc}"
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return _no_address(address)
    if not host or not port_is_sound or _UNFIT.search(address):
        return _no_address(address)
    if user is not None or "@" in parts.netloc:
        return (
            "An address must not hold a user name or password. Take out what stands before the @.",
            "holds a user name",
        )
    if allowed_origin and origin.lower() == allowed_origin.lower().rstrip("/"):
        return None
    if parts.scheme == "http":
        return (
            "Use an address that begins with https://. RunComfy fetches it, so plain http is not"
            " taken.",
            "does not begin with https://",
        )
    return None if parts.scheme == "https" else _no_address(address)


def _no_address(address: str) -> tuple[str, str]:
    said = f"{quote(address)} is not an address. Use one that begins with https://."
    return said, "is not an address"
