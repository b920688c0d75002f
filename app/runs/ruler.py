"""The waiting well's instrument: past runs as strokes, the usual range, the needle's start."""

from collections import Counter
from dataclasses import dataclass

from app.runs.usual import UsualTime

_UNKNOWN_SECONDS = 60.0


@dataclass(frozen=True)
class Ruler:
    """A scale from 0 to `end` seconds: small marks each `step`, numbers each `major`.

    strokes: one SVG path in a box of `end` × `high`; empty without a usual time.
    """

    end: float
    step: float
    major: float
    strokes: str
    high: int
    low_seconds: float | None
    high_seconds: float | None

    @property
    def marks(self) -> list[float]:
        """Where the numbers stand, the last one left to `end` itself."""
        count = int(self.end / self.major)
        places = [round(self.major * place, 3) for place in range(count + 1)]
        return [place for place in places if place <= self.end - 0.6 * self.major]


def make_ruler(usual: UsualTime, elapsed_seconds: float) -> Ruler:
    """The ruler for a model; it doubles its length until the run's time so far fits."""
    longest = usual.high_seconds
    end = _round_up(1.8 * longest) if longest is not None else _UNKNOWN_SECONDS
    while end <= elapsed_seconds:
        end *= 2
    step = _step(end)
    strokes, high = _strokes(usual, end, step / 5) if usual.known else ("", 1)
    return Ruler(end, step, step * 5, strokes, high, usual.low_seconds, longest)


def _round_up(seconds: float) -> float:
    """Up to two digits that are easy to read, 1 s at the least."""
    unit = 1.0
    while seconds > 30 * unit:
        unit *= 10 if unit in (1.0, 10.0) else 6
    return max(unit * -(-seconds // unit), 1.0)


def _step(end: float) -> float:
    for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800):
        if end / step <= 20:
            return step
    return 3600.0


def _strokes(usual: UsualTime, end: float, width: float) -> tuple[str, int]:
    ended = Counter(round(seconds / width) for seconds in usual.seconds if seconds <= end)
    high = max(ended.values(), default=1)
    path = "".join(
        f"M{place * width:.4g} {high}v-{count}" for place, count in sorted(ended.items())
    )
    return path, high
