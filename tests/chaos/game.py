"""One place under chaos: started, loaded, struck again and again, left to settle, and judged."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from random import Random

from tests.chaos.blows import Fury
from tests.chaos.books import Verdict, compare
from tests.chaos.load import MODEL, Load
from tests.chaos.places import Place

_SETTLE_SECONDS = 240.0


async def play(
    place: Place, chance: Random, enough: Callable[[Fury], bool]
) -> tuple[Fury, Verdict]:
    """Strike a place until it is enough. Its simulator runs already."""
    for replica in place.replicas:
        replica.start()
    for replica in place.replicas:
        await replica.answering(f"/models/{MODEL}")  # which the simulator's catalogue brings
    load = Load(place, chance)
    fury = Fury(place, load, chance)
    pressing = asyncio.create_task(load.press_on())
    try:
        while not enough(fury):
            await fury.strike()
    finally:
        pressing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pressing
    await load.answered()
    await _settled(place)
    for replica in place.replicas:
        await replica.answering()
    return fury, await compare(place, load, fury)


async def _settled(place: Place) -> None:
    """Wait until nothing is on its way; what never ends is told by the books."""
    until = time.monotonic() + _SETTLE_SECONDS
    while any(run.is_open for run in await place.runs()):
        if time.monotonic() > until:
            return
        await asyncio.sleep(1)
