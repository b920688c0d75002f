"""The table of states is the contract's, no more and no less."""

from app.runs.states import ENDED, FOLLOWED, State, may_follow, may_precede

# As the contract has it; a state may also be written again with new facts.
PERMITTED = {
    "saved": {"sending", "cancelled", "failed"},
    "sending": {"queued", "failed", "running", "completed", "unknown"},
    "queued": {"queued", "running", "completed", "failed", "cancelled"},
    "running": {"queued", "running", "completed", "failed", "cancelled"},
    "unknown": {"queued", "running", "failed"},
    "failed": {"running", "completed"},
    "completed": {"completed"},
    "cancelled": set(),
}


def test_exactly_what_the_contract_permits_may_follow() -> None:
    found = {
        before.value: {after.value for after in State if may_follow(before, after)}
        for before in State
    }

    assert found == PERMITTED


def test_what_may_precede_is_the_same_table_read_backwards() -> None:
    for after in State:
        assert set(may_precede(after)) == {one for one in State if may_follow(one, after)}


def test_nothing_ever_leads_back_to_sending() -> None:
    assert may_precede(State.SENDING) == [State.SAVED]
    assert may_precede(State.SAVED) == []


def test_every_state_is_followed_or_ended_or_for_a_person_to_decide() -> None:
    assert set(State) - FOLLOWED - ENDED == {State.UNKNOWN}
    assert not FOLLOWED & ENDED
