"""Why a saved run is not sent yet, and which place in line it has, in words."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from app.db.columns import utc_now
from app.runs import sending_queries as queries
from app.runs.pauses import Cause, Pause
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.turns import Limit, Limits, Line, Load, limits_of, place_in_line, reached
from app.web.words import clock

# A run that is simply sent is not called waiting.
_A_MOMENT = timedelta(seconds=1.5)
_FACTS_SECONDS = 1.0
_MOST_WORDS = 160


@dataclass(frozen=True)
class Facts:
    """What every saved run of a moment waits for."""

    lines: list[Line]
    load: Load
    limits: Limits
    pause: Pause | None
    one_is_tried: bool


@dataclass(frozen=True)
class Waiting:
    """Why a run waits. place: 1 for the next. pause: what somebody may end, where there is one."""

    place: int
    why: Markup
    pause: Pause | None


async def waiting(services: Services, run: Run) -> Waiting | None:
    """Why a `saved` run waits, or None while it is being sent as it should."""
    facts, now = await _facts(services), utc_now()
    held = run.next_try_at is not None and run.next_try_at > now
    async with services.database.read() as tx:
        own_place = await queries.own_place(tx, run)
    place = place_in_line(facts.lines, run.owner_id, own_place)
    why = _held_up(run) if held else _why(facts, run.owner_id, now)
    holds = facts.pause is not None and facts.pause.holds(now)
    if why is None and (now - run.created_at < _A_MOMENT or place == 1):
        return None
    ahead = Markup("Those ahead are being sent, a few at a time.")
    return Waiting(place, why or ahead, facts.pause if holds else None)


def pause_in_words(pause: Pause) -> Markup:
    """Why nothing is sent, and until when."""
    words = pause.words if len(pause.words) <= _MOST_WORDS else f"{pause.words[:_MOST_WORDS]}…"
    code = f"{pause.http_status}: " if pause.http_status else ""
    said = Markup(" ({}{})").format(code, words) if words else Markup("")
    if pause.cause == Cause.PERSON:
        return Markup("{} Sending goes on when somebody says so.").format(words)
    if pause.cause == Cause.CREDIT and pause.until is None:
        return Markup(
            "RunComfy says that the account has no credit left{}. Sending goes on when somebody"
            " says so."
        ).format(said)
    until = Markup("") if pause.until is None else clock(pause.until)
    if pause.cause == Cause.BUSY:
        return Markup("RunComfy asked for a pause until {}{}.").format(until, said)
    trouble = "RunComfy is in trouble" if pause.http_status else "RunComfy cannot be reached"
    return Markup("{}{}. Sending goes on at {}.").format(trouble, said, until)


def _why(facts: Facts, owner_id: str, now: datetime) -> Markup | None:
    pause = facts.pause
    if pause is not None and pause.holds(now):
        return pause_in_words(pause)
    if pause is not None and facts.one_is_tried:
        return Markup("One run is being tried first; the rest follow when it gets through.")
    limit = reached(facts.limits, facts.load, owner_id)
    if limit == Limit.AT_ONCE:
        under_way = sum(facts.load.under_way.values())
        return Markup("{} {} under way, which is this playground’s limit.").format(
            under_way, "run is" if under_way == 1 else "runs are"
        )
    if limit == Limit.PER_MINUTE:
        frees_at = facts.load.minute_frees_at
        next_at = Markup(" The next is sent at {}.").format(clock(frees_at)) if frees_at else ""
        return Markup("{} sent within a minute, which is this playground’s limit.{}").format(
            _counted(facts.load.within_minute, "was", "were"), next_at
        )
    if limit == Limit.PER_PERSON:
        own = facts.load.under_way.get(owner_id, 0)
        return Markup("{} of yours {} under way, which is the limit for one person.").format(
            own, "is" if own == 1 else "are"
        )
    return None


def _counted(count: int, one: str, more: str) -> str:
    return f"1 run {one}" if count == 1 else f"{count} runs {more}"


def _held_up(run: Run) -> Markup:
    at = run.next_try_at
    words = (run.held_up or "")[:_MOST_WORDS]
    return Markup("{} It is tried again at {}.").format(words, clock(at) if at else "")


async def _facts(services: Services) -> Facts:
    """What all of them wait for, asked once a second however many pages ask."""
    asked = time.monotonic()
    async with services.line_asked:
        # Whoever waited here takes what the one before was told meanwhile.
        known = services.line_facts
        if known is None or asked - known[0] >= _FACTS_SECONDS:
            known = (time.monotonic(), await _asked(services))
            services.line_facts = known
    found: Facts = known[1]
    return found


async def _asked(services: Services) -> Facts:
    limits, now = limits_of(services.settings), utc_now()
    async with services.database.read() as tx:
        pause = await queries.find_pause(tx)
        tried = pause is not None and await queries.one_is_tried(tx, pause)
        lines, load = await queries.lines(tx, now), await queries.load(tx, limits, now)
    return Facts(lines, load, limits, pause, tried)
