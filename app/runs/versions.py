"""What has changed since a page asked, answered from memory.

An open page asks every second; almost always nothing is new. A database read costs five times
what the whole answer does, so our own writes leave the newest version of each run here.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

from app.runs.queries import Run
from app.runs.states import State

_KEPT = 20_000
_KEPT_WHOLE = 500

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Seen:
    """A run's newest version, and who may see the run."""

    version: int
    owner_id: str


@dataclass(frozen=True, slots=True)
class Written:
    """A run as this or another process has just written it."""

    id: str
    owner_id: str
    model_id: str
    state: str
    version: int


class Versions:
    """The newest version of runs lately changed or asked for, and a count of changes a model."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, Seen] = OrderedDict()
        self._whole: OrderedDict[str, Run] = OrderedDict()
        self._changes: dict[tuple[str, str], int] = {}
        self._completed: dict[str, int] = {}
        self._counted: OrderedDict[str, int] = OrderedDict()

    def of(self, run_id: str) -> Seen | None:
        """The newest version, or None when the database has to be asked."""
        return self._runs.get(run_id)

    def latest(self, run_id: str) -> Run | None:
        """A run on its way as this process has written it, if nobody has changed it since."""
        run, known = self._whole.get(run_id), self._runs.get(run_id)
        return (
            run if run is not None and known is not None and run.version == known.version else None
        )

    def changes(self, owner_id: str, model_id: str) -> int:
        """Grows with each change of this person's runs of this model."""
        return self._changes.get((owner_id, model_id), 0)

    def completed(self, model_id: str) -> int:
        """Grows with each completed run of this model."""
        return self._completed.get(model_id, 0)

    def changed(self, run: Run) -> None:
        """Take note of a run as it was just written and committed."""
        self.heard(Written(run.id, run.owner_id, run.model_id, run.state, run.version))
        if run.ended:
            self._whole.pop(run.id, None)
        else:
            _put(self._whole, run.id, run, _KEPT_WHOLE)

    def heard(self, run: Written) -> None:
        """Take note of a run that this or another process has written; twice is once."""
        self._note(run.id, Seen(run.version, run.owner_id))
        # What was merely read is not counted: a page read here may be older than it.
        if self._counted.get(run.id, 0) >= run.version:
            return
        _put(self._counted, run.id, run.version)
        about = (run.owner_id, run.model_id)
        self._changes[about] = self._changes.get(about, 0) + 1
        if run.state == State.COMPLETED:
            self._completed[run.model_id] = self._completed.get(run.model_id, 0) + 1

    def read(self, run: Run) -> None:
        """Take note of a run as it was just read."""
        self._note(run.id, Seen(run.version, run.owner_id))

    def _note(self, run_id: str, seen: Seen) -> None:
        known = self._runs.get(run_id)
        if known is None or known.version < seen.version:
            _put(self._runs, run_id, seen)


def _put(memory: OrderedDict[str, _Value], key: str, value: _Value, most: int = _KEPT) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > most:
        memory.popitem(last=False)
