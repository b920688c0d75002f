"""Which addresses outputs may be fetched from."""

import re

import httpx

from app.outside.addresses import Origin, is_usual_https, origin_of, read_address

# The hosts that RunComfy's own clients accept (runcomfy-cli src/download.rs).
FILE_HOST = re.compile(r"([a-z0-9-]+\.)+runcomfy\.(net|com)")


def allowed_address(url: str, own_origin: Origin | None) -> httpx.URL | None:
    """Read an address that may be fetched; None for every other.

    own_origin: that of a base URL on this machine, else None.
    """
    address = read_address(url)
    if address is None or origin_of(address) == own_origin:
        return address
    fits = is_usual_https(address) and FILE_HOST.fullmatch(origin_of(address)[1]) is not None
    return address if fits else None
