"""The waiting well's instrument: its length, its marks, its strokes."""

import re

import pytest

from app.runs.ruler import make_ruler
from app.runs.usual import UsualTime

QUICK = UsualTime((4.0, 5.0, 5.0, 6.0, 6.5, 7.0))


def test_without_past_runs_it_is_a_minute_long_and_bare() -> None:
    ruler = make_ruler(UsualTime(), 0.0)

    assert (ruler.end, ruler.strokes, ruler.low_seconds) == (60.0, "", None)
    assert ruler.marks[0] == 0.0


def test_it_leaves_room_beyond_the_usual_range() -> None:
    ruler = make_ruler(QUICK, 0.0)

    assert ruler.high_seconds is not None
    assert 1.5 * ruler.high_seconds <= ruler.end <= 3 * ruler.high_seconds


@pytest.mark.parametrize("elapsed", [11.0, 100.0, 4000.0])
def test_it_grows_until_the_run_so_far_fits(elapsed: float) -> None:
    ruler = make_ruler(QUICK, elapsed)

    assert elapsed < ruler.end <= max(2 * elapsed, 13)


@pytest.mark.parametrize(
    "longest", [0.05, 0.4, 1.0, 3.0, 7.0, 17.0, 29.0, 55.0, 130.0, 700.0, 5000.0, 40_000.0]
)
def test_it_is_never_crowded_and_its_numbers_stand_clear_of_the_end(longest: float) -> None:
    ruler = make_ruler(UsualTime((longest,) * 5), 0.0)

    assert 4 <= ruler.end / ruler.step <= 60
    assert len(ruler.marks) >= 1
    assert ruler.marks[-1] <= ruler.end - 0.6 * ruler.major
    assert ruler.end > longest


def test_each_past_run_is_part_of_a_stroke() -> None:
    ruler = make_ruler(QUICK, 0.0)

    heights = [int(height) for height in re.findall(r"v-(\d+)", ruler.strokes)]

    assert sum(heights) == len(QUICK.seconds)
    assert max(heights) == ruler.high == 2


def test_a_run_beyond_the_end_is_no_stroke_outside_the_box() -> None:
    ruler = make_ruler(UsualTime((1.0,) * 20 + (500.0,)), 0.0)

    places = [float(place) for place in re.findall(r"M([\d.]+) ", ruler.strokes)]

    assert max(places) <= ruler.end
