"""How many results RunComfy still has that are not kept here, and when it deletes the first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.db.columns import utc_now

ALARM = timedelta(hours=24)


@dataclass
class Unkept:
    """As last counted, so that no page has to ask the database."""

    count: int = 0
    first_deleted_at: datetime | None = None

    def seconds_left(self) -> float | None:
        """Until RunComfy deletes the first of them; None when all are kept."""
        if not self.count or self.first_deleted_at is None:
            return None
        return max((self.first_deleted_at - utc_now()).total_seconds(), 0.0)

    @property
    def alarming(self) -> bool:
        """Whether RunComfy deletes the first within a day."""
        left = self.seconds_left()
        return left is not None and left <= ALARM.total_seconds()

    def words(self) -> str | None:
        """The alarm as every page shows it, or None."""
        return self.sentence() if self.alarming else None

    def sentence(self) -> str | None:
        """How many there are, and how long RunComfy still has them; None when all are kept."""
        left = self.seconds_left()
        if left is None:
            return None
        results = "1 result is" if self.count == 1 else f"{self.count:,} results are"
        it = "it" if self.count == 1 else "the first"
        return f"{results} not kept yet; RunComfy deletes {it} {in_time(left)}."


def in_time(seconds: float) -> str:
    """How soon something happens, at a glance: in 6 d 21 h, in 21 h, in 40 min."""
    parts = [f"{figure} {unit}" for figure, unit in time_left(seconds)]
    # Within the last day an hour's minutes would only make the strip restless.
    shown = parts if parts[0].endswith("d") else parts[:1]
    return f"in {' '.join(shown)}"


def time_left(seconds: float) -> list[tuple[int, str]]:
    """Days and hours, or hours and minutes, or minutes: the two largest units that count."""
    minutes = max(int(seconds // 60), 0)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return [(days, "d"), (hours, "h")]
    if hours:
        return [(hours, "h"), (minutes % 60, "min")]
    return [(minutes, "min")]
