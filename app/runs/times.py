"""How long a model usually takes here, measured on its last completed runs."""

from app.runs import queries
from app.runs.services import Services
from app.runs.usual import UsualTime

_COUNTED = 200


async def usual_time(services: Services, model_id: str) -> UsualTime:
    """The model's usual time, read again only after its runs have changed."""
    completed = services.versions.completed(model_id)
    as_of, known = services.usual_times.get(model_id, (None, UsualTime()))
    if as_of == completed:
        return known
    async with services.database.read() as tx:
        seconds = await queries.seconds_taken(tx, model_id, limit=_COUNTED)
    usual = UsualTime(tuple(sorted(seconds)))
    services.usual_times[model_id] = (completed, usual)
    return usual
