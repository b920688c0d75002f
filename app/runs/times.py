"""How long a model usually takes here, measured on its last completed runs."""

import time

from app.runs import queries
from app.runs.services import Services
from app.runs.usual import UsualTime

_COUNTED = 200
# With many runs one more changes little: they are read again this seldom while more are made.
_MANY = 50
_SECONDS_BETWEEN = 5.0


async def usual_time(services: Services, model_id: str) -> UsualTime:
    """The model's usual time, read again only after its runs have changed, and not each second."""
    completed = services.versions.completed(model_id)
    as_of, known, read_at = services.usual_times.get(model_id, (None, UsualTime(), 0.0))
    is_recent = time.monotonic() - read_at < _SECONDS_BETWEEN
    if as_of == completed or (is_recent and len(known.seconds) >= _MANY):
        return known
    async with services.database.read() as tx:
        seconds = await queries.seconds_taken(tx, model_id, limit=_COUNTED)
    usual = UsualTime(tuple(sorted(seconds)))
    services.usual_times[model_id] = (completed, usual, time.monotonic())
    return usual
