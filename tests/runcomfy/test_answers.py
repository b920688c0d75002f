"""RunComfy's answers, the odd ones too."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.outside.unpacking import Unreadable
from app.runcomfy.answers import OutputFile, files_in, is_request_id, result_in, status_in, words_in
from app.runcomfy.reading import JsonValue


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("in_queue", "queued"), ("pending", "queued"), ("WAITING", "queued"),
        ("in_progress", "running"), ("starting", "running"), ("processing", "running"),
        ("completed", "completed"), ("Succeeded", "completed"), ("failed", "failed"),
        ("cancelled", "cancelled"), ("canceled", "cancelled"), ("polishing", "running"),
    ],
)  # fmt: skip
def test_every_word_has_a_state_and_an_unknown_one_means_still_going(word: str, state: str) -> None:
    status = status_in({"status": word})

    assert (status.state, status.word) == (state, word)


@pytest.mark.parametrize("position", [-1, 10**9, "3", 2.5, True, None, []])
def test_an_absurd_queue_position_is_left_out(position: JsonValue) -> None:
    assert status_in({"status": "in_queue", "queue_position": position}).queue_position is None


def test_a_failed_status_carries_its_words() -> None:
    status = status_in({"status": "failed", "error": {"code": 7, "message": "Out of memory"}})

    assert status.error_words == "Out of memory"


def test_a_whole_result_is_read() -> None:
    result = result_in(
        {"status": "completed", "output": {"image": "https://x/"}, "cost": 0.036,
         "created_at": "2026-11-21T01:02:03Z", "finished_at": "2026-11-21T03:02:09.5+02:00"}
    )  # fmt: skip

    assert result.finished
    assert result.cost_usd == Decimal("0.036")
    assert result.created_at == datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)
    assert result.finished_at == datetime(2026, 11, 21, 1, 2, 9, 500_000, tzinfo=UTC)
    assert '"image": "https://x/"' in result.raw


@pytest.mark.parametrize(
    "odd", [None, "yesterday", 10**9, [], "9999-12-31T23:59:59-23:59", -0.5, True]
)
def test_odd_costs_and_times_are_left_out(odd: JsonValue) -> None:
    result = result_in({"status": "completed", "cost": odd, "created_at": odd, "finished_at": odd})

    assert (result.cost_usd, result.created_at, result.finished_at) == (None, None, None)


def test_a_free_result_costs_zero() -> None:
    assert result_in({"status": "completed", "cost": 0}).cost_usd == 0


def test_output_alone_does_not_make_a_result() -> None:
    with pytest.raises(Unreadable):
        result_in({"output": {"image": "https://x/"}})


def test_files_are_found_anywhere_in_order_and_once() -> None:
    output: JsonValue = {
        "images": ["https://a/1.png", {"url": "https://a/2.png"}, "https://a/1.png", 7, "text"],
        "video": {"thumb": " HTTP://a/3.webp ", "note": "see https://a/4", "data": "data:,x"},
        "audio": "ftp://a/5.mp3",
    }

    assert files_in(output) == [
        OutputFile("https://a/1.png", "images.0"),
        OutputFile("https://a/2.png", "images.1.url"),
        OutputFile("HTTP://a/3.webp", "video.thumb"),
    ]


@pytest.mark.parametrize("output", [None, {}, [], "", 7, True, {"image": None}])
def test_an_output_without_files_has_none(output: JsonValue) -> None:
    assert files_in(output) == []


def test_an_output_of_one_address_is_a_file() -> None:
    assert files_in("https://a/1.png") == [OutputFile("https://a/1.png", "")]


def test_countless_files_are_bounded() -> None:
    assert len(files_in([f"https://a/{number}" for number in range(1000)])) == 200


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error_message": "A", "message": "B", "detail": "C"}, "A: C"),
        ({"error": {"error": {"message": "Deep"}}}, "Deep"),
        ({"error": {"reason": 7}}, '{"reason": 7}'),
        ({"detail": [{"loc": ["body", "a", 0], "msg": "too short"}, {"msg": "also"}]},
         "a.0: too short; also"),
        ({"error": "two\nlines\x07"}, "two lines"),
        ({"error": None, "detail": []}, None),
        ({"status": "failed"}, None),
        ([], None),
    ],
)  # fmt: skip
def test_words_are_found_in_every_shape(answer: JsonValue, words: str | None) -> None:
    assert words_in(answer) == words


def test_words_are_bounded() -> None:
    assert len(words_in({"error": ["x" * 9000] * 30}) or "") == 2000


@pytest.mark.parametrize("name", ["6b1f-_", "a/b", "<b>", "käse", "x" * 200])
def test_a_request_id_is_opaque(name: str) -> None:
    assert is_request_id(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "a\n", "\0", "\ud83d", "x" * 201, 7, None])
def test_what_no_path_can_carry_is_no_request_id(name: object) -> None:
    assert not is_request_id(name)
