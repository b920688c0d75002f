"""Addresses of pictures, videos and sounds: RunComfy fetches them, or they are kept here."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.inputs.field import Field
from app.inputs.words import Problem, problem, quote

LONGEST_ADDRESS = 4_000

_INSIDE = ("localhost", ".local", ".internal", ".home.arpa")

_REFERENCE = re.compile(r"media:([0-9A-HJKMNP-TV-Z]{26})")
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


def address_problem(
    field: Field, address: str, allowed_origin: str | None, row: int | None = None
) -> Problem | None:
    """What is wrong with an address; None when it can be handed to RunComfy.

    allowed_origin: where plain http is accepted too, such as `http://127.0.0.1:8188`, or None.
    """
    found = None if named_by(address) else _fault(address, allowed_origin)
    return problem(field, found[0], found[1], row) if found else None


def fault_of(address: str, allowed_origin: str | None) -> str | None:
    """What is wrong with an address, in a sentence; None when nothing can be told from its text."""
    found = _fault(address, allowed_origin)
    return found and found[0]


def reference_to(media_id: str) -> str:
    """How an input names a file that is kept here."""
    return f"media:{media_id}"


def named_by(address: str) -> str | None:
    """The id of the kept file that an input names; None for any other address."""
    found = _REFERENCE.fullmatch(address)
    return found and found[1]


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
    if parts.scheme == "https" and _is_inside(host):
        return (
            f"{quote(host)} is a machine inside a network, which RunComfy cannot reach. Choose the"
            " file itself instead.",
            "leads inside a network",
        )
    return None if parts.scheme == "https" else _no_address(address)


def _is_inside(host: str) -> bool:
    """Whether the host's name alone tells that it is not on the open internet."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.rstrip(".").endswith(_INSIDE) or "." not in host.rstrip(".")


def _no_address(address: str) -> tuple[str, str]:
    said = f"{quote(address)} is not an address. Use one that begins with https://."
    return said, "is not an address"
