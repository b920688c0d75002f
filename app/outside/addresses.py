"""Where an address leads, and which machines are never asked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

import httpx

from app.outside.trouble import LeadsInside

Origin: TypeAlias = tuple[str, str, int | None]
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

# How a network without IPv4 writes the addresses of one: the last four bytes are what is asked.
_NAT64 = IPv6Network("64:ff9b::/96")
# Of a name's machines, so many are tried in turn.
_TRIED = 4


def origin_of(address: httpx.URL) -> Origin:
    """Scheme, host and port; the port is None where it is the scheme's own."""
    return address.scheme, address.raw_host.decode().lower(), address.port


def read_address(url: str) -> httpx.URL | None:
    """Read an address; None for what is none, or holds a name or a password."""
    # Read once, by the library that will connect: two readers may see two hosts.
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):  # ValueError: half a character pair
        return None
    return None if address.userinfo or not address.raw_host else address


def is_usual_https(address: httpx.URL) -> bool:
    """Whether it is https at its own port; httpx leaves that out."""
    return address.scheme == "https" and address.port is None


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a name, the likeliest first. Raises OSError when there is none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def public_machines(host: str, port: int, resolve: Resolve) -> list[str]:
    """The IP addresses behind a host. Raises LeadsInside when any lies in an inner network.

    One inner address spoils the rest: no honest name has both.
    """
    found = await resolve(host, port)
    if not found or not all(is_public(machine) for machine in found):
        raise LeadsInside
    return found[:_TRIED]


def is_public(host: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast
