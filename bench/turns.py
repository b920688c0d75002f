"""Targets asked in turn, so that what else the machine does meets all of them alike."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.asking import Answer, flood
from bench.figures import middle, percentile
from bench.processes import cpu_seconds

_CONNECTIONS = 32


@dataclass
class Target:
    """A server and what it is asked for; each round adds a figure of every kind.

    idle_cpu: the part of a core that the server takes when nobody asks; it is taken off.
    """

    port: int
    process_id: int
    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    idle_cpu: float = 0.0
    cpu_ms: list[float] = field(default_factory=list)
    crowded_ms: list[float] = field(default_factory=list)
    alone_ms: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def ask(self, times: int, *, alone: int) -> None:
        """One round: so often over 32 connections, then so often over one."""
        before, started = cpu_seconds(self.process_id), time.perf_counter()
        self.answers = asyncio.run(self._flood(times, _CONNECTIONS))
        idle = self.idle_cpu * (time.perf_counter() - started)
        self.cpu_ms.append((cpu_seconds(self.process_id) - before - idle) / times * 1000)
        self.crowded_ms.append(percentile(_milliseconds(self.answers), 0.99))
        if alone:
            one_by_one = asyncio.run(self._flood(alone, 1))
            self.alone_ms.append(percentile(_milliseconds(one_by_one), 0.5))

    @property
    def cpu(self) -> float:
        """CPU time of one answer in milliseconds."""
        return middle(self.cpu_ms)

    @property
    def alone(self) -> float:
        """The median wait over one connection, in milliseconds."""
        return middle(self.alone_ms)

    @property
    def crowded(self) -> float:
        """The longest wait but one in a hundred over 32 connections, in milliseconds."""
        return middle(self.crowded_ms)

    async def _flood(self, times: int, over: int) -> list[Answer]:
        paths = [self.paths[number % len(self.paths)] for number in range(times)]
        return await flood(self.port, paths, over=over, headers=self.headers)


def in_turn(targets: Sequence[Target], *, rounds: int, times: int, alone: int = 0) -> None:
    """Ask each target so often, round after round; the first round only warms them up.

    alone: how often one by one besides.
    """
    for number in range(rounds + 1):
        for target in targets:
            target.ask(times, alone=alone)
        if number == 0:
            for target in targets:
                for kept in (target.cpu_ms, target.crowded_ms, target.alone_ms):
                    kept.clear()


def idle_cpu(process_id: int, seconds: float) -> float:
    """The part of a core that a server takes while nobody asks."""
    before = cpu_seconds(process_id)
    time.sleep(seconds)
    return (cpu_seconds(process_id) - before) / seconds


def _milliseconds(answers: Sequence[Answer]) -> list[float]:
    return [answer.seconds * 1000 for answer in answers]
