"""What helps a person to decide, should no answer come: RunComfy's balance before and after.

It is read beside the sending, and nothing that goes wrong here reaches that.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.db.columns import utc_now
from app.db.engine import Database
from app.errors import Unavailable
from app.runcomfy.client import RunComfy
from app.runs import desk_queries
from app.runs.queries import Run
from app.runs.states import State

_SECONDS_BETWEEN_READINGS = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """RunComfy's balance, as it was at some time between asking and now."""

    usd: Decimal
    asked_at: datetime


class Evidence:
    """Knows the balance before a run is sent, and reads it again once a run is in doubt."""

    def __init__(self, database: Database, runcomfy: RunComfy) -> None:
        self.reading: Reading | None = None
        self._database = database
        self._runcomfy = runcomfy
        self._asked = float("-inf")
        self._stirred = False
        self._reading_before: asyncio.Task[None] | None = None
        self._doubted: dict[str, Run] = {}
        self._reading_after: asyncio.Task[None] | None = None

    def before(self) -> dict[str, Any]:
        """The columns about RunComfy's balance to write with a claim; asks without waiting."""
        self.stir()
        if self.reading is None:
            return {}
        return {
            "balance_before_usd": self.reading.usd,
            "balance_before_at": self.reading.asked_at,
        }

    def noticed(self, run: Run) -> None:
        """Take note of a run as it was just written."""
        if run.state == State.UNKNOWN and run.balance_after_at is None:
            self._doubted[run.id] = run
            if self._reading_after is None or self._reading_after.done():
                self._reading_after = asyncio.create_task(self._read_after())
        elif run.ended and run.sent_at is not None:
            self.stir()

    def stir(self) -> None:
        """Something is being charged: read the balance once more, within a minute."""
        self._stirred = True
        if self._reading_before is None or self._reading_before.done():
            self._reading_before = asyncio.create_task(self._read_before())

    async def aclose(self) -> None:
        """Leave off reading."""
        for task in (self._reading_before, self._reading_after):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _read_before(self) -> None:
        while self._stirred:
            await asyncio.sleep(self._asked + _SECONDS_BETWEEN_READINGS - time.monotonic())
            self._stirred = False
            await self._read()

    async def _read_after(self) -> None:
        while self._doubted:
            runs, self._doubted = list(self._doubted.values()), {}
            reading = await self._read()
            for run in runs:
                try:
                    await self._write(run, reading)
                except Unavailable as error:
                    _log.warning("run %s: the balance after it is not kept: %s", run.id, error)

    async def _read(self) -> Reading | None:
        self._asked, asked_at = time.monotonic(), utc_now()
        usd = await self._runcomfy.balance()
        if usd is None:
            return None
        self.reading = Reading(usd, asked_at)
        return self.reading

    async def _write(self, run: Run, reading: Reading | None) -> None:
        now = utc_now()
        values: dict[str, Any] = {"balance_after_at": now}
        async with self._database.begin() as tx:
            if reading is not None:
                values["balance_after_usd"] = reading.usd
                if run.balance_before_at is not None:
                    values["others_between"] = await desk_queries.others_between(
                        tx, run.id, run.balance_before_at, now
                    )
            await desk_queries.write_evidence(tx, run, **values)
