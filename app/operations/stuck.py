"""Runs that take far longer than such runs usually do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.runs.overview import UnderWay
from app.runs.services import Services
from app.runs.states import State
from app.runs.times import usual_time
from app.runs.usual import UsualTime

_SHOWN = 10
_TIMES_THE_USUAL = 5
_SHORTEST_SECONDS = 60.0
# Where no usual time is known, and in RunComfy's queue, which has none.
_LONG_SECONDS = 1800.0
# RunComfy is given a minute and a half to answer; then the answer has to be written down.
_SENDING_SECONDS = 180.0


@dataclass(frozen=True)
class Late:
    """A run that may be stuck."""

    id: str
    state: State
    model_name: str
    seconds: float
    usual: UsualTime


async def late_runs(
    services: Services, oldest: Iterable[UnderWay], now: datetime
) -> tuple[list[Late], int]:
    """Those that are late, the first few of them, and how many more there are."""
    usual: dict[str, UsualTime] = {}
    late: list[Late] = []
    for run in oldest:
        if run.model_id not in usual:
            usual[run.model_id] = await usual_time(services, run.model_id)
        seconds = (now - run.since).total_seconds()
        if seconds > _patience(run.state, usual[run.model_id]):
            model = services.shelf.find(run.model_id)
            name = run.model_id if model is None else model.display_name
            late.append(Late(run.id, run.state, name, seconds, usual[run.model_id]))
    return late[:_SHOWN], len(late[_SHOWN:])


def _patience(state: State, usual: UsualTime) -> float:
    if state == State.SENDING:
        return _SENDING_SECONDS
    if state != State.RUNNING or usual.high_seconds is None:
        return _LONG_SECONDS
    return max(_TIMES_THE_USUAL * usual.high_seconds, _SHORTEST_SECONDS)
