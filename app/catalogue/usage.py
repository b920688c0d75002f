"""What was done with the models here: how often, how long it took, and what was made last."""

import asyncio
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from app.catalogue import queries
from app.catalogue.queries import Made
from app.db.engine import Database

# So many of the newest count: what was used last says more, and the cost stays the same for ever.
_NEWEST_RUNS = 2000
_NEWEST_MADE = 300
_GOOD_FOR_SECONDS = 60.0
_ENOUGH = 5
_COUNTED = 200
_RECENT = 4
_PEOPLE_KEPT = 256


@dataclass(frozen=True)
class Usage:
    """How often each model was used lately, and its usual range of seconds where it is known."""

    times: Mapping[str, int] = field(default_factory=dict)
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Recent:
    """The last result of a model that a person used lately, and what they had written for it."""

    made: Made
    prompt: str


@dataclass(frozen=True)
class Mine:
    """What a person made last: by model, and the few models they used last."""

    faces: Mapping[str, Made] = field(default_factory=dict)
    recents: tuple[Recent, ...] = ()


class Usages:
    """Both kept at hand: the first for a minute, the second until something newer is made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._everyone = Usage()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._mine: OrderedDict[str, tuple[str | None, Mine]] = OrderedDict()

    async def of_everyone(self) -> Usage:
        """What everybody did lately, as it was a minute ago at most."""
        async with self._reading:
            if time.monotonic() - self._read_at >= _GOOD_FOR_SECONDS:
                async with self._database.read() as tx:
                    newest = await queries.newest_runs(tx, limit=_NEWEST_RUNS)
                seconds: dict[str, list[float]] = defaultdict(list)
                for taken in newest:
                    if taken.seconds is not None and len(seconds[taken.model_id]) < _COUNTED:
                        seconds[taken.model_id].append(taken.seconds)
                times = Counter(taken.model_id for taken in newest)
                usual = {name: _range(some) for name, some in seconds.items() if _enough(some)}
                self._everyone = Usage(times, usual)
                self._read_at = time.monotonic()
        return self._everyone

    async def of(self, tx: AsyncConnection, owner_id: str) -> Mine:
        """What a person made last."""
        newest = await queries.newest_media_id(tx, owner_id)
        as_of, mine = self._mine.get(owner_id, (None, Mine()))
        if as_of == newest:
            return mine
        faces: dict[str, Made] = {}
        for made in await queries.newest_made(tx, owner_id, limit=_NEWEST_MADE):
            faces.setdefault(made.model_id, made)
        last = list(faces.values())[:_RECENT]
        written = await queries.prompts(tx, [made.run_id for made in last])
        mine = Mine(faces, tuple(Recent(made, written.get(made.run_id, "")) for made in last))
        self._mine[owner_id] = (newest, mine)
        self._mine.move_to_end(owner_id)
        if len(self._mine) > _PEOPLE_KEPT:
            self._mine.popitem(last=False)
        return mine


def _enough(seconds: list[float]) -> bool:
    return len(seconds) >= _ENOUGH


def _range(seconds: list[float]) -> tuple[float, float]:
    """The tenth and the ninetieth percentile."""
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return ordered[round(0.1 * last)], ordered[round(0.9 * last)]
