"""Texts as they are searched: without case and accents, word by word."""

import unicodedata

_MOST_WORDS = 8


def plain(text: str) -> str:
    """A text without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def sought(typed: str) -> list[str]:
    """The plain words that somebody looks for, eight at most."""
    return plain(typed).split()[:_MOST_WORDS]
