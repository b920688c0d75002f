"""How a request stands at a moment: a function of its id, its faults and the clock alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.simulator.ledger import Accepted

_LONGEST_QUEUE = 3
_SPREAD = 0.4
"""Runs differ by this share of the usual time, to either side."""


@dataclass(frozen=True)
class Times:
    """When a request leaves the queue and when it ends, in seconds since 1970."""

    came: float
    seconds_per_place: float
    starts: float
    ends: float

    @property
    def trouble_ends(self) -> float:
        """Until when passing trouble lasts: long enough to be met, however short the run."""
        return max(self.ends, self.came + 2)


@dataclass(frozen=True)
class Standing:
    """A status word, and in the queue the place."""

    status: str
    queue_position: int | None = None

    @property
    def ended(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")


def times(
    request: Accepted, queue_seconds: float, run_seconds: float, let_go: Sequence[float] = ()
) -> Times:
    """queue_seconds: for each place in the queue, of which there are 1 to 3.

    run_seconds: usual time of work, from which each request differs by up to 40 %.
    let_go: when a held request was let go on.
    """
    came, faults = request.came, request.faults
    if "held" in faults:
        starts, ends, *_ = *let_go, math.inf, math.inf
        return Times(came, 1.0, starts, ends)
    exact = faults.number("takes")
    if exact is not None:
        return Times(came, 0.0, came, came + exact)
    places = 1 + request.chance % _LONGEST_QUEUE
    spread = (request.chance // _LONGEST_QUEUE % 1000 / 999 * 2 - 1) * _SPREAD
    starts = came + queue_seconds * places
    works = run_seconds * (1 + spread) * (10 if "slow" in faults else 1)
    return Times(came, queue_seconds, starts, starts + works)


def standing(request: Accepted, known: Times, now: float) -> Standing:
    """How a request that was not cancelled stands, in RunComfy's words."""
    faults = request.faults
    if math.isinf(known.starts):
        return Standing("in_queue", 1)
    if now < known.starts:
        left = known.starts - now
        return Standing("in_queue", max(1, -int(-left // known.seconds_per_place)))
    if "never" in faults:
        return Standing("in_progress")
    if now < known.ends:
        share = (now - known.starts) / (known.ends - known.starts)
        if "backwards" in faults and 1 / 3 <= share < 2 / 3:
            return Standing("in_queue", 2)
        if "fail" in faults and share >= 0.5:
            return Standing("failed")
        return Standing("in_progress")
    if faults.words & {"fail", "fail late", "nsfw"}:
        return Standing("failed")
    return Standing("completed")
