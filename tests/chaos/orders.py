"""What is sent under chaos: prompts that no two share, most with a fault, and what must come."""

from dataclasses import dataclass
from random import Random

from app.simulator.faults import called

DONE, FAILED, DOUBT = "completed", "failed", "unknown"
PLAIN = "(none)"
# How often each is sent, and the one state in which it must end unless a kill came in between.
FAULTS: dict[str, tuple[int, str]] = {
    PLAIN: (30, DONE),
    # On its way for a while, so that kills find it there.
    "[answers 0.3]": (12, DONE),
    "[answers 1]": (12, DONE),
    "[answers 2.5]": (6, DONE),
    "[refuse 400]": (2, FAILED),
    "[refuse 422]": (2, FAILED),
    "[200 error]": (2, FAILED),
    "[500]": (2, DOUBT),
    "[html]": (2, DOUBT),
    "[no id]": (2, DOUBT),
    "[redirect]": (2, DOUBT),
    "[cut off]": (2, DOUBT),
    "[lost answer]": (2, DOUBT),
    "[huge answer]": (1, DOUBT),
    "[status 500]": (2, DONE),
    "[status 429]": (2, DONE),
    "[status 401]": (2, DONE),
    "[status html]": (2, DONE),
    "[status empty]": (2, DONE),
    "[status lost]": (2, DONE),
    "[status cut off]": (2, DONE),
    "[backwards]": (2, DONE),
    "[odd status]": (2, DONE),
    "[early result]": (2, DONE),
    "[garbled result]": (2, DONE),
    "[flaky file]": (2, DONE),
    "[svg]": (1, DONE),
    "[missing file]": (1, FAILED),
    "[fail]": (2, FAILED),
    "[nsfw]": (2, FAILED),
    "[empty]": (1, FAILED),
}


@dataclass
class Order:
    """One press of the button. run_id: the run that a server has answered it with, once it has."""

    prompt: str
    fault: str
    key: str
    run_id: str | None = None

    @property
    def must_end(self) -> str:
        """How it ends where nobody is killed."""
        return FAULTS[self.fault][1]

    @property
    def answer_seconds(self) -> float:
        """How long the simulator takes to answer the paid request."""
        return called(self.prompt).number("answers") or 0.0


def drawn(chance: Random, number: int) -> Order:
    """A random order; its prompt holds its number, which makes it the only one of its kind."""
    (fault,) = chance.choices(list(FAULTS), [weight for weight, _ in FAULTS.values()])
    words = f"dunes no{number}" if fault == PLAIN else f"dunes no{number} {fault}"
    return Order(words, fault, key=f"chaos-{number}-{chance.getrandbits(64):016x}")
