"""Files of an ended run that could not be had: asked for ever more slowly, until they come."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.db.columns import utc_now
from app.media.queries import Media
from app.media.store import StorageFull, StorageUnavailable
from app.runcomfy.answers import OutputFile
from app.runs import queries
from app.runs.ending import make_thumbnails, record, shape
from app.runs.fetching import Fetched, fetch_all
from app.runs.keeping import KEPT_THERE, deleted_there_at
from app.runs.queries import Run
from app.runs.services import Services, until_it_works
from app.runs.states import State

_SLOWEST_SECONDS = 3600.0
_NOT_THERE = (404, 410)
# What its server does not know after so long was deleted, or never there.
_NOT_THERE_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """How often a file was asked for, and since when."""

    times: int = 0
    first_at: datetime = field(default_factory=utc_now)

    def once_more(self) -> "Asked":
        """With one question more."""
        return replace(self, times=self.times + 1)


def missing_item(one: Fetched, asked: Asked) -> dict[str, Any]:
    """A file that could not be had, as the run's row has it."""
    return {
        "position": one.position,
        "url": one.file.url,
        "key": one.file.key_path,
        "reason": one.reason,
        "http_status": one.http_status,
        "passing": one.passing,
        "times": asked.times,
        "first_at": asked.first_at.isoformat(),
        "last_at": utc_now().isoformat(),
    }


async def fetch_missing(services: Services, run: Run) -> None:
    """Ask, ever more slowly, for files that were not to be had, until RunComfy deletes them."""
    pause_seconds = services.patience_seconds
    just_ended = run.ended_at is not None and utc_now() - run.ended_at < timedelta(minutes=1)
    wait_seconds = pause_seconds if just_ended else 0.0
    while run.ended and run.phase == queries.MENDING:
        await asyncio.sleep(wait_seconds)
        wait_seconds = pause_seconds
        pause_seconds = min(pause_seconds * 2, _SLOWEST_SECONDS)
        run = await ask_for_missing(services, await services.read_at_last(run.id))


async def ask_for_missing(services: Services, run: Run, *, all_of_them: bool = False) -> Run:
    """Ask once for files of an ended run that are missing; it is mended with those that come.

    all_of_them: also those that nobody would ask for any more by itself.
    """
    wanted = {
        item["position"]: OutputFile(item["url"], item["key"])
        for item in run.missing or []
        if item["passing"] or all_of_them
    }
    if not run.ended or not wanted:
        return run
    try:
        async with services.keeping.turn(run, told=True):
            fetched = await fetch_all(services, run, wanted)
    except (StorageFull, StorageUnavailable):
        return run
    mended, recorded = await until_it_works(lambda: _mend(services, run, fetched))
    await make_thumbnails(services, recorded)
    return mended or await services.read_at_last(run.id)


async def _mend(
    services: Services, run: Run, fetched: list[Fetched]
) -> tuple[Run | None, list[Media]]:
    """Record what came, in one transaction; what did not stays on the list, or is given up."""
    kept = [one for one in fetched if one.kept is not None]
    asked = {one.position: one for one in fetched}
    async with services.database.begin() as tx:
        current = await queries.locked(tx, run.id)
        if not current.ended:
            # Reopened meanwhile: everything is fetched anew.
            return current, []
        missing = [
            _asked_again(current, item, asked.get(item["position"]))
            for item in current.missing or []
            if not ((one := asked.get(item["position"])) and one.kept)
        ]
        values: dict[str, Any] = {
            "missing": missing or None,
            "phase": queries.MENDING if any(item["passing"] for item in missing) else None,
        }
        if kept:
            values |= {"words": None, "words_from": None}
            if current.state == State.FAILED:
                values |= shape(kept)
            recorded = await record(tx, current, kept)
            mended = await queries.move(tx, run.id, State.COMPLETED, **values)
        else:
            recorded = []
            mended = await queries.note(tx, run.id, current.state, **values)
    return services.published(mended), recorded


def _asked_again(run: Run, item: dict[str, Any], one: Fetched | None) -> dict[str, Any]:
    if one is None:
        return item
    asked = Asked()
    # What the release before this one wrote down does not tell.
    if "times" in item:
        asked = Asked(item["times"], datetime.fromisoformat(item["first_at"]))
    again = missing_item(one, asked.once_more())
    return again | {"passing": again["passing"] and not given_up(run, one.http_status)}


def given_up(run: Run, http_status: int | None) -> bool:
    """Whether a file that was just asked for in vain is not asked for again.

    Only ever after an attempt, and past RunComfy's deletion only after an answer: the clock
    may have jumped, and a file that is there is worth more than a deadline.
    """
    late = utc_now() - deleted_there_at(run)
    if http_status in _NOT_THERE and late > _NOT_THERE_FOR - KEPT_THERE:
        return True
    return late > (timedelta() if http_status is not None else KEPT_THERE)
