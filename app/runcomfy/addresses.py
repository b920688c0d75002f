"""Which addresses outputs may be fetched from."""

import re
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeAlias

import httpx

from app.runcomfy.trouble import CannotFetch

# The hosts that RunComfy's own clients accept (runcomfy-cli src/download.rs).
FILE_HOST = re.compile(r"([a-z0-9-]+\.)+runcomfy\.(net|com)")

Origin: TypeAlias = tuple[str, str, int | None]


def origin_of(address: httpx.URL) -> Origin:
    """Scheme, host and port; the port is None where it is the scheme's own."""
    return address.scheme, address.raw_host.decode().lower(), address.port


def allowed_address(url: str, own_origin: Origin | None) -> httpx.URL | None:
    """Read an address that may be fetched; None for every other.

    own_origin: that of a base URL on this machine, else None.
    """
    # Read once, by the library that will connect: two readers may see two hosts.
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):  # ValueError: half a character pair
        return None
    if address.userinfo:
        return None
    scheme, host, port = origin = origin_of(address)
    if own_origin is not None and origin == own_origin:
        return address
    # httpx leaves out the scheme's own port, so None is 443.
    fits = scheme == "https" and port is None and FILE_HOST.fullmatch(host) is not None
    return address if fits else None


async def refuse_inner_addresses(event: str, info: dict[str, Any]) -> None:
    """Hang up on a machine of an inner network before it is sent a byte, TLS included.

    A hook for httpx's `trace`: a name is checked where it led, not by asking for it twice.
    """
    if event != "connection.connect_tcp.complete":
        return
    stream = info["return_value"]
    host = stream.get_extra_info("server_addr")[0]
    if not is_public(host):
        await stream.aclose()
        raise CannotFetch("The file's server lies inside this network.", passing=False)


def is_public(host: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast
