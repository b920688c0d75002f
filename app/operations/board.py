"""Everything that the operations page shows, gathered: what it costs does not grow with history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.db.columns import utc_now
from app.db.revision import revision
from app.operations.answers import Answers, answers
from app.operations.stuck import Late, late_runs
from app.operations.words import (
    database_in_words,
    storage_in_words,
    told_in_words,
    turns_in_words,
)
from app.release import RELEASE
from app.runs import overview, sending_queries
from app.runs.figures import Counted
from app.runs.keeping import KEPT_THERE
from app.runs.overview import Balance, NotKept, Replica
from app.runs.pauses import Pause
from app.runs.services import Services
from app.runs.states import State
from app.team.access import OWNER

_PEOPLE_SHOWN = 10
_REPLICAS_SHOWN = 20
# The first count of a long history is not waited for: the next look has it.
_PATIENCE_SECONDS = 0.3


@dataclass(frozen=True)
class Person:
    """Somebody whose runs wait to be sent."""

    name: str
    waiting: int
    under_way: int
    longest_seconds: float


@dataclass(frozen=True)
class Board:
    """The page's figures as of one moment; `unknown_since` and the like are None where none is."""

    at: datetime
    counts: dict[State, int]
    people: list[Person]
    people_more: int
    pause: Pause | None
    late: list[Late]
    late_more: int
    not_kept: NotKept
    deleted_in_seconds: float | None
    unknown_since: datetime | None
    answers: Answers
    balance: Balance | None
    counted: Counted | None
    disk_free: int
    disk_total: int
    storage: str
    turns: str
    chores: dict[str, tuple[datetime, list[tuple[str, str]]]]
    replicas: list[Replica]
    database: str
    revision: str | None
    release: str = RELEASE

    @property
    def longest_seconds(self) -> float:
        """How long the run waits that waits longest."""
        return max((person.longest_seconds for person in self.people), default=0.0)

    @property
    def at_runcomfy(self) -> int:
        """Sent, or being sent, and not ended."""
        return sum(self.counts[state] for state in overview.UNDER_WAY)


async def board(services: Services) -> Board:
    """Gather it. Raises DatabaseUnavailable."""
    now, settings = utc_now(), services.settings
    async with services.database.read() as tx:
        counts = await overview.open_counts(tx)
        waiting = await overview.waiting(tx)
        shown = waiting[:_PEOPLE_SHOWN]
        under_way = await overview.under_way(tx)
        oldest = await overview.oldest_under_way(tx)
        not_kept = await overview.not_kept(tx)
        unknown_since = await overview.oldest_unknown(tx)
        pause, balance = await sending_queries.find_pause(tx), await overview.last_balance(tx)
        chores = await overview.last_chores(tx)
        yesterday = now - timedelta(days=1)
        replicas = await overview.all_replicas(tx, since=yesterday, limit=_REPLICAS_SHOWN)
        schema = await revision(tx)
    late, late_more = await late_runs(services, oldest, now)
    disk_free, disk_total = await services.figures.disk()
    return Board(
        at=now,
        counts=counts,
        people=[
            Person(
                OWNER.name if one.owner_id == OWNER.id else one.owner_id,
                one.count,
                under_way.get(one.owner_id, 0),
                _since(one.since, now),
            )
            for one in shown
        ],
        people_more=len(waiting) - len(shown),
        pause=pause if pause is not None and pause.holds(now) else None,
        late=late,
        late_more=late_more,
        not_kept=not_kept,
        deleted_in_seconds=None
        if not_kept.since is None
        else KEPT_THERE.total_seconds() - _since(not_kept.since, now),
        unknown_since=unknown_since,
        answers=answers(services.runcomfy.health),
        balance=balance,
        counted=await services.figures.counted.get(_PATIENCE_SECONDS),
        disk_free=disk_free,
        disk_total=disk_total,
        storage=storage_in_words(settings.storage_url),
        turns=turns_in_words(settings),
        chores={name: (at, _told(told)) for name, (at, told) in chores.items()},
        replicas=replicas,
        database=database_in_words(services.database.url),
        revision=schema,
    )


def _since(at: datetime, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0)


def _told(told: Any) -> list[tuple[str, str]]:
    return told_in_words(told) if isinstance(told, dict) else []
