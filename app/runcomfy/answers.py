"""RunComfy's answers about one run, as types."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from app.outside.unpacking import Unreadable
from app.runcomfy.reading import JsonObject, JsonValue, plain

State: TypeAlias = Literal["queued", "running", "completed", "failed", "cancelled"]

ENDED = frozenset({"completed", "failed", "cancelled"})

_STATES: dict[str, State] = {
    "in_queue": "queued",
    "pending": "queued",
    "waiting": "queued",
    "in_progress": "running",
    "starting": "running",
    "processing": "running",
    "completed": "completed",
    "succeeded": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
_REQUEST_ID = re.compile(r"[^\x00-\x20\x7f-\x9f\ud800-\udfff]{1,200}")
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f]{1,8000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Submitted:
    """RunComfy has taken the run and calls it `request_id`."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Status:
    """How far a run has come. word: RunComfy's own, of which an unknown one means `running`."""

    state: State
    word: str
    queue_position: int | None
    error_words: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a run has given. raw: the whole answer as JSON text, at most 64,000 characters."""

    finished: bool
    state: State
    word: str
    output: JsonValue
    raw: str
    cost_usd: Decimal | None
    created_at: datetime | None
    finished_at: datetime | None
    error_words: str | None
    model_id: str | None


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An address in an output. key_path: where it stands, such as `images.0`."""

    url: str
    key_path: str


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """Whether RunComfy cancelled. word: what it said, such as `not_cancellable`."""

    cancelled: bool
    word: str


def is_request_id(value: object) -> bool:
    """Whether a value can name a request: 1 to 200 visible characters, no path of its own.

    RunComfy's are `[A-Za-z0-9_-]{1,128}` so far, but it has never promised that.
    """
    return (
        isinstance(value, str)
        and _REQUEST_ID.fullmatch(value) is not None
        and value not in (".", "..")
    )


def submitted_in(answer: JsonValue) -> Submitted | None:
    """Read a good submit's answer; None when it names no request."""
    request_id = answer.get("request_id") if isinstance(answer, dict) else None
    if isinstance(request_id, str) and is_request_id(request_id):
        return Submitted(request_id)
    return None


def status_in(answer: JsonObject) -> Status:
    """Read `{"status": word, "queue_position": n}`. Raises Unreadable without a word."""
    state, word = _state_in(answer)
    position = answer.get("queue_position")
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < 1_000_000:
        position = None
    return Status(state, word, position, words_in(answer) if state == "failed" else None)


def result_in(answer: JsonObject) -> Result:
    """Read a result, finished or not. Raises Unreadable without a status word."""
    state, word = _state_in(answer)
    return Result(
        finished=state in ENDED,
        state=state,
        word=word,
        output=answer.get("output"),
        raw=json.dumps(answer, ensure_ascii=False)[:64_000],
        cost_usd=money_in(answer.get("cost")),
        created_at=_time_in(answer.get("created_at")),
        finished_at=_time_in(answer.get("finished_at")),
        error_words=words_in(answer) if state == "failed" else None,
        model_id=_name_in(answer.get("model_id")),
    )


def _name_in(value: JsonValue) -> str | None:
    return plain(value, 255) if isinstance(value, str) and value.strip() else None


def cancel_answer_in(answer: JsonObject) -> CancelAnswer:
    """Read a cancel's answer: only an explicit word counts as cancelled."""
    words = [answer.get("outcome"), answer.get("status")]
    said = [plain(word, 100) for word in words if isinstance(word, str)]
    if not said:
        raise Unreadable("it does not say what happened")
    cancelled = any(_STATES.get(word.strip().lower()) == "cancelled" for word in said)
    return CancelAnswer(cancelled, said[0])


def files_in(output: JsonValue, limit: int = 200) -> list[OutputFile]:
    """Every http(s) address anywhere in an output, in order, each once, at most `limit`.

    Which keys hold files differs from model to model, and no schema names them all.
    """
    found: dict[str, OutputFile] = {}
    waiting: list[tuple[str, JsonValue]] = [("", output)]
    while waiting and len(found) < limit:
        path, value = waiting.pop()
        if isinstance(value, str):
            url = value.strip()
            if _ADDRESS.fullmatch(url):
                found.setdefault(url, OutputFile(url, path[:200]))
            continue
        inside: list[tuple[str, JsonValue]] = []
        if isinstance(value, dict):
            inside = list(value.items())
        elif isinstance(value, list):
            inside = [(str(place), item) for place, item in enumerate(value)]
        waiting += [
            (f"{path}.{name}"[:400] if path else name, item) for name, item in reversed(inside)
        ]
    return list(found.values())


def money_in(value: JsonValue) -> Decimal | None:
    """An amount in USD; None for what cannot be one (text, negative, beyond a million)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Decimal(str(value)) if 0 <= value <= 1_000_000 else None


def error_code_in(answer: JsonValue) -> int | None:
    """The `error_code`, a number or its digits; None, 0 and anything else are no error."""
    code = answer.get("error_code") if isinstance(answer, dict) else None
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < 10:
        code = int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) and code else None


def words_in(answer: JsonValue) -> str | None:
    """RunComfy's own words about an error, at most 2,000 characters; None when it has none.

    They stand in `error_message`, `message` or `error` (text or an object), and in `detail`
    (text, or `[{"loc": ["body", "prompt"], "msg": "field required"}]`).
    """
    if not isinstance(answer, dict):
        return None
    said: list[str] = []
    for name in ("error_message", "message", "error", "detail"):
        value = answer.get(name)
        if value and (name == "detail" or not said):
            said.append(_spoken(value))
    return plain(": ".join(said), 2000) if said else None


def _spoken(value: JsonValue, depth: int = 0) -> str:
    if isinstance(value, str):
        return value[:4000]
    if isinstance(value, list) and depth < 3:
        return "; ".join(_spoken(item, depth + 1) for item in value[:20])
    if isinstance(value, dict) and isinstance(value.get("msg"), str):
        place = value.get("loc")
        names = [str(name) for name in place if name != "body"] if isinstance(place, list) else []
        return ": ".join([".".join(names[:10]), str(value["msg"])]) if names else str(value["msg"])
    if isinstance(value, dict) and depth < 3:
        for name in ("error_message", "message", "error", "detail"):
            if value.get(name):
                return _spoken(value[name], depth + 1)
    return json.dumps(value, ensure_ascii=False)[:2000]


def _state_in(answer: JsonObject) -> tuple[State, str]:
    word = answer.get("status")
    if not isinstance(word, str) or not word.strip():
        raise Unreadable("it holds no status")
    return _STATES.get(word.strip().lower(), "running"), plain(word, 100)


def _time_in(value: JsonValue) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
