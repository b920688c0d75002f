"""The books compared: what the simulator was asked to do, what the database says, the files."""

import asyncio
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from tests.chaos.blows import FREEZE, KILLS, STOP, Blow, Fury
from tests.chaos.load import Load
from tests.chaos.orders import DOUBT, Order
from tests.chaos.places import OnSqlite, Place, Ran
from tests.support.plain import PLAIN

# An answer may wait this long until it is read and written down, on a machine that is busy.
_SLOW = timedelta(seconds=5)
_AT_ONCE = 8
_OLDER = re.compile(r'href="(/gallery\?before=[^"]+)"')


@dataclass
class Verdict:
    """What came of one place. wrong: every promise that was broken, with the run it was made to."""

    wrong: list[str] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: int = 0
    slowest: tuple[float, str] = (0.0, "nobody")
    """The longest that a run waited for its end here, after a kill or its end at RunComfy."""


async def compare(place: Place, load: Load, fury: Fury) -> Verdict:
    """Compare everything; every run has ended by now, and every server is up."""
    verdict = Verdict(wrong=[*load.odd_answers, *fury.slow_stops])
    ran = await place.runs()
    _check_payments(verdict, place.folder / "simulator", load.orders, ran)
    _check_acknowledged(verdict, load.orders, ran)
    _check_ends(verdict, place, load.orders, ran, fury.blows)
    await _check_files(verdict, place, ran)
    tracebacks = sum(replica.log.count("Traceback") for replica in place.replicas)
    if tracebacks:
        verdict.wrong.append(f"{place.name}: {tracebacks} tracebacks in the logs")
    return verdict


def _check_payments(verdict: Verdict, folder: Path, orders: list[Order], ran: list[Ran]) -> None:
    """At most one paid request a prompt, and none that no run knows of."""
    sent = Counter(_prompts(folder / "journal.jsonl") + _prompts(folder / "refused.jsonl"))
    verdict.wrong += [
        f"{prompt}: sent {times} times" for prompt, times in sent.items() if times > 1
    ]
    made = Counter(run.prompt for run in ran)
    verdict.wrong += [f"{prompt}: sent, and no run" for prompt in sent.keys() - made.keys()]
    verdict.wrong += [f"{prompt}: {count} runs" for prompt, count in made.items() if count > 1]
    strange = sent.keys() - {order.prompt for order in orders}
    verdict.wrong += [f"{prompt}: sent, and nobody asked for it" for prompt in strange]


def _prompts(journal: Path) -> list[str]:
    if not journal.exists():
        return []
    return [json.loads(line)["inputs"]["prompt"] for line in journal.read_text().splitlines()]


def _check_acknowledged(verdict: Verdict, orders: list[Order], ran: list[Ran]) -> None:
    """Every run that a server has answered with is there, and is that order's."""
    prompts = {run.id: run.prompt for run in ran}
    for order in orders:
        if order.run_id is None:
            verdict.wrong.append(f"{order.prompt}: never answered")
        elif prompts.get(order.run_id) != order.prompt:
            verdict.wrong.append(f"{order.prompt}: its run {order.run_id} is lost")


def _check_ends(
    verdict: Verdict, place: Place, orders: list[Order], ran: list[Ran], blows: list[Blow]
) -> None:
    """Each run ended as its fault says; in doubt may be only what a kill met on its way."""
    by_prompt = {order.prompt: order for order in orders}
    last_sent = _last_sent(ran)
    for run in ran:
        order = by_prompt[run.prompt]
        met = [blow for blow in blows if _may_have_met(place, run, order, blow, last_sent)]
        by_a_blow = run.state == DOUBT and order.must_end != DOUBT
        verdict.outcomes[order.fault, "in doubt by a kill" if by_a_blow else run.state] += 1
        if run.is_open:
            verdict.wrong.append(f"{run.prompt}: run {run.id} is stuck in {run.state}")
        elif by_a_blow and not met:
            verdict.wrong.append(f"{run.prompt}: run {run.id} is in doubt, and no kill met it")
        elif run.state != DOUBT and isinstance(place, OnSqlite) and _was_left(run, blows):
            verdict.wrong.append(
                f"{run.prompt}: run {run.id} {run.state}, left in flight by a kill"
            )
        elif not by_a_blow and run.state != order.must_end:
            verdict.wrong.append(f"{run.prompt}: run {run.id} {run.state}, not {order.must_end}")
        _time(verdict, run, order, blows)
    in_doubt: set[str] = set()
    for blow in blows:
        # What an earlier kill has left on its way may not have been looked at yet.
        left = blow.sending - in_doubt
        if blow.kind in KILLS:
            in_doubt |= blow.sending
        elif blow.kind == STOP and isinstance(place, OnSqlite) and left:
            verdict.wrong.append(f"{place.name}: {left} were left on their way by a SIGTERM")


