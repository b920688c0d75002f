"""Whose turn it is to be sent, within the limits: people take turns, each one's oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.settings import Settings

MINUTE = timedelta(minutes=1)
# A clock that was set back must not make anything wait until it has caught up.
SLACK = timedelta(minutes=1)

_NEVER = datetime.min.replace(tzinfo=UTC)


class Limit(StrEnum):
    """A limit that keeps a run from being sent now."""

    AT_ONCE = "at once"
    PER_MINUTE = "per minute"
    PER_PERSON = "per person"


@dataclass(frozen=True)
class Limits:
    """How much may be under way, that is sent and not ended, or be sent; None: as much as comes."""

    at_once: int | None = None
    per_minute: int | None = None
    per_person: int | None = None

    @property
    def some(self) -> bool:
        """Whether anything is limited."""
        return not self.at_once == self.per_minute == self.per_person is None


@dataclass(frozen=True)
class Load:
    """What counts against the limits: by person what is under way; what was sent lately.

    minute_frees_at: when the next may be sent, where a minute's have all been.
    """

    under_way: Mapping[str, int] = field(default_factory=dict)
    within_minute: int = 0
    minute_frees_at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One person's saved runs that could be sent now, and when one of theirs was sent last.

    next_try_at: when the next of those is due that something keeps from being sent.
    """

    owner_id: str
    waiting: int
    last_sent_at: datetime | None
    next_try_at: datetime | None = None


def without_one(load: Load, owner_id: str) -> Load:
    """The load as it was before one run of this person's was sent just now."""
    less = {**load.under_way, owner_id: load.under_way.get(owner_id, 1) - 1}
    return Load(less, load.within_minute - 1, load.minute_frees_at)


def limits_of(settings: Settings) -> Limits:
    """The limits that are set."""
    return Limits(settings.runs_at_once, settings.runs_per_minute, settings.runs_per_person)


def reached(limits: Limits, load: Load, owner_id: str) -> Limit | None:
    """The limit that keeps this person's next run from being sent now, or None."""
    if limits.at_once is not None and sum(load.under_way.values()) >= limits.at_once:
        return Limit.AT_ONCE
    if limits.per_minute is not None and load.within_minute >= limits.per_minute:
        return Limit.PER_MINUTE
    if limits.per_person is not None and load.under_way.get(owner_id, 0) >= limits.per_person:
        return Limit.PER_PERSON
    return None


def next_turns(
    lines: list[Line], limits: Limits, load: Load, preparing: Mapping[str, int], free: int
) -> list[str]:
    """Whose runs are sent next: a person's id for each run, in order, at most `free` of them.

    preparing: by person, the saved runs that are being made ready; they have their turn already.
    """
    under_way = {
        owner_id: load.under_way.get(owner_id, 0) + preparing.get(owner_id, 0)
        for owner_id in {*load.under_way, *preparing}
    }
    within_minute = load.within_minute + sum(preparing.values())
    left = {line.owner_id: line.waiting - preparing.get(line.owner_id, 0) for line in lines}
    in_order = [line.owner_id for line in in_turn(lines, preparing)]
    turns: list[str] = []
    before = -1
    while before < len(turns):
        before = len(turns)
        for owner_id in in_order:
            now = Load(under_way, within_minute)
            if left[owner_id] < 1 or len(turns) >= free or reached(limits, now, owner_id):
                continue
            turns.append(owner_id)
            left[owner_id] -= 1
            under_way[owner_id] = under_way.get(owner_id, 0) + 1
            within_minute += 1
    return turns


def in_turn(lines: list[Line], preparing: Mapping[str, int] | None = None) -> list[Line]:
    """The lines in the order of their turns: who was never sent for first, then who waits longest.

    Someone whose run is being made ready has just had a turn.
    """
    having = preparing or {}
    return sorted(
        lines,
        key=lambda line: (having.get(line.owner_id, 0), line.last_sent_at or _NEVER, line.owner_id),
    )


def place_in_line(lines: list[Line], owner_id: str, own_place: int) -> int:
    """How many-th of all saved runs is sent, if nothing new comes: 1 for the next.

    own_place: its place among its owner's, from 1.
    """
    ahead = 0
    before = True
    for line in in_turn(lines):
        if line.owner_id == owner_id:
            before = False
            continue
        ahead += min(line.waiting, own_place if before else own_place - 1)
    return ahead + own_place
