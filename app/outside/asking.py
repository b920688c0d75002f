"""One GET to an address that nobody vouches for: each hop checked, every wait bounded."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import httpx

from app.outside.addresses import Origin, Resolve, origin_of, resolve
from app.outside.connecting import transport
from app.outside.trouble import CannotFetch
from app.outside.unpacking import Unreadable

Allow: TypeAlias = Callable[[str], httpx.URL | None]

_REDIRECTING = frozenset({301, 302, 303, 307, 308})


class Outside:
    """Asks over connections of its own, which carry no token, no cookie and use no proxy."""

    def __init__(
        self,
        *,
        what: str,
        allow: Allow,
        own_origin: Origin | None = None,
        redirects: int,
        at_once: int,
        connect_seconds: float,
        silence_seconds: float,
        resolve: Resolve = resolve,
    ) -> None:
        """what: is asked for, in words: `file`. allow: reads an address, None when it is refused.

        own_origin: that of a RunComfy played on this machine, the one place inside that is asked.
        silence_seconds: the longest wait for the next bytes.
        """
        self._what, self._allow, self._own_origin = what, allow, own_origin
        self._redirects = redirects
        self._waits = {
            "connect": connect_seconds,
            "pool": connect_seconds,
            "write": silence_seconds,
            "read": silence_seconds,
        }
        limits = httpx.Limits(
            max_connections=at_once, max_keepalive_connections=4, keepalive_expiry=4.0
        )
        self._public = transport(limits, resolve)
        self._own = transport(limits)

    @asynccontextmanager
    async def get(
        self, url: str, *, accept: str = "*/*", encoding: str = "identity", seconds: float
    ) -> AsyncIterator[httpx.Response]:
        """The answer with status 200 that `url` leads to, to be read within the block.

        seconds: from start to the block's end. Raises CannotFetch, also for what goes wrong
        while it is read.
        """
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                response = await self._followed(url, accept, encoding)
                try:
                    yield response
                finally:
                    await response.aclose()
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise CannotFetch(
                f"The {self._what} did not come within {seconds:.0f} seconds.", passing=True
            ) from error
        except httpx.TimeoutException as error:
            raise CannotFetch(
                f"The {self._what}'s server stopped answering.", passing=True
            ) from error
        except httpx.ConnectError as error:
            raise CannotFetch(
                f"The {self._what}'s server could not be reached.", passing=True
            ) from error
        except httpx.TransportError as error:
            raise CannotFetch(f"The {self._what} was cut off on its way.", passing=True) from error
        except Unreadable as error:
            raise CannotFetch(f"The {self._what} cannot be used: {error}.", passing=True) from error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._public.aclose()
        await self._own.aclose()

    async def _followed(self, url: str, accept: str, encoding: str) -> httpx.Response:
        address = self._allow(url)
        for _ in range(self._redirects + 1):
            if address is None:
                raise CannotFetch(
                    f"The {self._what} lies at an address that is not fetched.", passing=False
                )
            response = await self._asked(address, accept, encoding)
            if response.status_code == 200:
                return response
            await response.aclose()
            address = self._next_address(response, address)
        raise CannotFetch(
            f"The {self._what}'s server sends from address to address.", passing=False
        )

    async def _asked(self, address: httpx.URL, accept: str, encoding: str) -> httpx.Response:
        headers = {
            "user-agent": "runcomfy-playground",
            "accept": accept,
            "accept-encoding": encoding,
        }
        request = httpx.Request("GET", address, headers=headers)
        request.extensions = {"timeout": self._waits}
        line = self._own if origin_of(address) == self._own_origin else self._public
        return await line.handle_async_request(request)

    def _next_address(self, response: httpx.Response, address: httpx.URL) -> httpx.URL | None:
        code = response.status_code
        location = response.headers.get("location")
        if code in _REDIRECTING and location:
            try:
                return self._allow(str(address.join(location)))
            except httpx.InvalidURL:
                return None
        passing = code >= 500 or code in (408, 425, 429)
        words = f"The {self._what}'s server answered {code}."
        raise CannotFetch(words, passing=passing, http_status=code)
