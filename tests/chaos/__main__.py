"""`make chaos`: MINUTES=5 of random kills and faults, or KILLS=n; SEED=n to draw them again."""

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.chaos.blows import Fury
from tests.chaos.books import Verdict
from tests.chaos.game import play
from tests.chaos.places import OnPostgres, OnSqlite, Place
from tests.chaos.table import summed_up, told
from tests.support.postgres import Postgres
from tests.support.swift import Swift

# Two servers on SQLite side by side, then one pair of replicas on Postgres.
_SQLITE_SHARE = 0.6
_SIDE_BY_SIDE = 2


def main() -> None:
    """Play on both databases, print what came of it, and end with 1 if a promise was broken."""
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    minutes = float(os.environ.get("MINUTES") or 5)
    kills = int(os.environ.get("KILLS") or 0)
    _say(f"chaos with SEED={seed}, " + (f"KILLS={kills}" if kills else f"MINUTES={minutes:g}"))
    on = os.environ.get("ON", "sqlite postgres").split()
    folder = Path(tempfile.mkdtemp(prefix="playground-chaos-"))
    verdicts: list[Verdict] = []
    share = _SQLITE_SHARE if len(on) > 1 else 1.0
    if "sqlite" in on:
        verdicts += _on_sqlite(folder, seed, round(kills * share), minutes * share)
    share = 1 - _SQLITE_SHARE if len(on) > 1 else 1.0
    if "postgres" in on:
        verdicts += _on_postgres(folder, seed, round(kills * share), minutes * share)
    _say("\n" + told(sum((verdict.outcomes for verdict in verdicts), Counter())))
    wrong = [words for verdict in verdicts for words in verdict.wrong]
    if wrong:
        _say("\n" + "\n".join(wrong) + f"\n\nThe logs and databases are left in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder)
    _say("\nNothing lost, nothing paid twice.")


def _on_sqlite(folder: Path, seed: int, kills: int, minutes: float) -> list[Verdict]:
    names = [f"SQLite {number + 1}" for number in range(_SIDE_BY_SIDE)]
    places: list[Place] = [OnSqlite(name, folder / name) for name in names]
    return _played(places, seed, -(-kills // len(places)), minutes)


def _on_postgres(folder: Path, seed: int, kills: int, minutes: float) -> list[Verdict]:
    postgres, store = Postgres(), Swift()
    try:
        postgres.start()
        store.start()
        place = OnPostgres("Postgres", folder / "Postgres", postgres, store)
        return _played([place], seed, kills, minutes)
    finally:
        store.stop()
        postgres.stop()


def _played(places: list[Place], seed: int, kills: int, minutes: float) -> list[Verdict]:
    try:
        for place in places:
            place.simulator.start()
        return asyncio.run(_side_by_side(places, seed, _enough(kills, minutes)))
    finally:
        for place in places:
            place.stop()


def _enough(kills: int, minutes: float) -> Callable[[Fury], bool]:
    if kills:
        return lambda fury: fury.kills >= kills
    until = time.monotonic() + 60 * minutes
    return lambda fury: time.monotonic() > until


async def _side_by_side(
    places: list[Place], seed: int, enough: Callable[[Fury], bool]
) -> list[Verdict]:
    played = await asyncio.gather(
        *(play(place, Random(f"{seed} {place.name}"), enough) for place in places)
    )
    for place, (fury, verdict) in zip(places, played, strict=True):
        _say(summed_up(place.name, fury, verdict))
    return [verdict for _, verdict in played]


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  # what it prints is its answer


if __name__ == "__main__":
    main()
