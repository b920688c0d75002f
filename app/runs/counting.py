"""What is not kept yet, counted again and again, and let in when somebody wants it tried now."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from app import metrics
from app.db.columns import utc_now
from app.db.engine import Database
from app.errors import Unavailable
from app.runs import unkept_queries as queries
from app.runs.keeping import KEPT_THERE
from app.runs.services import Services
from app.runs.unkept import ALARM, Unkept

_EVERY_SECONDS = 5.0
_SHORTEST_SECONDS = 0.5
_TRIED_AT_ONCE = 100

_log = logging.getLogger(__name__)


async def count_forever(services: Services) -> None:
    """Count every few seconds and soon after our own changes; runs until it is cancelled."""
    while True:
        try:
            await recount(services)
        except Unavailable as error:
            _log.warning("what is not kept cannot be counted: %s", error)
        # Thousands may change within a second.
        await asyncio.sleep(_SHORTEST_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(_EVERY_SECONDS):
                await services.to_count.wait()
        services.to_count.clear()


async def recount(services: Services) -> None:
    """Count once; and try those that somebody, perhaps at another replica, wants tried now."""
    services.unkept = await count(services.database)
    metrics.UNKEPT_RESULTS.set(services.unkept.count)
    left = services.unkept.seconds_left()
    metrics.UNKEPT_SOONEST_SECONDS.set(float("inf") if left is None else left)
    if not services.unkept.count:
        return
    async with services.database.read() as tx:
        wanted = await queries.to_try_now(tx, limit=_TRIED_AT_ONCE)
    for run_id in wanted:
        services.keeping.try_now(run_id)


async def count(database: Database) -> Unkept:
    """What is held up, what is missing, and what was left lying until RunComfy soon deletes it."""
    async with database.read() as tx:
        counted, first = await queries.count_not_kept(tx, ended_there_before=overdue_since())
    return Unkept(counted, None if first is None else first + KEPT_THERE)


def overdue_since() -> datetime:
    """What RunComfy finished before this it deletes within a day."""
    return utc_now() - KEPT_THERE + ALARM
