"""Each run's steps as lines of the log and as figures: never its inputs, nor RunComfy's words."""

import logging
from collections import OrderedDict
from typing import Any

from app import metrics
from app.runs.queries import Run
from app.runs.states import State

# Of a run left out, a step may be told twice.
_REMEMBERED = 20_000

_log = logging.getLogger(__name__)


class Steps:
    """Tells each step of a run once, as it is committed."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, tuple[State, str | None]] = OrderedDict()

    def taken(self, run: Run) -> None:
        """Take note of a run as it was just written; most changes are no step."""
        before, now = self._last.get(run.id), (run.state, None if run.ended else run.phase)
        if before == now:
            return
        self._last[run.id] = now
        self._last.move_to_end(run.id)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        if run.state == State.UNKNOWN:
            _log.warning("run %s: unknown whether RunComfy has it", run.id, extra=_fields(run))
            return
        accepted = before is not None and before[0] == State.SENDING and run.state == State.QUEUED
        if accepted and run.answered_at is not None:
            waited = (run.answered_at - run.created_at).total_seconds()
            metrics.SUBMIT_SECONDS.observe(max(waited, 0.0))
        if run.ended:
            metrics.RUNS_ENDED.labels(state=run.state).inc()
        _log.info("run %s: %s", run.id, _step(run, accepted=accepted), extra=_fields(run))


def _step(run: Run, *, accepted: bool) -> str:
    if accepted:
        return "answered: RunComfy has it"
    if run.state == State.SENDING:
        return "sent"
    if run.state == State.RUNNING and run.phase is not None:
        return "ended at RunComfy, its result is fetched"
    return str(run.state)


def _fields(run: Run) -> dict[str, Any]:
    fields: dict[str, Any] = {"model": run.model_id, "state": run.state}
    if run.request_id is not None:
        fields["request_id"] = run.request_id
    if run.http_status is not None:
        fields["http_status"] = run.http_status
    if run.ended and run.ended_at is not None:
        fields["seconds"] = round((run.ended_at - run.created_at).total_seconds(), 3)
    if run.cost_usd is not None:
        fields["cost_usd"] = f"{run.cost_usd.normalize():f}"
    return {"fields": fields}
