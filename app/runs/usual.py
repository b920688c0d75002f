"""The usual time of a model, as past runs have it."""

from dataclasses import dataclass

_ENOUGH = 5


@dataclass(frozen=True)
class UsualTime:
    """Seconds of a model's last completed runs, shortest first; a range once there are enough."""

    seconds: tuple[float, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there are enough runs to speak of a usual time."""
        return len(self.seconds) >= _ENOUGH

    @property
    def low_seconds(self) -> float | None:
        """The tenth percentile, or None."""
        return self._percentile(0.1)

    @property
    def high_seconds(self) -> float | None:
        """The ninetieth percentile, or None."""
        return self._percentile(0.9)

    def _percentile(self, part: float) -> float | None:
        if not self.known:
            return None
        return self.seconds[round(part * (len(self.seconds) - 1))]
