"""RunComfy's answer as a page shows it."""

import json
from typing import Any

_START_SHOWN = 600


def answer_start(output: Any) -> str:
    """The start of an answer as it came."""
    return json.dumps({"output": output}, ensure_ascii=False, separators=(",", ":"))[:_START_SHOWN]


def has_more(output: Any, kept: set[str | None]) -> bool:
    """Whether an output holds more than the addresses that were kept."""
    if isinstance(output, dict):
        return any(has_more(value, kept) for value in output.values())
    if isinstance(output, list):
        return any(has_more(value, kept) for value in output)
    return output not in (None, "") and output not in kept
