"""When one may speak of a usual time, and what it is."""

from app.runs.usual import UsualTime


def test_fewer_than_five_runs_are_no_usual_time() -> None:
    few = UsualTime((1.0, 2.0, 3.0, 4.0))

    assert not few.known
    assert few.low_seconds is None
    assert few.high_seconds is None


def test_the_usual_range_leaves_out_the_tenth_at_either_end() -> None:
    usual = UsualTime(tuple(float(second) for second in range(11)))

    assert usual.known
    assert (usual.low_seconds, usual.high_seconds) == (1.0, 9.0)


def test_one_slow_run_among_many_does_not_stretch_the_range() -> None:
    usual = UsualTime((3.0,) * 19 + (900.0,))

    assert usual.high_seconds == 3.0
