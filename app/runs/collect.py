"""What RunComfy has finished is fetched and kept here; then the run has ended."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.columns import utc_now
from app.errors import PlaygroundError
from app.media import queries as media_queries
from app.media.queries import Media
from app.runcomfy.answers import OutputFile, Result, files_in
from app.runcomfy.trouble import Failed, Gone, Passing
from app.runs import queries
from app.runs.fetching import Fetched, fetch, fetch_patiently
from app.runs.queries import Run
from app.runs.services import Services, until_it_works
from app.runs.states import Decision, State

# RunComfy deletes its copies after seven days.
_KEPT_THERE = timedelta(days=7)
_SLOWEST_SECONDS = 3600.0
# Keys under which RunComfy's models put the addresses of files.
_FILE_KEYS = frozenset({"url", "path", "image", "images", "video", "videos", "audio", "audios"})

_log = logging.getLogger(__name__)


async def collect(services: Services, run: Run) -> Run:
    """Fetch the result of a run that has ended at RunComfy, keep its files, and end it here."""
    if run.state != State.RUNNING or run.phase is None or run.request_id is None:
        return run
    ended = await _collect(services, run, run.request_id)
    return ended or await services.read_at_last(run.id)


async def _collect(services: Services, run: Run, request_id: str) -> Run | None:
    try:
        result = await _result(services, request_id)
    except (Failed, Gone) as error:
        words, status = error.words, error.http_status
        return await until_it_works(lambda: _fail(services, run, words, http_status=status))
    if run.decision == Decision.ATTACHED and _is_of_another(run, result):
        return await until_it_works(lambda: _fail_as_another(services, run, result))
    if result.state == "cancelled":
        return await until_it_works(
            lambda: services.move(run.id, State.CANCELLED, phase=None, ended_at=utc_now())
        )
    if result.state == "failed" or run.phase == "failing":
        words = result.error_words or run.words or "RunComfy says it failed, and not why."
        return await until_it_works(
            lambda: _fail(services, run, words, cost_usd=result.cost_usd, output=result.output)
        )
    return await _collect_files(services, run, result)


async def fetch_missing(services: Services, run: Run) -> None:
    """Ask, ever more slowly, for files that were not to be had, until RunComfy deletes them."""
    pause_seconds = services.patience_seconds
    while wanted := _still_to_be_had(run):
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(pause_seconds * 2, _SLOWEST_SECONDS)
        fetched = [
            await fetch(services, run, item["position"], OutputFile(item["url"], item["key"]))
            for item in wanted
        ]
        if any(one.kept for one in fetched):
            await until_it_works(partial(_mended, services, run, fetched))
        run = await services.read_at_last(run.id)
    if run.phase == queries.MENDING:
        await until_it_works(lambda: services.note(run.id, run.state, phase=None))


async def _result(services: Services, request_id: str) -> Result:
    """The finished result, asked for until it can be had."""
    pause_seconds = services.settings.poll_seconds
    while True:
        asked_to_wait = 0.0
        try:
            result = await services.runcomfy.result(request_id)
            if result.finished:
                return result
        except Passing as trouble:
            asked_to_wait = trouble.retry_after_seconds or 0.0
        await asyncio.sleep(max(pause_seconds, asked_to_wait))
        pause_seconds = min(pause_seconds * 1.5, 30.0)


async def _collect_files(services: Services, run: Run, result: Result) -> Run | None:
    files = files_in(result.output)
    fetched = await asyncio.gather(
        *(fetch_patiently(services, run, place, file) for place, file in enumerate(files))
    )
    ended, recorded = await until_it_works(lambda: _finish(services, run, result, fetched))
    await _make_thumbnails(services, recorded)
    return ended


async def _finish(
    services: Services, run: Run, result: Result, fetched: Iterable[Fetched]
) -> tuple[Run | None, list[Media]]:
    """Record the files and end the run, in one transaction."""
    kept = [one for one in fetched if one.kept is not None]
    missing = [_missing(one) for one in fetched if one.kept is None]
    values: dict[str, Any] = {
        "phase": queries.MENDING if any(item["passing"] for item in missing) else None,
        "output": result.output,
        "missing": missing or None,
        "cost_usd": result.cost_usd,
        "ended_at": utc_now(),
        "ended_there_at": _ended_there(run, result),
    }
    state = State.COMPLETED
    if not kept and (missing or not _worth_showing(result.output)):
        state = State.FAILED
        values |= {"words": _nothing_usable(missing), "words_from": "playground"}
    values |= _shape(kept)
    async with services.database.begin() as tx:
        recorded = await _record(tx, run, kept)
        ended = await queries.move(tx, run.id, state, **values)
    services.published(ended)
    return ended, recorded


async def _make_thumbnails(services: Services, recorded: Iterable[Media]) -> None:
    """Make the small pictures, after the large ones can be seen; one not made now is later."""
    for media in recorded:
        try:
            await services.media.thumbnail(media.id)
        except PlaygroundError as error:
            _log.warning("run %s: no small picture yet: %s", media.run_id, error)


async def _mended(services: Services, run: Run, fetched: Iterable[Fetched]) -> None:
    kept = [one for one in fetched if one.kept is not None]
    came = {one.position for one in kept}
    missing = [item for item in run.missing or [] if item["position"] not in came]
    values: dict[str, Any] = {"missing": missing or None, "words": None, "words_from": None}
    if run.state == State.FAILED:
        values |= _shape(kept)
    async with services.database.begin() as tx:
        recorded = await _record(tx, run, kept)
        mended = await queries.move(tx, run.id, State.COMPLETED, **values)
    services.published(mended)
    await _make_thumbnails(services, recorded)


async def _record(tx: AsyncConnection, run: Run, kept: Iterable[Fetched]) -> list[Media]:
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


async def _fail(
    services: Services,
    run: Run,
    words: str,
    *,
    http_status: int | None = None,
    cost_usd: Decimal | None = None,
    output: Any = None,
) -> Run | None:
    return await services.move(
        run.id,
        State.FAILED,
        phase=None,
        words=words,
        words_from="runcomfy",
        http_status=http_status,
        cost_usd=cost_usd,
        output=output,
        ended_at=utc_now(),
    )


def _is_of_another(run: Run, result: Result) -> bool:
    """Whether a person has given the run a request that RunComfy has for another model."""
    return result.model_id is not None and result.model_id.casefold() != run.model_id.casefold()


async def _fail_as_another(services: Services, run: Run, result: Result) -> Run | None:
    """End it without the other's files and cost; what became of its own request is not known."""
    return await services.move(
        run.id,
        State.FAILED,
        phase=None,
        words=f"RunComfy has this request for another model, {result.model_id}.",
        words_from="playground",
        running_at=None,
        ended_there_at=None,
        ended_at=utc_now(),
    )


