"""What a failed run tells the person to do, and what it never claims."""

from decimal import Decimal

import pytest

from app.runs.advice import in_doubt, what_now
from app.runs.states import State
from tests.runs.samples import NOON, run

FAILED = {"state": State.FAILED, "sent_at": NOON, "words_from": "runcomfy"}
DOUBTED = {"words_from": "playground", "words": "No answer came.", "doubted_at": NOON}


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"words_from": "connection"}, "Nothing was sent or charged."),
        ({"http_status": 401}, "RUNCOMFY_TOKEN"),
        ({"http_status": 403}, "RUNCOMFY_TOKEN"),
        ({"http_status": 402}, "no credit left"),
        ({"http_status": 429}, "Try again in a little while."),
        ({"http_status": 429, "retry_after_seconds": 90.0}, "Try again in 90 s."),
        ({"http_status": 422}, "refused these inputs"),
        ({"http_status": 500}, "RunComfy did not take it."),
        ({"words": "Safety checker said no", "request_id": "r"}, "A new seed often passes"),
        ({"words": "It broke", "request_id": "r"}, "try again"),
        (DOUBTED, "not asked after any more"),
        ({**DOUBTED, "decision": "attached", "request_id": "r"}, "Give it another request id"),
    ],
)
def test_each_failure_says_what_to_do(values: dict[str, object], part: str) -> None:
    assert part in what_now(run(**FAILED | values))


@pytest.mark.parametrize("status", [401, 402, 403, 429])
def test_a_refusal_says_that_nothing_was_charged(status: int) -> None:
    assert "Nothing was charged." in what_now(run(**FAILED, http_status=status))


def test_trying_again_names_its_price_where_that_is_known() -> None:
    known = what_now(run(**FAILED, http_status=422, estimate_usd=Decimal("0.005")))
    unknown = what_now(run(**FAILED, http_status=422))

    assert "about $0.005" in known
    assert "$" not in unknown


def test_a_run_given_up_in_doubt_is_not_called_free() -> None:
    assert in_doubt(run(**FAILED | DOUBTED))
    assert not in_doubt(run(**FAILED, http_status=422))
    assert not in_doubt(run(**FAILED | {"words_from": "connection"}))
    assert not in_doubt(run(**FAILED | {"words_from": "playground", "request_id": "r"}))
