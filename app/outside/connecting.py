"""Connections to the open internet alone: a name is resolved once, checked, and that is used."""

import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

from app.outside.addresses import Resolve, public_machines


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Whose certificates are believed. Read once: that takes longer than many requests."""
    return httpx.create_ssl_context(trust_env=False)


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Opens connections to the very IP address that was checked, so that no name rebinds."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's machines that answers. Raises CannotFetch."""
        try:
            machines = await public_machines(host, port, self._resolve)
        except OSError as error:
            raise httpcore.ConnectError("the name was not found") from error
        for machine in machines[:-1]:
            try:
                return await self._network.connect_tcp(
                    machine, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(
            machines[-1], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: a socket on this machine is inside."""
        raise httpcore.ConnectError("sockets are not connected to")

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries."""
        await self._network.sleep(seconds)


def transport(limits: httpx.Limits, resolve: Resolve | None = None) -> httpx.AsyncHTTPTransport:
    """Connections without proxies. resolve: they lead to the open internet alone, found by it."""
    made = httpx.AsyncHTTPTransport(verify=trusted_authorities(), trust_env=False, limits=limits)
    if resolve is not None:
        # httpx has no argument for it; a test fails should this not hold any more.
        made._pool._network_backend = PublicOnly(resolve)
    return made
