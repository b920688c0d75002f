"""Bring the database to this release's shape at the start: one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from app.db.engine import DatabaseUnavailable
from app.errors import PlaygroundError

_LOCK = 7_015_001


class NewerDatabase(PlaygroundError):
    """The database was made by a later release."""

    code = "newer_database"


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
        raise DatabaseUnavailable(
            f"The database {url.render_as_string()} cannot be used: {error.orig}"
        ) from error
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {step.revision for step in script.walk_revisions()}:
        raise NewerDatabase(
            f"The database was made by a later release of the playground (it is at {current})."
            " Start that release, or restore a backup."
        )
    command.upgrade(config, "head")
    connection.commit()


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
