"""The eight states of a run, and which may follow which."""

from enum import StrEnum


class State(StrEnum):
    """Where a run is. `unknown`: the paid request may or may not have reached RunComfy."""

    SAVED = "saved"
    SENDING = "sending"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What a person made of a run in doubt."""

    ATTACHED = "attached"
    SENT_AGAIN = "sent_again"
    WRITTEN_OFF = "written_off"


ENDED = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})

# A run that nobody has to decide about and that has not ended is followed by the machine.
FOLLOWED = frozenset({State.SAVED, State.SENDING, State.QUEUED, State.RUNNING})

_NEXT: dict[State, frozenset[State]] = {
    State.SAVED: frozenset({State.SENDING, State.CANCELLED, State.FAILED}),
    State.SENDING: frozenset(
        {State.QUEUED, State.RUNNING, State.COMPLETED, State.FAILED, State.UNKNOWN}
    ),
    State.QUEUED: frozenset({State.QUEUED, State.RUNNING} | ENDED),
    State.RUNNING: frozenset({State.QUEUED, State.RUNNING} | ENDED),
    State.UNKNOWN: frozenset({State.QUEUED, State.RUNNING, State.FAILED}),
    # Looked at again, or a file that was missing came.
    State.FAILED: frozenset({State.RUNNING, State.COMPLETED}),
    State.COMPLETED: frozenset({State.COMPLETED}),
    State.CANCELLED: frozenset(),
}


def may_follow(before: State, after: State) -> bool:
    """Whether a run may go from one state to the other."""
    return after in _NEXT[before]


def may_precede(after: State) -> list[State]:
    """The states from which a run may come into this one."""
    return [before for before, following in _NEXT.items() if after in following]
