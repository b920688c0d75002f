"""A run at its end: its files recorded, its words written down, its small pictures made."""

import logging
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.errors import PlaygroundError
from app.media import queries as media_queries
from app.media.queries import Media
from app.runcomfy.answers import Result
from app.runs import queries
from app.runs.fetching import Fetched
from app.runs.outputs import FILE_KEYS
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State

DELETED = "RunComfy has deleted what it made, before there was room for it here."
NOTHING_USABLE = "RunComfy finished, but sent nothing usable."

_log = logging.getLogger(__name__)


async def finish(
    services: Services,
    run: Run,
    result: Result,
    kept: list[Fetched],
    missing: list[dict[str, Any]],
) -> tuple[Run | None, list[Media]]:
    """Record the files and end the run, in one transaction. missing: as the row has it."""
    values: dict[str, Any] = {
        "phase": queries.MENDING if any(item["passing"] for item in missing) else None,
        "output": result.output,
        "missing": missing or None,
        "cost_usd": result.cost_usd,
        "ended_at": utc_now(),
        "ended_there_at": ended_there(run, result),
        "held_up": None,
        "next_try_at": None,
    }
    state = State.COMPLETED
    if not kept and (missing or not _worth_showing(result.output)):
        state = State.FAILED
        values |= {"words": _nothing_usable(run, missing), "words_from": "playground"}
    values |= shape(kept)
    async with services.database.begin() as tx:
        recorded = await record(tx, run, kept)
        ended = await queries.move(tx, run.id, state, **values)
    services.published(ended)
    return ended, recorded


async def make_thumbnails(services: Services, recorded: Iterable[Media]) -> None:
    """Make the small pictures, after the large ones can be seen; one not made now is later."""
    for media in recorded:
        try:
            await services.media.thumbnail(media.id)
        except PlaygroundError as error:
            _log.warning("run %s: no small picture yet: %s", media.run_id, error)


async def record(tx: AsyncConnection, run: Run, kept: Iterable[Fetched]) -> list[Media]:
    """Write down which files of a run are kept; what is written down already stays as it is."""
    return [
        await media_queries.record(
            tx,
            one.kept,
            owner_id=run.owner_id,
            run_id=run.id,
            position=one.position,
            origin="output",
            source_url=one.file.url,
        )
        for one in kept
        if one.kept is not None
    ]


async def fail(
    services: Services,
    run: Run,
    words: str,
    *,
    words_from: str = "runcomfy",
    http_status: int | None = None,
    cost_usd: Decimal | None = None,
    output: Any = None,
) -> Run | None:
    """End a run that came to nothing."""
    return await services.move(
        run.id,
        State.FAILED,
        phase=None,
        words=words,
        words_from=words_from,
        http_status=http_status,
        cost_usd=cost_usd,
        output=output,
        held_up=None,
        next_try_at=None,
        ended_at=utc_now(),
    )


def ended_there(run: Run, result: Result) -> datetime | None:
    """RunComfy's own time where it can be true, so that our pauses do not count as work."""
    there, here = result.finished_at, run.ended_there_at
    started = run.running_at or run.answered_at
    if there is not None and here is not None and started is not None and started < there < here:
        return there
    return here


def shape(kept: Iterable[Fetched]) -> dict[str, int]:
    """Width and height of the first that has them, for the run's row."""
    for one in kept:
        measures = one.kept.measures if one.kept else None
        if measures and measures.width and measures.height:
            return {"width": measures.width, "height": measures.height}
    return {}


def _worth_showing(output: Any) -> bool:
    """Whether an output without files says something: a shape of its own, shown as JSON."""
    if not isinstance(output, dict):
        return isinstance(output, str | list) and bool(output)
    return any(
        value not in (None, "", [], {}) for name, value in output.items() if name not in FILE_KEYS
    )


def _nothing_usable(run: Run, missing: list[dict[str, Any]]) -> str:
    if missing and run.held_up and all(item["http_status"] in (404, 410) for item in missing):
        return DELETED
    if missing:
        return "RunComfy finished, but none of its files could be had."
    return NOTHING_USABLE
