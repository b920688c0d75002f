"""How figures are written on a page: money, seconds, sizes, places, seeds, times."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.filters import do_truncate
from markupsafe import Markup, escape


def money(usd: Decimal) -> str:
    """US dollars with as many places as the amount has, two at the least: $0.005, $0.50."""
    exact = f"{usd.normalize():f}"
    places = len(exact.partition(".")[2])
    return f"${usd:,.{max(places, 2)}f}"


def seconds(value: float) -> str:
    """A duration as read at a glance: 0.4 s, 7.1 s, 48 s, 2 min 05 s, 1 h 10 min."""
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 99.5:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def span(value: float) -> str:
    """A short time that may be very short: 180 ms, 2.4 s."""
    return f"{value * 1000:.0f} ms" if value < 0.9995 else seconds(value)


def seconds_range(low: float, high: float) -> str:
    """The usual range of a model's time: 3–8 s."""
    if high < 1:
        return "under 1 s"
    low_whole, high_whole = int(low), max(round(high), int(low) + 1)
    if high_whole < 100:
        return f"{low_whole}–{high_whole} s"
    return f"{seconds(low)} to {seconds(high)}"


def lasting(value: float) -> str:
    """How long something lasts, in its two largest units: 6 d 21 h, 3 h 5 min, 41 min, 12 s."""
    whole = max(round(value), 0)
    if whole < 100:
        return f"{whole} s"
    minutes = whole // 60
    for count, unit, rest, small in (
        (minutes // 1440, "d", minutes % 1440 // 60, "h"),
        (minutes // 60, "h", minutes % 60, "min"),
    ):
        if count:
            return f"{count} {unit} {rest} {small}" if rest else f"{count} {unit}"
    return f"{minutes} min"


def ordinal(place: int) -> tuple[str, str]:
    """A place in a queue as its number and its ending: ("3", "rd")."""
    ending = "th"
    if place % 100 not in (11, 12, 13):
        ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}".replace(",", "\u202f"), ending


def size(count: int) -> str:
    """A file's size: 812 B, 340 KB, 1.1 MB."""
    if count < 1000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1000:.0f} KB"
    if count < 999_500_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{count / 1_000_000_000:.1f} GB"


def grouped(number: int) -> str:
    """A seed in groups of three, set apart by narrow spaces."""
    return f"{number:,}".replace(",", "\u202f")


def clock(value: datetime) -> Markup:
    """A time of day; the browser shows it in its own zone."""
    return _time(value, "clock", f"{value:%H:%M:%S} UTC")


def minute(value: datetime) -> Markup:
    """A time of day to the minute; the browser shows it in its own zone."""
    return _time(value, "minute", f"{value:%H:%M} UTC")


def day(value: datetime) -> Markup:
    """A day and time; the browser shows it in its own zone, the nearer the shorter."""
    return _time(value, "day", f"{value.day} {value:%b %Y, %H:%M} UTC")


def day_ahead(value: datetime) -> Markup:
    """A day and time to come, within a sentence: 28 November 11:00."""
    return _time(value, "day-ahead", f"{value.day} {value:%B %H:%M} UTC")


def whole_seconds(value: float) -> str:
    """Seconds that stand still in large figures: 7 s, 2 min 05 s."""
    return f"{int(value)} s" if value < 99.5 else seconds(value)


def date(value: datetime) -> Markup:
    """A day alone, as the gallery's headings have it."""
    return _time(value, "date", f"{value.day} {value:%B %Y}")


def since(value: datetime) -> Markup:
    """A day within a sentence: today, yesterday, 12 November."""
    return _time(value, "since", f"{value.day} {value:%B}")


def at_day(value: datetime) -> Markup:
    """A time of a day within a sentence: 14:02 today, 14:02 on 12 November."""
    return _time(value, "at-day", f"{value:%H:%M} UTC on {value.day} {value:%B}")


def ago(value: datetime, now: datetime) -> str:
    """How long ago something was, in the one unit that says it best: 3 hours ago."""
    minutes = max(round((now - value).total_seconds() / 60), 0)
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        count = minutes // length
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def brief(value: Any) -> str:
    """A value of a run's inputs on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and set(value) == {"width", "height"}:
        return f"{value['width']} × {value['height']}"
    if isinstance(value, list):
        return ", ".join(brief(item) for item in value)
    return str(value)


@pass_environment
def truncate(environment: Environment, text: str, length: int) -> str:
    """A text that is longer ends with a whole word and an ellipsis."""
    shorter = do_truncate(environment, text, length, end="")
    return text if shorter == text else f"{shorter.rstrip(' .,;:…')}…"


def _time(value: datetime, form: str, text: str) -> Markup:
    return Markup('<time datetime="{}" data-time="{}">{}</time>').format(
        value.isoformat(timespec="milliseconds"), form, escape(text)
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "seconds": seconds,
    "span": span,
    "lasting": lasting,
    "seconds_range": seconds_range,
    "ordinal": ordinal,
    "size": size,
    "grouped": grouped,
    "clock": clock,
    "minute": minute,
    "day": day,
    "day_ahead": day_ahead,
    "whole_seconds": whole_seconds,
    "date": date,
    "since": since,
    "at_day": at_day,
    "ago": ago,
    "brief": brief,
    "truncate": truncate,
}
