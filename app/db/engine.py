"""One database for the whole house: read and write connections, SQLite or Postgres."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from app.errors import Unavailable

# A Postgres that has gone without a word, as a machine does that loses its power, is noticed
# within seconds; libpq alone would wait for a quarter of an hour.
NOTICED_SOON = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8000,
}
# A process that is frozen within a transaction keeps its locks no longer than this.
_FROZEN_MILLISECONDS = 10_000


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or is locked by something else."""

    code = "database_unavailable"


class Database:
    """Connections to one database.

    On SQLite one connection writes, fully synchronous: a committed claim to send has to
    outlive a power cut. Readers never wait for it (WAL).
    """

    def __init__(self, url: URL, *, connections: int = 10) -> None:
        """connections: kept open to Postgres; twice as many at most."""
        self.url = url
        self.on_sqlite = url.get_backend_name() == "sqlite"
        if self.on_sqlite:
            self._writer = _sqlite_engine(url, connections=1, synchronous="FULL", begin="IMMEDIATE")
            self._reader = _sqlite_engine(
                url, connections=4, synchronous="NORMAL", begin="DEFERRED"
            )
        else:
            self._writer = self._reader = _postgres_engine(url, connections=connections)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; it commits when the block ends without an error."""
        async with _translated(), self._writer.begin() as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading alone."""
        async with _translated(), self._reader.connect() as tx:
            yield tx

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading alone, to which nothing changes while the block lasts."""
        async with self.read() as tx:
            if not self.on_sqlite:
                await tx.execution_options(isolation_level="REPEATABLE READ")
            yield tx

    async def check(self) -> None:
        """Raise DatabaseUnavailable unless the database answers."""
        async with self.read() as tx:
            await tx.execute(text("select 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def database_url(setting: str, data_dir: Path) -> URL:
    """The database that a setting names, for the async drivers used here."""
    if not setting:
        return URL.create("sqlite+aiosqlite", database=str(data_dir / "playground.db"))
    return make_url(setting).set(drivername="postgresql+psycopg")


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (DBAPIError, NoConnectionFree) as error:
        if not passes(error):
            raise
        raise DatabaseUnavailable(
            "The playground's database does not answer just now. Nothing was sent or charged"
            " by this request. Try again in a moment."
        ) from error


def passes(error: Exception) -> bool:
    """Whether it is the database that is locked or absent; a wrong statement is a bug."""
    if isinstance(error, NoConnectionFree):
        return True
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated or type(error).__name__ == "OperationalError"
    )


def _postgres_engine(url: URL, *, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=connections,
        pool_pre_ping=True,
        pool_timeout=30,
        hide_parameters=True,
        connect_args=NOTICED_SOON,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _end_when_frozen(connection: Any, _record: Any) -> None:
        # By a statement: poolers before Postgres refuse it among a connection's options.
        cursor = connection.cursor()
        cursor.execute(f"set idle_in_transaction_session_timeout = {_FROZEN_MILLISECONDS}")
        cursor.close()
        connection.commit()

    return engine


def _sqlite_engine(
    url: URL, *, connections: int, synchronous: str, begin: str | None
) -> AsyncEngine:
    """An engine whose transactions start with `BEGIN begin`, or that has none.

    Each statement to SQLite crosses to the driver's thread and back; a reader that says neither
    BEGIN nor ROLLBACK saves two of three crossings.
    """
    reading: dict[str, Any] = {
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
        "pool_reset_on_return": None,
    }
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        # An error is logged with its statement; what people have typed is no part of it.
        hide_parameters=True,
        # The driver's own BEGIN comes too late and is never IMMEDIATE; ours is below.
        connect_args={"isolation_level": None},
        **({} if begin else reading),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "busy_timeout=30000",
            "foreign_keys=ON",
            f"synchronous={synchronous}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if begin:

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql(f"BEGIN {begin}")

        @event.listens_for(engine.sync_engine, "invalidate")
        def _let_go(connection: Any, _record: Any, _error: Any) -> None:
            # A connection whose user was cancelled is closed, yet SQLite keeps its lock until
            # Python collects the last of its cursors.
            connection.rollback()

    return engine
