"""RunComfy's answers within the last hour, as bars and figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from app.runcomfy.health import Health
from app.runcomfy.hour import Heard, Tally, Told
from app.web.words import span

_HIGHEST = 62
_LOWEST = 3
_CALLS = {
    "submit": "Send a run",
    "status": "How far it is",
    "result": "Its result",
    "cancel": "Cancel",
    "models": "Catalogue",
    "model": "One model",
    "balance": "Balance",
    "samples": "Samples",
}


@dataclass(frozen=True)
class Bar:
    """One minute. height: in pixels, 0 when nothing was asked. hollow: asked for nothing."""

    height: int
    hollow: bool


@dataclass(frozen=True)
class Call:
    """One kind of question. troubled: how often nothing useful came."""

    name: str
    asked: int
    troubled: int
    median: str
    slow: str


@dataclass(frozen=True)
class Answers:
    """What the page tells of the hour."""

    begins: datetime
    ends: datetime
    bars: list[Bar]
    in_words: str
    label: str
    calls: list[Call]
    troubles: list[Told]
    failing: bool
    last: Heard | None


def answers(health: Health) -> Answers:
    """Read the hour that this process remembers."""
    minutes = health.hour.minutes()
    medians = [tally.seconds(0.5) or 0.0 for _, tally in minutes]
    highest = max(medians) or 1.0
    bars = [
        Bar(_height(median / highest) if tally.asked else 0, tally.asked > 0 and not tally.useful)
        for (_, tally), median in zip(minutes, medians, strict=True)
    ]
    silent = [at for (at, _), bar in zip(minutes, bars, strict=True) if bar.hollow]
    whole = Tally()
    for _, tally in minutes:
        whole.add(tally)
    return Answers(
        begins=minutes[0][0],
        ends=minutes[-1][0] + timedelta(minutes=1),
        bars=bars,
        in_words=_in_words(whole, len(silent)),
        label=_label(whole, silent),
        calls=[_call(name, tally) for name, tally in health.hour.calls().items()],
        troubles=health.hour.troubles(),
        failing=health.failing,
        last=health.hour.last,
    )


def _height(part: float) -> int:
    return max(round(part * _HIGHEST), _LOWEST)


def _in_words(whole: Tally, silent: int) -> str:
    median = whole.seconds(0.5)
    if not whole.asked:
        return "not asked within the hour"
    minutes = f"{silent} minute{'' if silent == 1 else 's'} without an answer"
    if median is None:
        return minutes
    said = f"median {span(median)} · slowest {span(whole.slowest_seconds)}"
    return f"{said} · {minutes}" if silent else said


def _label(whole: Tally, silent: list[datetime]) -> str:
    if not whole.asked:
        return "RunComfy was not asked within the last hour"
    said = "Median answer time for each of the last 60 minutes"
    if not silent:
        return said
    return f"{said}; no answer {' and '.join(_stretches(silent))} UTC"


def _stretches(minutes: Iterable[datetime]) -> list[str]:
    numbered = enumerate(minutes)
    found = []
    # Minutes in a row keep the same distance to their number.
    for _, group in groupby(numbered, lambda one: one[1] - timedelta(minutes=one[0])):
        row = [minute for _, minute in group]
        first, last = f"{row[0]:%H:%M}", f"{row[-1]:%H:%M}"
        found.append(f"at {first}" if first == last else f"from {first} to {last}")
    return found


def _call(name: str, tally: Tally) -> Call:
    median, slow = tally.seconds(0.5), tally.seconds(0.95)
    return Call(
        name=_CALLS.get(name, name.capitalize()),
        asked=tally.asked,
        troubled=tally.errors + tally.silent,
        median="–" if median is None else span(median),
        slow="–" if slow is None else span(slow),
    )
