"""What other processes have written, taken over into this one's memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.changes import HABITS, INPUTS, MODELS, counted_changes
from app.runs import replica_queries
from app.runs.services import Services
from app.runs.versions import Written

# A change is seen once it is committed, which may be a while after the time written beside it.
_OVERLAP = timedelta(seconds=10)


@dataclass(frozen=True)
class News:
    """The runs written of late, and how often all else has changed."""

    written: list[Written]
    times: dict[str, int]


class Hearing:
    """Hears of each change once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._since: datetime | None = None
        self._times: dict[str, int] | None = None

    async def listen(self, tx: AsyncConnection, now: datetime) -> News:
        """Read what is new. now: by the database's clock."""
        # Should that clock be set back, what is written next bears an earlier time.
        since = min(self._since or now, now) - _OVERLAP
        news = News(await replica_queries.written_since(tx, since), await counted_changes(tx))
        self._since = now
        return news

    async def take_over(self, news: News) -> None:
        """Bring the memory up to date. Raises Unavailable; then it is done at the next time."""
        services = self._services
        for run in news.written:
            services.versions.heard(run)
        before, self._times = self._times, news.times
        if before is None:
            # What was read at the start may be older than the first count.
            before = {}
        changed = {name for name, times in news.times.items() if before.get(name) != times}
        if HABITS in changed:
            services.remembered.forget()
        if INPUTS in changed:
            services.media.forget_all()
        if MODELS in changed:
            try:
                await services.shelf.load()
            except BaseException:
                self._times = before
                raise
