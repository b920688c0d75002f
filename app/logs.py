"""What the server writes to its log: one JSON object a line, or plain lines at a terminal."""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

MASKED = "••••"
# Shorter than this it is no secret, and hiding it would spoil ordinary words.
_SHORTEST_SECRET = 4
# Every line about a run begins or goes on with `run` and the run's id.
_RUN = re.compile(r"\brun ([0-9A-Z]{26})\b")
# At info these tell of their own workings, the first of them with whole addresses.
_QUIET = ("httpx", "httpcore", "dbos", "alembic", "uvicorn", "asyncio", "PIL")

_log = logging.getLogger(__name__)


class Secrets:
    """What never stands in a log, however it got into a message."""

    def __init__(self) -> None:
        self._spellings: list[str] = []

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these from now on, also as they stand in addresses and in JSON."""
        found = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        ways = {
            way for secret in found for way in (secret, quote(secret, safe=""), _quoted(secret))
        }
        # The longest first: one may be the beginning of another.
        self._spellings = sorted({*self._spellings, *ways}, key=len, reverse=True)

    def masked(self, text: str) -> str:
        """The text without any of them."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASKED)
        return text


_secrets = Secrets()
_everywhere: dict[str, str] = {}


def set_up(secrets: Iterable[str], *, as_json: bool) -> None:
    """Send every logger's lines to stderr, and whatever else breaks this process too.

    secrets: what is masked in every line. as_json: for machines that read them; else for people.
    """
    _secrets.hide(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # The engine would give its logger a handler of its own, but for one that is there.
    engine = logging.getLogger("dbos")
    engine.handlers, engine.propagate = [handler], False
    logging.captureWarnings(True)
    if as_json:
        sys.excepthook = _broke
        threading.excepthook = lambda given: _broke(
            given.exc_type, given.exc_value or given.exc_type(), given.exc_traceback
        )


def hide(*secrets: str) -> None:
    """Mask further secrets, such as a key that was made only now."""
    _secrets.hide(secrets)


def name_replica(replica_id: str) -> None:
    """Have every line say by which process it was written."""
    _everywhere["replica"] = replica_id


class JsonLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`, and where they apply `run`, `replica`, `exception`.

    What a record is given as `extra={"fields": {…}}` stands beside them.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        message = _secrets.masked(record.getMessage())
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        run = _RUN.search(message)
        if run:
            line["run"] = run[1]
        line |= _everywhere
        for name, value in getattr(record, "fields", {}).items():
            line[name] = _secrets.masked(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = _secrets.masked(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = _secrets.masked(record.stack_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """Time, level, logger and message, then the fields; an exception below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s%(told)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, or several with an exception."""
        fields = getattr(record, "fields", {}).items()
        record.told = "".join(f" {name}={value}" for name, value in fields)
        return _secrets.masked(super().format(record))


def _quoted(secret: str) -> str:
    return json.dumps(secret)[1:-1]


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _broke(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    _log.critical("this process broke", exc_info=(kind, error, at))
