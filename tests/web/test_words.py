"""How figures read on a page."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from jinja2 import Environment

from app.web import words


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("0", "$0.00"),
        ("0.5", "$0.50"),
        ("0.005", "$0.005"),
        ("0.0450", "$0.045"),
        ("12", "$12.00"),
        ("100", "$100.00"),
        ("1234.5", "$1,234.50"),
        ("0.000000001", "$0.000000001"),
    ],
)
def test_money_has_as_many_places_as_the_amount(usd: str, text: str) -> None:
    assert words.money(Decimal(usd)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0 s"),
        (0.44, "0.4 s"),
        (7.12, "7.1 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (48.2, "48 s"),
        (99.4, "99 s"),
        (99.7, "1 min 40 s"),
        (125, "2 min 05 s"),
        (3599.7, "1 h 00 min"),
        (4200, "1 h 10 min"),
    ],
)
def test_a_duration_is_read_at_a_glance(value: float, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.1, 0.4, "under 1 s"),
        (3.2, 8.4, "3–8 s"),
        (0.4, 1.2, "0–1 s"),
        (4.1, 4.3, "4–5 s"),
        (80, 130, "80 s to 2 min 10 s"),
    ],
)
def test_a_usual_range_is_short(low: float, high: float, text: str) -> None:
    assert words.seconds_range(low, high) == text


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (102, "102nd"),
        (111, "111th"),
        (1203, "1\u202f203rd"),
    ],
)
def test_a_place_in_a_queue_has_its_ending(place: int, text: str) -> None:
    assert "".join(words.ordinal(place)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (340_400, "340 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (1_100_000, "1.1 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_a_size_is_rounded(count: int, text: str) -> None:
    assert words.size(count) == text


def test_a_seed_is_set_in_groups_of_three() -> None:
    assert words.grouped(2**63 - 1) == "9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f807"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (7.25, "7.25"),
        ("", ""),
        ({"width": 1280, "height": 720}, "1280 × 720"),
        (["a", True, {"width": 1, "height": 2}], "a, yes, 1 × 2"),
    ],
)
def test_an_input_is_told_on_one_line(value: Any, text: str) -> None:
    assert words.brief(value) == text


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (words.clock, "09:05:07 UTC"),
        (words.day, "3 Mar 2026, 09:05 UTC"),
        (words.date, "3 March 2026"),
        (words.since, "3 March"),
        (words.at_day, "09:05 UTC on 3 March"),
    ],
)
def test_a_time_can_be_read_without_a_script_and_shown_in_the_visitors_zone_with_one(
    write: Any, text: str
) -> None:
    shown = str(write(datetime(2026, 3, 3, 9, 5, 7, 123000, tzinfo=UTC)))

    assert f">{text}</time>" in shown
    assert 'datetime="2026-03-03T09:05:07.123+00:00"' in shown


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3, minutes=20), "3 hours ago"),
        (timedelta(days=1, hours=20), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
    ],
)
def test_how_long_ago_is_told_in_one_unit(passed: timedelta, text: str) -> None:
    now = datetime(2026, 3, 3, 9, 5, 7, tzinfo=UTC)

    assert words.ago(now - passed, now) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0004, "0 ms"), (0.18, "180 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (2.44, "2.4 s")],
)
def test_a_very_short_time_is_told_in_milliseconds(value: float, text: str) -> None:
    assert words.span(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-3, "0 s"),
        (12.4, "12 s"),
        (99, "99 s"),
        (100, "1 min"),
        (41 * 60, "41 min"),
        (3 * 3600, "3 h"),
        (3 * 3600 + 300, "3 h 5 min"),
        (6 * 86400 + 21 * 3600 + 59, "6 d 21 h"),
        (7 * 86400, "7 d"),
    ],
)
def test_a_lasting_time_is_told_in_its_two_largest_units(value: float, text: str) -> None:
    assert words.lasting(value) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Roses in a vase", "Roses in a vase"),
        ("Roses in a vase. Low light from the left", "Roses in a vase…"),
        ("Roses in a vase of white porcelain", "Roses in a vase…"),
        ("Rosesinavaseofwhiteporcelain", "Rosesinavaseofwhi…"),
    ],
)
def test_a_long_text_ends_with_a_whole_word(text: str, shown: str) -> None:
    assert words.truncate(Environment(autoescape=True), text, 17) == shown
