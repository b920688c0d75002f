"""What strikes the servers, at random instants that lie most often where a request is sent."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from app.db.columns import utc_now
from tests.chaos.load import Load
from tests.chaos.places import Place
from tests.chaos.replicas import Replica

KILL, EARLY, CUT, AWAY = "kill -9", "kill -9 while starting", "power cut", "kill -9, long away"
STOP, FREEZE = "SIGTERM", "SIGSTOP and SIGCONT"
KILLS = frozenset({KILL, EARLY, CUT, AWAY})
# Longer than a sister may take to go on with what a dead replica has left.
_AWAY_SECONDS = 25.0


@dataclass
class Blow:
    """One strike. sending: the runs that were on their way when it fell."""

    kind: str
    replica: Replica
    at: datetime = field(default_factory=utc_now)
    sending: set[str] = field(default_factory=set)


class Fury:
    """Strikes one server of a place after the other."""

    def __init__(self, place: Place, load: Load, chance: Random) -> None:
        self.blows: list[Blow] = []
        self.slow_stops: list[str] = []
        self._place, self._load, self._chance = place, load, chance
        self._ways: dict[str, Callable[[Replica], Awaitable[None]]] = {
            KILL: self._kill,
            EARLY: self._kill_early,
            CUT: self._cut,
            AWAY: self._kill_for_long,
            STOP: self._stop,
            FREEZE: self._freeze,
        }
        alone = len(place.replicas) == 1
        self._weights = {KILL: 60, EARLY: 8, STOP: 14, FREEZE: 6}
        self._weights |= {CUT: 12} if alone else {AWAY: 5}

    @property
    def kills(self) -> int:
        """How many servers were ended without warning so far."""
        return sum(blow.kind in KILLS for blow in self.blows)

    @property
    def counted(self) -> Counter[str]:
        """How many blows of each kind there were."""
        return Counter(blow.kind for blow in self.blows)

    async def strike(self) -> None:
        """Wait for a random instant, strike a random server in a random way, and bring it back."""
        (kind,) = self._chance.choices(list(self._weights), list(self._weights.values()))
        replica = self._chance.choice(self._place.replicas)
        await replica.answering()
        await self._instant()
        await self._ways[kind](replica)
        replica.start()
        await replica.answering()

    async def _instant(self) -> None:
        if self._chance.random() < 0.6:
            # Just after somebody pressed: the claim, the request and its answer follow now.
            self._load.pressed.clear()
            await self._load.pressed.wait()
            await asyncio.sleep(self._chance.uniform(0.0, 0.4))
        else:
            await asyncio.sleep(self._chance.uniform(0.0, 1.5))

    async def _kill(self, replica: Replica, kind: str = KILL) -> None:
        replica.kill()
        await self._note(kind, replica)

    async def _kill_for_long(self, replica: Replica) -> None:
        await self._kill(replica, AWAY)
        await asyncio.sleep(_AWAY_SECONDS)

    async def _kill_early(self, replica: Replica) -> None:
        """Kill it once, and again while it takes up what it left."""
        await self._kill(replica)
        replica.start()
        await asyncio.sleep(self._chance.uniform(0.2, 3.0))
        await self._kill(replica, EARLY)

    async def _cut(self, replica: Replica) -> None:
        """Freeze it, take a copy of its data folder, kill it, and go on with the copy alone."""
        await replica.freeze()
        home = self._place.folder / f"home-{len(self.blows) + 1}"
        shutil.copytree(replica.data, home / "data", ignore=shutil.ignore_patterns("*-shm"))
        await self._kill(replica, CUT)
        shutil.rmtree(replica.data)
        replica.move_to(home)

    async def _stop(self, replica: Replica) -> None:
        if not await replica.stop():
            self.slow_stops.append(f"{replica.name} did not stop when it was asked to")
        await self._note(STOP, replica)

    async def _freeze(self, replica: Replica) -> None:
        """Stop its clockwork for a while: longer, among several, than they wait for a dead one."""
        await replica.freeze()
        await self._note(FREEZE, replica)
        longest = 2.0 if len(self._place.replicas) == 1 else _AWAY_SECONDS
        await asyncio.sleep(self._chance.uniform(0.1, longest))
        replica.thaw()

    async def _note(self, kind: str, replica: Replica) -> None:
        blow = Blow(kind, replica)
        self.blows.append(blow)
        blow.sending = await self._place.sending()
