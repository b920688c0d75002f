"""How long each other process has been silent, by this process's own clock."""

from collections.abc import Iterable
from datetime import datetime

from app.runs.replica_queries import Replica

DEAD_SECONDS = 6.0
# Two looks that lie further apart than this have a gap between them.
_GAP_SECONDS = 3.0


class Heartbeats:
    """Counts only the time through which this process has listened itself.

    No clock is believed: that a beat is another than before says that its process lives. After a
    pause of its own, or of the database, a process knows nothing about the others.
    """

    def __init__(self) -> None:
        self._heard: dict[str, tuple[datetime, float]] = {}
        self._looked_at = float("-inf")

    def dead(self, others: Iterable[Replica], now: float) -> list[Replica]:
        """Those that have been silent for too long. now: seconds of a clock that never jumps."""
        if now - self._looked_at > _GAP_SECONDS:
            self._heard.clear()
        self._looked_at = now
        before, self._heard = self._heard, {}
        dead = []
        for other in others:
            beat_at, heard_at = before.get(other.id, (None, now))
            if beat_at != other.beat_at:
                heard_at = now
            self._heard[other.id] = (other.beat_at, heard_at)
            if now - heard_at >= DEAD_SECONDS:
                dead.append(other)
        return dead