def _last_sent(ran: list[Ran]) -> dict[str, datetime]:
    """When each process was last seen to send."""
    last: dict[str, datetime] = {}
    for run in ran:
        if run.sent_by is not None and run.sent_at is not None:
            last[run.sent_by] = max(run.sent_at, last.get(run.sent_by, run.sent_at))
    return last


def _may_have_met(
    place: Place, run: Ran, order: Order, blow: Blow, last_sent: dict[str, datetime]
) -> bool:
    """Whether a blow can have struck the one who was sending a run, before the answer came."""
    if run.sent_at is None or not (blow.kind in KILLS or blow.kind == FREEZE):
        return False
    answered = run.sent_at + timedelta(seconds=order.answer_seconds) + _SLOW
    if not run.sent_at <= blow.at <= answered:
        return False
    if isinstance(place, OnSqlite):
        return run.id in blow.sending and blow.kind in KILLS
    # A process that went on sending was not the one that was killed.
    is_dead = run.sent_by is None or last_sent[run.sent_by] <= blow.at
    return is_dead or blow.kind == FREEZE


def _was_left(run: Ran, blows: list[Blow]) -> bool:
    """Whether a kill has left a run on its way, of which nobody can know how it went on."""
    return any(blow.kind in KILLS and run.id in blow.sending for blow in blows)


def _time(verdict: Verdict, run: Ran, order: Order, blows: list[Blow]) -> None:
    """How long a run whose fault takes no time of its own waited for somebody to go on with it."""
    if order.fault.startswith(("[status", "[early", "[garbled", "[flaky")) or run.sent_at is None:
        return
    there = run.ended_there_at or run.sent_at
    since = [blow.at for blow in blows if blow.kind in KILLS and there <= blow.at < run.updated_at]
    waited = (run.updated_at - max([there, *since])).total_seconds()
    if since or run.ended_there_at:
        verdict.slowest = max(verdict.slowest, (waited, f"{run.prompt} ({run.state})"))


async def _check_files(verdict: Verdict, place: Place, ran: list[Ran]) -> None:
    """Every completed run has its file, byte for byte the simulator's, and the gallery has it."""
    kept = await place.kept()
    files = Counter(row.run_id for row in kept)
    for run in ran:
        if (run.state == "completed") != (files[run.id] == 1):
            verdict.wrong.append(f"{run.prompt}: run {run.id} {run.state}, {files[run.id]} files")
    gate = asyncio.Semaphore(_AT_ONCE)
    # A connection for each: one kept open may be closed just as it is used again.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(**PLAIN, timeout=60, limits=limits) as client:
        shown = await _shown(client, place.replicas[-1].address)
        verdict.wrong += [
            f"{row.id} of {row.run_id}: not shown" for row in kept if row.id not in shown
        ]

        async def check(number: int) -> None:
            row, server = kept[number], place.replicas[number % len(place.replicas)].address
            async with gate:
                here = await client.get(f"{server}/media/{row.id}/{row.id}.{row.extension}")
                there = await client.get(row.source_url)
            if here.status_code != 200 or _hash(here.content) != _hash(there.content):
                verdict.wrong.append(f"{row.id} of {row.run_id}: not the simulator's bytes")
            verdict.files += 1

        await asyncio.gather(*(check(number) for number in range(len(kept))))


async def _shown(client: httpx.AsyncClient, server: str) -> set[str]:
    """Every file that the gallery shows, from its first page to its last."""
    shown: set[str] = set()
    path: str | None = "/gallery"
    while path:
        page = (await client.get(server + path)).text
        shown |= set(re.findall(r'id="m-(\w{26})"', page))
        older = _OLDER.search(page)
        path = older[1] if older else None
    return shown


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
