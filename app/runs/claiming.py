"""The one moment that decides who sends a run: its claim, within the limits and no pause."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.runcomfy.paid import PaidRequest
from app.runs import sending_queries as line
from app.runs.pauses import Pause
from app.runs.queries import Run
from app.runs.replica_queries import alive
from app.runs.services import Services, until_it_works
from app.runs.turns import Limits, reached, without_one


@dataclass(frozen=True)
class Claim:
    """A run that this process alone may send now. pause: the one after which it is tried first."""

    run: Run
    pause: Pause | None


class _NotYet(Exception):
    """A limit or a pause has come between: the run stays saved."""


async def claimed(services: Services, limits: Limits, run: Run, paid: PaidRequest) -> Claim | None:
    """Claim a run, and commit; None when it has to wait, or is another's or nobody's to send."""
    at = utc_now()
    known = {
        "body_sha256": paid.sha256,
        "body_bytes": len(paid.body),
        **services.evidence.before(),
    }
    with suppress(_NotYet):
        return await until_it_works(lambda: _claim(services, limits, run, known, at))
    return None


async def _claim(
    services: Services, limits: Limits, run: Run, known: dict[str, Any], at: datetime
) -> Claim | None:
    if services.stopping.is_set():
        # Left as it is: whoever starts next sends it.
        return None
    async with services.database.begin() as tx:
        await line.lock(tx)
        if not await alive(tx, services.replica_id):
            return None
        claimed = await line.claim_for_sending(tx, run.id, by=services.replica_id, at=at, **known)
        if claimed is None:
            return None
        # Asked afterwards, so that a claim made again after a lost commit finds itself counted.
        pause = await _allowed(tx, limits, claimed, at)
    services.published(claimed)
    return Claim(claimed, pause)


async def _allowed(tx: AsyncConnection, limits: Limits, run: Run, at: datetime) -> Pause | None:
    """The pause after which the run is tried, if there is one. Raises _NotYet: take it back."""
    pause = await line.find_pause(tx)
    if pause is not None and (pause.holds(at) or await line.one_is_tried(tx, pause, run.id)):
        raise _NotYet
    if limits.some:
        load = without_one(await line.load(tx, limits, at), run.owner_id)
        if reached(limits, load, run.owner_id):
            raise _NotYet
    return pause
