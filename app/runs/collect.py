"""What RunComfy has finished is fetched and kept here; then the run has ended."""

import asyncio
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

from app.db.columns import utc_now
from app.errors import Unavailable
from app.media.queries import Media
from app.media.store import StorageFull, StorageUnavailable
from app.runcomfy.answers import Result, files_in
from app.runcomfy.trouble import Failed, Gone, Passing
from app.runs.ending import DELETED, ended_there, fail, finish, make_thumbnails
from app.runs.fetching import Fetched, fetch_all
from app.runs.keeping import Shut
from app.runs.missing import Asked, missing_item
from app.runs.queries import COLLECTING, Run
from app.runs.services import Services, until_it_works
from app.runs.states import Decision, State

_SLOWEST_RESULT_SECONDS = 30.0
_SLOWEST_FILE_SECONDS = 15.0
_GONE_TIMES = 4  # a request may be unknown for a moment at one of RunComfy's machines


@dataclass
class _Efforts:
    """What one run's collecting has come to so far; gone with the process, and nothing lost.

    told: its page says why the result is not kept yet. had: files that need no further attempt.
    """

    told: bool
    result_pause_seconds: float
    gone: int = 0
    file_pause_seconds: float = 1.0
    patient_until: float | None = None
    had: dict[int, Fetched] = field(default_factory=dict)
    asked: dict[int, Asked] = field(default_factory=dict)

    def begin_anew(self) -> None:
        """After a wait for room, perhaps of days."""
        self.told = True
        self.file_pause_seconds, self.patient_until = 1.0, None
        self.had.clear()


@dataclass(frozen=True)
class _Outcome:
    """The run at its end with its files, or the wait until the next attempt."""

    run: Run | None = None
    wait_seconds: float = 0.0
    recorded: list[Media] = field(default_factory=list)


async def collect(services: Services, run: Run) -> Run:
    """Fetch the result of a run that has ended at RunComfy, keep its files, and end it here.

    Everything is asked for anew at each attempt: meanwhile nothing but the row is needed, so that
    thousands may wait for room.
    """
    efforts = _Efforts(run.held_up is not None, services.settings.poll_seconds)
    while run.state == State.RUNNING and run.phase is not None and run.request_id is not None:
        try:
            # What failed there brings no files, and needs no room.
            needs_room = run.phase == COLLECTING
            async with (
                services.keeping.turn(run, told=efforts.told) if needs_room else nullcontext()
            ):
                if efforts.told:
                    run = await services.read_at_last(run.id)
                outcome = await _attempt(services, run, efforts)
        except (Shut, StorageFull, StorageUnavailable):
            efforts.begin_anew()
            run = await tell(services, run)
            continue
        if outcome.run is not None:
            await make_thumbnails(services, outcome.recorded)
            return outcome.run
        if run.held_up and efforts.patient_until is not None:
            # There is room again; what is waited for now are the files themselves.
            efforts.told = False
            with suppress(Unavailable):
                await services.note(run.id, State.RUNNING, held_up=None, next_try_at=None)
        await asyncio.sleep(outcome.wait_seconds)
        run = await services.read_at_last(run.id)
    return run


async def tell(services: Services, run: Run) -> Run:
    """Write down why a result is not kept yet, with what RunComfy says of it, for the run's page.

    Where even that has no room, the page knows it from memory.
    """
    values: dict[str, Any] = {
        "held_up": services.keeping.words,
        "next_try_at": services.keeping.next_try_at,
    }
    if run.held_up == values["held_up"] and run.next_try_at == values["next_try_at"]:
        return run
    async with services.collects:
        if run.output is None and run.request_id is not None:
            with suppress(Passing, Gone, Failed):
                result = await services.runcomfy.result(run.request_id)
                if result.finished:
                    values |= {
                        "output": result.output,
                        "cost_usd": result.cost_usd,
                        "ended_there_at": ended_there(run, result),
                    }
        with suppress(Unavailable):
            told = await services.note(run.id, State.RUNNING, **values)
            return told or await services.read(run.id)
    return run


