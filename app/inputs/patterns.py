"""Regular expressions of a schema: which of them may be run on what a person typed."""

import re
from functools import lru_cache

# With two repetitions at most and none around a group, a search over this many characters takes
# some million steps at worst; with a nested repetition it might outlast the server.
LONGEST_PATTERN = 300
LONGEST_TEXT = 256
MOST_REPETITIONS = 2

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_ESCAPE = re.compile(r"\\[^0-9]")
_REPETITION = re.compile(r"[*+?]|\{[0-9]*,[0-9]*\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")
_BACKREFERENCE = re.compile(r"\\[0-9]|\(\?")


@lru_cache(maxsize=1024)
def runnable(pattern: str) -> bool:
    """Whether a pattern is valid here and surely quick on up to `LONGEST_TEXT` characters."""
    if len(pattern) > LONGEST_PATTERN:
        return False
    bare = _ESCAPE.sub("a", _CLASS.sub("a", pattern))
    if _REPEATED_GROUP.search(bare) or _BACKREFERENCE.search(bare):
        return False
    if len(_REPETITION.findall(bare)) > MOST_REPETITIONS:
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return False
    return True


def matches(pattern: str, text: str) -> bool:
    """Whether text fits a runnable pattern; text too long to try fits."""
    return len(text) > LONGEST_TEXT or re.search(pattern, text) is not None