def _ended_there(run: Run, result: Result) -> Any:
    """RunComfy's own time where it can be true, so that our pauses do not count as work."""
    there, here = result.finished_at, run.ended_there_at
    started = run.running_at or run.answered_at
    if there is not None and here is not None and started is not None and started < there < here:
        return there
    return here


def _shape(kept: list[Fetched]) -> dict[str, int]:
    for one in kept:
        measures = one.kept.measures if one.kept else None
        if measures and measures.width and measures.height:
            return {"width": measures.width, "height": measures.height}
    return {}


def _worth_showing(output: Any) -> bool:
    """Whether an output without files says something: a shape of its own, shown as JSON."""
    if not isinstance(output, dict):
        return bool(output)
    return any(
        value not in (None, "", [], {}) for name, value in output.items() if name not in _FILE_KEYS
    )


def _nothing_usable(missing: list[dict[str, Any]]) -> str:
    if missing:
        return "RunComfy finished, but none of its files could be had."
    return "RunComfy finished, but sent nothing usable."


def _missing(one: Fetched) -> dict[str, Any]:
    return {
        "position": one.position,
        "url": one.file.url,
        "key": one.file.key_path,
        "reason": one.reason,
        "passing": one.passing,
    }


def _still_to_be_had(run: Run) -> list[dict[str, Any]]:
    ended = run.ended_there_at or run.ended_at
    if not run.ended or ended is None or utc_now() - ended > _KEPT_THERE:
        return []
    return [item for item in run.missing or [] if item["passing"]]
