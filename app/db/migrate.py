"""Bring the database to this release's shape at the start: one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from app.db.engine import DatabaseUnavailable
from app.db.revision import revisions
from app.errors import PlaygroundError

_LOCK = 7_015_001


class NewerDatabase(PlaygroundError):
    """The database was made by a later release."""

    code = "newer_database"


class OlderDatabase(PlaygroundError):
    """The database was made by an earlier release, or there is none yet."""

    code = "older_database"


def migrate(url: URL) -> None:
    """Create or upgrade the database. Blocks; several processes may call it at once.

    Raises NewerDatabase when a later release has been here, DatabaseUnavailable when it
    cannot be reached.
    """
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    try:
        with engine.connect() as connection, _alone(connection):
            _upgrade(connection)
    except OperationalError as error:
        raise _unusable(url, error) from error
    finally:
        engine.dispose()


def check_current(url: URL) -> None:
    """Leave the database as it is, and raise unless it has this release's shape. Blocks.

    Raises OlderDatabase, also when there is none, NewerDatabase, or DatabaseUnavailable.
    """
    if url.get_backend_name() == "sqlite":
        if not Path(str(url.database)).exists():
            raise OlderDatabase("There is no database yet: nothing was ever started here.")
        url = url.set(drivername="sqlite")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            current = _current(connection)
    except OperationalError as error:
        raise _unusable(url, error) from error
    finally:
        engine.dispose()
    if current != revisions()[0]:
        raise OlderDatabase(
            f"The database is at {current or 'nothing'}, and this release needs it at"
            f" {revisions()[0]}. Start the server once: that brings it there."
        )


def _upgrade(connection: Connection) -> None:
    if _current(connection) == revisions()[0]:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _current(connection: Connection) -> str | None:
    """The shape that the database has; None of an empty one. Raises NewerDatabase."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    current: str | None = connection.scalar(text("select version_num from alembic_version"))
    if current is not None and current not in revisions():
        raise NewerDatabase(
            f"The database was made by a later release of the playground (it is at {current})."
            " Start that release, or restore a backup."
        )
    return current


def _unusable(url: URL, error: OperationalError) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"The database {url.render_as_string()} cannot be used: {error.orig}"
    )


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Hold the others off: an advisory lock on Postgres, a locked file beside SQLite's."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            yield
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()
        return
    beside = Path(f"{connection.engine.url.database}.lock")
    with beside.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
