"""Which words and figures a page shows of a run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import Markup

from app.media.queries import Media
from app.runs.queries import Run
from app.runs.states import State
from app.runs.usual import UsualTime
from app.runs.view import RunView
from app.runs.waiting import Waiting
from tests.runs.samples import NOON, run

USUAL = UsualTime((3.0, 4.0, 4.0, 5.0, 6.0))


def later(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


def view(one: Run, after_seconds: float = 0.0, **values: Any) -> RunView:
    """The run as it is seen so long after it was made."""
    plain: dict[str, Any] = {"model": None, "media": [], "usual": USUAL, "form": None}
    return RunView(run=one, now=later(after_seconds), **plain | values)


def item(kind: str = "image", **values: Any) -> Media:
    plain: dict[str, Any] = {
        "id": "0" * 26,
        "owner_id": "owner",
        "run_id": "1" * 26,
        "position": 0,
        "origin": "output",
        "sha256": "a" * 64,
        "size_bytes": 1,
        "kind": kind,
        "media_type": "image/png",
        "extension": "png",
        "width": 1,
        "height": 1,
        "duration_seconds": None,
        "storage_key": "k",
        "thumbnail": None,
        "source_url": "https://x/1.png",
        "created_at": NOON,
    }
    return Media(**plain | values)


RUNNING = run(state=State.RUNNING, sent_at=NOON, answered_at=later(1), running_at=later(3))


def test_time_is_counted_from_runcomfys_begin_to_its_end() -> None:
    ended = replace(RUNNING, state=State.COMPLETED, ended_there_at=later(10), ended_at=later(60))

    assert view(RUNNING, 7).elapsed_seconds == 4
    assert view(ended, 600).elapsed_seconds == 7
    assert view(ended, 600).queued_seconds == 2


def test_a_clock_set_back_gives_no_negative_time() -> None:
    assert view(RUNNING, -100).elapsed_seconds == 0


def test_it_says_when_a_run_takes_longer_than_usual() -> None:
    assert not view(RUNNING, 8).longer_than_usual
    assert view(RUNNING, 20).longer_than_usual
    assert not view(RUNNING, 20, usual=UsualTime()).longer_than_usual


def test_an_open_page_asks_each_second_for_two_minutes_and_then_every_five() -> None:
    assert view(RUNNING, 119).ask_seconds == 1
    assert view(RUNNING, 121).ask_seconds == 5


def test_a_fragment_is_made_anew_when_the_page_should_ask_less_often() -> None:
    sending = run(state=State.SENDING)

    assert view(sending, 10).fresh_until == int(later(120).timestamp()) + 1


def test_a_run_in_line_is_looked_at_each_time_since_others_move_the_line() -> None:
    saved = run()

    assert view(saved, 10).fresh_until == int(later(10).timestamp()) + 1
    third = view(saved, waiting=Waiting(3, Markup("One is under way."), None))
    second = view(saved, waiting=Waiting(2, Markup("One is under way."), None))
    assert view(saved).seen == "1"
    assert len({third.seen, second.seen, "1"}) == 3
    assert (view(saved).state_in_words, third.state_in_words) == ("Sending", "Waiting")


def test_a_fragment_is_made_anew_when_the_run_becomes_longer_than_usual() -> None:
    seen = view(RUNNING, 4)

    assert seen.fresh_until <= later(3 + 6).timestamp() + 1


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A yellow cup, on a table", "a-yellow-cup-on-a-table.png"),
        ("one two three four five six seven", "one-two-three-four-five-six.png"),
        ("مرحبا بالعالم", "مرحبا-بالعالم.png"),
        ("../../etc/passwd", "etc-passwd.png"),
        ("🦊🦊", "text-to-image.png"),
        ("", "text-to-image.png"),
    ],
)
def test_a_file_is_named_after_the_prompt_and_never_leads_elsewhere(prompt: str, name: str) -> None:
    one = view(run(inputs={"prompt": prompt}), media=[item()])

    assert one.file_name(item()) == name


def test_several_files_are_numbered() -> None:
    one = view(run(), media=[item(), item(position=1)])

    assert one.file_name(item(position=1)) == "a-yellow-cup-2.png"


def test_what_came_is_counted_in_words() -> None:
    many = [item(), item(), item("video"), item("other")]

    assert view(run(), media=many).counted == "2 pictures, 1 video, 1 file"


def test_a_run_that_misses_files_says_how_many_it_kept() -> None:
    part = run(state=State.COMPLETED, missing=[{"position": 1}])

    assert view(part, media=[item()]).state_in_words == "Done, 1 of 2 kept"


@pytest.mark.parametrize(
    ("output", "unfamiliar"),
    [
        ({"image": "https://x/1.png"}, False),
        ({"images": ["https://x/1.png", "", None]}, False),
        ({"image": "https://x/1.png", "seed": 7}, True),
        (["https://x/1.png", {"deep": {"er": 0}}], True),
    ],
)
def test_an_output_with_more_than_its_files_is_shown_whole(output: Any, unfamiliar: bool) -> None:
    one = run(state=State.COMPLETED, output=output)

    assert view(one, media=[item()]).answer.unfamiliar == unfamiliar


def test_an_enormous_answer_is_shown_in_part() -> None:
    one = run(state=State.COMPLETED, output={"text": "x" * 1_000_000})

    assert len(view(one).answer.json or "") <= 20_000


def test_the_report_for_support_names_what_support_asks_for() -> None:
    failed = run(
        state=State.FAILED, request_id="r-1", sent_at=NOON, http_status=500, words="It broke."
    )

    assert view(failed).report.splitlines() == [
        "request_id: r-1",
        "model: blackforestlabs/flux-2/flash/text-to-image",
        "sent: 2026-11-03T12:00:00+00:00",
        "state: failed",
        "HTTP status: 500",
        "said: It broke.",
    ]
