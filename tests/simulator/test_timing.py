"""How a request stands, from its id and the clock alone."""

from app.simulator.ledger import Accepted, new_request_id
from app.simulator.timing import Standing, standing, times

CAME = 1_800_000_000.0


def request(prompt: str = "a cup", chance: int = 0) -> Accepted:
    request_id = f"{new_request_id(CAME)[:-16]}{chance:016x}"
    return Accepted(request_id, "simulated/many/text-to-image", {"prompt": prompt}, "http://here")


def seen(accepted: Accepted, *seconds: float) -> list[str]:
    known = times(accepted, 1.0, 10.0)
    return [standing(accepted, known, CAME + after).status for after in seconds]


def test_the_id_carries_when_it_came_and_the_number_drawn() -> None:
    accepted = request(chance=2**63 - 1)

    assert accepted.came == CAME
    assert accepted.chance == accepted.seed == 2**63 - 1


def test_a_held_request_goes_on_only_when_it_is_let_go() -> None:
    accepted, late = request("a cup [held]"), CAME + 1_000_000

    told = []
    for let_go in ([], [CAME + 5], [CAME + 5, CAME + 9]):
        told.append(standing(accepted, times(accepted, 1.0, 10.0, let_go), late))

    assert told == [Standing("in_queue", 1), Standing("in_progress"), Standing("completed")]


def test_the_place_in_the_queue_counts_down_to_one() -> None:
    accepted = request(chance=2)
    known = times(accepted, 1.0, 10.0)

    told = [standing(accepted, known, CAME + after) for after in (0, 0.9, 1.1, 2.9)]

    assert told == [Standing("in_queue", place) for place in (3, 3, 2, 1)]


def test_runs_take_up_to_two_fifths_more_or_less_than_usual() -> None:
    spans = []
    for chance in range(0, 3000, 7):
        known = times(request(chance=chance), 0.0, 10.0)
        spans.append(known.ends - known.starts)

    assert 6.0 <= min(spans) < 6.2
    assert 13.8 < max(spans) <= 14.0 + 1e-6


def test_with_no_time_to_take_a_request_has_ended_at_once() -> None:
    accepted = request()

    assert standing(accepted, times(accepted, 0.0, 0.0), CAME).status == "completed"


def test_an_exact_time_leaves_out_the_queue() -> None:
    assert seen(request("[takes 3]"), 0, 2.9, 3) == ["in_progress", "in_progress", "completed"]


def test_words_change_how_it_goes() -> None:
    assert seen(request("[never]"), 5, 1e9) == ["in_progress", "in_progress"]
    # One second of queue and six of work, with the number 0 that was drawn.
    assert seen(request("[backwards]"), 2, 4, 6, 7) == [
        "in_progress",
        "in_queue",
        "in_progress",
        "completed",
    ]
    assert seen(request("[fail]"), 3, 4.5) == ["in_progress", "failed"]
    assert seen(request("[fail late]"), 6.5, 7) == ["in_progress", "failed"]
    assert seen(request("[slow]"), 7, 60, 61) == ["in_progress", "in_progress", "completed"]
