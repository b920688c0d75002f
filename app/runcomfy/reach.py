"""Fetching a link of this server as RunComfy will: from outside, one plain GET."""

import httpx

from app.errors import PlaygroundError
from app.outside.connecting import trusted_authorities

_SECONDS = 20.0


class NotReached(PlaygroundError):
    """A link of this server does not give its file to those who fetch it."""

    code = "not_reached"


async def reach(address: str, *, most_bytes: int) -> bytes:
    """What a link gives, at most so much of it. Raises NotReached, saying what came instead."""
    found = bytearray()
    try:
        async with (
            httpx.AsyncClient(verify=trusted_authorities(), trust_env=False) as client,
            client.stream("GET", address, timeout=_SECONDS) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise NotReached(f"It answers with {answer.status_code} instead of the file.")
            async for piece in answer.aiter_raw():
                found += piece
                if len(found) > most_bytes:
                    raise NotReached("It answers with something longer than the file.")
    except httpx.HTTPError as error:
        said = str(error).rstrip(".") or type(error).__name__
        raise NotReached(f"Nothing answers there: {said}.") from error
    return bytes(found)
