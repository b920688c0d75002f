"""What a visitor has already and which part is wanted: the conditional headers of HTTP."""

import re

from starlette.datastructures import Headers

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class RangeNotThere(Exception):
    """The wanted part begins behind the end of the file."""


def is_unchanged(headers: Headers, etag: str) -> bool:
    """Whether `If-None-Match` names what would be sent."""
    wanted = headers.get("if-none-match")
    if wanted is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
    return etag in tags or "*" in tags


def wanted_range(headers: Headers, etag: str, size: int) -> tuple[int, int] | None:
    """First byte and the one behind the last of the wanted part; None for the whole file.

    The whole is also the answer to several parts at once, to a header that makes no sense, and
    to `If-Range` with another version, as RFC 9110 permits. Raises RangeNotThere.
    """
    header = headers.get("range")
    if header is None or headers.get("if-range", etag) != etag:
        return None
    found = _ONE_RANGE.fullmatch(header)
    if found is None:
        return None
    first, last = found.groups()
    if first:
        start, end = int(first), int(last) + 1 if last else size
        if end <= start < size:
            return None  # the end before the start: nonsense
    elif last:
        start, end = max(size - int(last), 0), size
    else:
        return None
    if start >= size:
        raise RangeNotThere
    return start, min(end, size)
