"""What came of it, as a table for people."""

from collections import Counter

from tests.chaos.blows import Fury
from tests.chaos.books import Verdict
from tests.chaos.orders import FAULTS

_OUTCOMES = ("completed", "failed", "unknown", "in doubt by a kill")


def told(outcomes: Counter[tuple[str, str]]) -> str:
    """Faults × outcomes."""
    others = sorted({outcome for _, outcome in outcomes} - set(_OUTCOMES))
    columns = [*_OUTCOMES, *others]
    lines = ["fault".ljust(20) + "".join(column.rjust(20) for column in columns)]
    sent = {fault for fault, _ in outcomes}
    for fault in [*(fault for fault in FAULTS if fault in sent), "all"]:
        counts = [
            sum(n for (one, end), n in outcomes.items() if fault in (one, "all") and end == column)
            for column in columns
        ]
        lines.append(fault.ljust(20) + "".join(str(count or "·").rjust(20) for count in counts))
    return "\n".join(lines)


def summed_up(name: str, fury: Fury, verdict: Verdict) -> str:
    """One place in a few lines."""
    blows = ", ".join(f"{count} × {kind}" for kind, count in sorted(fury.counted.items()))
    runs = sum(verdict.outcomes.values())
    return (
        f"{name}: {fury.kills} kills ({blows}); {runs} runs; {verdict.files} files compared;"
        f" gone on with after at most {verdict.slowest[0]:.1f} s: {verdict.slowest[1]};"
        f" {len(verdict.wrong)} promises broken"
    )
