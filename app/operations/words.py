"""How the operations page names places and tells of chores."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import URL

from app.settings import Settings
from app.web.words import seconds, size

_LABELS = {"bytes": "Size", "seconds": "Took"}


def storage_in_words(url: str) -> str:
    """Where files are kept; never a key that somebody has put into the address."""
    if not url:
        return "a folder beside the database"
    parts = urlsplit(url)
    return f"s3://{parts.netloc.rpartition('@')[2]}{parts.path}"


def database_in_words(url: URL) -> str:
    """Which database it is, without who signs in there and how."""
    if url.get_backend_name() == "sqlite":
        return "SQLite, a file in the data folder"
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL, {url.database} at {url.host or 'this machine'}{port}"


def turns_in_words(settings: Settings) -> str:
    """How many may be sent, and how people take turns."""
    limits = (
        (settings.runs_at_once, "at once"),
        (settings.runs_per_minute, "a minute"),
        (settings.runs_per_person, "a person"),
    )
    told = [f"{most:,} {of}" for most, of in limits if most is not None]
    return ", ".join([*told, "fair turns"])


def told_in_words(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a chore has told, line by line."""
    return [
        (_LABELS.get(name, name.replace("_", " ").capitalize()), _in_words(name, value))
        for name, value in told.items()
        if value is not None and not isinstance(value, (dict, list))
    ]


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        if name.endswith("bytes"):
            return size(int(value))
        if name.endswith("seconds"):
            return seconds(value)
        return f"{value:,}"
    return str(value)
