"""What open pages were told lately of runs in line, where the place changes again and again."""

import time
from collections import OrderedDict

_FRESH_SECONDS = 3.0
_KEPT = 20_000


class InLine:
    """Answers from memory for a while: a place in line is no news each second."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def tell(self, run_id: str, seen: str) -> None:
        """Take note of what a page now shows of a run."""
        self._told[run_id] = (seen, time.monotonic())
        self._told.move_to_end(run_id)
        if len(self._told) > _KEPT:
            self._told.popitem(last=False)

    def is_fresh(self, run_id: str, seen: str, version: int) -> bool:
        """Whether a page shows what was told lately of a run that is still at this version."""
        told, at = self._told.get(run_id, ("", 0.0))
        is_same = told == seen and seen.startswith(f"{version}.")
        return is_same and time.monotonic() - at < _FRESH_SECONDS
