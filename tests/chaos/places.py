"""Where chaos is let loose: one server on SQLite, or two replicas on Postgres and an S3 store."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import URL, Row

from app.db.engine import Database, database_url
from app.db.tables import media, runs
from app.runs.queries import MENDING
from tests.chaos.replicas import Replica
from tests.support.postgres import Postgres
from tests.support.serve import SimulatorProcess
from tests.support.swift import Swift


class Ran(NamedTuple):
    """One run as the database has it."""

    id: str
    prompt: str
    state: str
    request_id: str | None
    sent_by: str | None
    sent_at: datetime | None
    ended_there_at: datetime | None
    updated_at: datetime
    is_open: bool


class Place(ABC):
    """Some servers that share a database, and the simulator that outlives them."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        folder.mkdir(parents=True)
        self.simulator = SimulatorProcess(folder, queue_seconds=0.2, run_seconds=0.6)
        self.replicas: list[Replica] = []

    @property
    def settings(self) -> dict[str, str]:
        """What every server here is told."""
        return {"RUNCOMFY_BASE_URL": self.simulator.address, "PLAYGROUND_POLL_SECONDS": "0.5"}

    @abstractmethod
    def database(self) -> AbstractAsyncContextManager[Database]:
        """The database, open to be looked into; only while its servers run or none was killed."""

    @abstractmethod
    async def sending(self) -> set[str]:
        """The runs whose paid request is on its way as a blow has left them in the database."""

    async def runs(self) -> list[Ran]:
        """Every run."""
        wanted = [runs.c[name] for name in ("id", "inputs", "state", "request_id", "sent_by")]
        wanted += [runs.c[name] for name in ("sent_at", "ended_there_at", "updated_at", "phase")]
        async with self.database() as database, database.read() as tx:
            return [_ran(row) for row in await tx.execute(select(*wanted))]

    async def kept(self) -> list[Row[Any]]:
        """Every kept result: `id`, `run_id`, `extension`, `source_url`."""
        wanted = [media.c[name] for name in ("id", "run_id", "extension", "source_url")]
        async with self.database() as database, database.read() as tx:
            return list(await tx.execute(select(*wanted).where(media.c.origin == "output")))

    def stop(self) -> None:
        """End every process here."""
        for replica in self.replicas:
            replica.kill()
        self.simulator.kill()


def _ran(row: Row[Any]) -> Ran:
    ended = row.state in ("completed", "failed", "cancelled", "unknown")
    return Ran(
        id=row.id,
        prompt=row.inputs["prompt"],
        state=row.state,
        request_id=row.request_id,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        ended_there_at=row.ended_there_at,
        updated_at=row.updated_at,
        # A file that is missing is asked for long after its run has ended.
        is_open=not ended or row.phase not in (None, MENDING),
    )


class OnSqlite(Place):
    """One server with everything in its data folder."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name, folder)
        self.replicas = [Replica(name, folder / "home-0", self.settings)]

    def database(self) -> AbstractAsyncContextManager[Database]:
        return _opened(database_url("", self.replicas[0].data))

    async def sending(self) -> set[str]:
        # In a copy: to open the database of a dead server would already be to mend it.
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for part in ("playground.db", "playground.db-wal"):
            if (self.replicas[0].data / part).exists():
                shutil.copy(self.replicas[0].data / part, copy)
        async with _opened(database_url("", copy)) as database:
            return await _sending(database)


class OnPostgres(Place):
    """Two replicas that share a database and a bucket."""

    def __init__(self, name: str, folder: Path, postgres: Postgres, store: Swift) -> None:
        super().__init__(name, folder)
        self._url = postgres.fresh_database()
        shared = {
            **self.settings,
            **store.s3_environment(store.fresh_bucket()),
            "PLAYGROUND_DATABASE_URL": self._url,
            "PLAYGROUND_SECRET_KEY": "the same for both of them, and long enough",
        }
        self.replicas = [
            Replica(f"{name} {letter}", folder / letter, shared) for letter in ("a", "b")
        ]

    def database(self) -> AbstractAsyncContextManager[Database]:
        return _opened(database_url(self._url, self.folder))

    async def sending(self) -> set[str]:
        async with self.database() as database:
            return await _sending(database)


@asynccontextmanager
async def _opened(url: URL) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def _sending(database: Database) -> set[str]:
    async with database.read() as tx:
        return set(await tx.scalars(select(runs.c.id).where(runs.c.state == "sending")))
