"""What has changed since a page asked, answered from memory.

An open page asks every second; almost always nothing is new. A database read costs five times
what the whole answer does, so our own writes leave the newest version of each run here.
"""

from collections import OrderedDict
from dataclasses import dataclass

from app.runs.queries import Run
from app.runs.states import State

_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A run's newest version, and who may see the run."""

    version: int
    owner_id: str


class Versions:
    """The newest version of runs lately changed or asked for, and a count of changes a model."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, Seen] = OrderedDict()
        self._changes: dict[tuple[str, str], int] = {}
        self._completed: dict[str, int] = {}

    def of(self, run_id: str) -> Seen | None:
        """The newest version, or None when the database has to be asked."""
        return self._runs.get(run_id)

    def changes(self, owner_id: str, model_id: str) -> int:
        """Grows with each change of this person's runs of this model."""
        return self._changes.get((owner_id, model_id), 0)

    def completed(self, model_id: str) -> int:
        """Grows with each completed run of this model."""
        return self._completed.get(model_id, 0)

    def changed(self, run: Run) -> None:
        """Take note of a run as it was just written and committed."""
        self.read(run)
        about = (run.owner_id, run.model_id)
        self._changes[about] = self._changes.get(about, 0) + 1
        if run.state == State.COMPLETED:
            self._completed[run.model_id] = self._completed.get(run.model_id, 0) + 1

    def read(self, run: Run) -> None:
        """Take note of a run as it was just read."""
        known = self._runs.get(run.id)
        if known is None or known.version < run.version:
            self._runs[run.id] = Seen(run.version, run.owner_id)
            self._runs.move_to_end(run.id)
            if len(self._runs) > _KEPT:
                self._runs.popitem(last=False)