async def _attempt(services: Services, run: Run, efforts: _Efforts) -> _Outcome:
    if run.state != State.RUNNING or run.request_id is None:
        return _Outcome(run)
    try:
        result = await services.runcomfy.result(run.request_id)
    except Passing as trouble:
        pause_seconds = _next_result_pause(efforts)
        return _Outcome(wait_seconds=max(pause_seconds, trouble.retry_after_seconds or 0.0))
    except Gone as error:
        efforts.gone += 1
        if efforts.gone < _GONE_TIMES:
            pause_seconds = services.settings.poll_seconds * efforts.gone
            return _Outcome(wait_seconds=min(pause_seconds, 10.0))
        return _Outcome(await _fail_as_gone(services, run, error))
    except Failed as error:
        words, status = error.words, error.http_status
        failed = await until_it_works(lambda: fail(services, run, words, http_status=status))
        return _Outcome(failed or run)
    efforts.gone = 0
    if not result.finished:
        return _Outcome(wait_seconds=_next_result_pause(efforts))
    if run.decision == Decision.ATTACHED and _is_of_another(run, result):
        ended = await until_it_works(lambda: _fail_as_another(services, run, result))
        return _Outcome(ended or run)
    if result.state in ("cancelled", "failed") or run.phase == "failing":
        ended = await until_it_works(lambda: _end_without_files(services, run, result))
        return _Outcome(ended or run)
    return await _collect_files(services, run, result, efforts)


def _next_result_pause(efforts: _Efforts) -> float:
    pause_seconds = efforts.result_pause_seconds
    efforts.result_pause_seconds = min(pause_seconds * 1.5, _SLOWEST_RESULT_SECONDS)
    return pause_seconds


async def _fail_as_gone(services: Services, run: Run, error: Gone) -> Run:
    values: dict[str, Any] = {"http_status": error.http_status}
    if run.held_up:
        values |= {"output": run.output, "cost_usd": run.cost_usd, "words_from": "playground"}
    words = DELETED if run.held_up else error.words
    return await until_it_works(lambda: fail(services, run, words, **values)) or run


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


async def _end_without_files(services: Services, run: Run, result: Result) -> Run | None:
    if result.state == "cancelled":
        return await services.move(run.id, State.CANCELLED, phase=None, ended_at=utc_now())
    words = result.error_words or run.words or "RunComfy says it failed, and not why."
    return await fail(services, run, words, cost_usd=result.cost_usd, output=result.output)


async def _collect_files(
    services: Services, run: Run, result: Result, efforts: _Efforts
) -> _Outcome:
    """Try for each file that is still wanted; passing trouble is waited out for a while."""
    now = asyncio.get_running_loop().time()
    if efforts.patient_until is None:
        efforts.patient_until = now + services.patience_seconds
    files = dict(enumerate(files_in(result.output)))
    wanted = {place: file for place, file in files.items() if place not in efforts.had}
    fetched = await fetch_all(services, run, wanted)
    for one in fetched:
        efforts.asked[one.position] = efforts.asked.get(one.position, Asked()).once_more()
        if not one.passing:
            efforts.had[one.position] = one
    pause_seconds = efforts.file_pause_seconds
    efforts.file_pause_seconds = min(pause_seconds * 2, _SLOWEST_FILE_SECONDS)
    passing = [one for one in fetched if one.passing]
    if passing and asyncio.get_running_loop().time() + pause_seconds <= efforts.patient_until:
        return _Outcome(wait_seconds=pause_seconds)
    whole = sorted([*efforts.had.values(), *passing], key=lambda one: one.position)
    missing = [missing_item(one, efforts.asked[one.position]) for one in whole if not one.kept]
    kept = [one for one in whole if one.kept]
    ended, recorded = await until_it_works(lambda: finish(services, run, result, kept, missing))
    return _Outcome(ended or await services.read_at_last(run.id), recorded=recorded)
