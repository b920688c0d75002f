"""A few kills of `make chaos`, with every check that it makes."""

import random
from pathlib import Path
from random import Random

from tests.chaos.game import play
from tests.chaos.places import OnSqlite

_KILLS = 4


async def test_a_few_random_kills_lose_nothing_and_pay_nothing_twice(tmp_path: Path) -> None:
    seed = random.randrange(100_000)
    print(f"the seed is {seed}")  # noqa: T201  # to draw the same again when it fails
    place = OnSqlite("short", tmp_path / "short")
    place.simulator.start()
    try:
        fury, verdict = await play(place, Random(seed), lambda fury: fury.kills >= _KILLS)
    finally:
        place.stop()

    assert verdict.wrong == []
    assert fury.kills >= _KILLS
    assert sum(verdict.outcomes.values()) > _KILLS
