"""The migrations and the tables say the same, and no two processes migrate at once."""

import multiprocessing
from collections.abc import Iterable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL

from app.db import migrate as migrating
from app.db.engine import DatabaseUnavailable, database_url
from app.db.migrate import NewerDatabase, migrate
from app.db.revision import revisions
from app.db.tables import metadata

PROCESSES = 4


def plain(url: URL) -> URL:
    """The address for a driver that blocks, as the migrations use."""
    return url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url


def difference(url: URL) -> list[object]:
    """What Alembic would change to make the database what the tables say."""
    engine = create_engine(plain(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: Iterable[object] = compare_metadata(context, metadata)
    engine.dispose()
    return list(found)


def test_the_migrations_make_exactly_the_tables(url: URL) -> None:
    migrate(url)

    assert difference(url) == []


def test_migrating_again_changes_nothing(url: URL) -> None:
    migrate(url)
    migrate(url)

    assert difference(url) == []


def test_the_files_of_the_migrations_are_named_as_alembic_takes_them() -> None:
    scripts = ScriptDirectory(str(Path(migrating.__file__).parent / "migrations"))

    assert revisions() == tuple(step.revision for step in scripts.walk_revisions())


def test_four_processes_that_start_at_once_migrate_an_empty_database_once(url: URL) -> None:
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=migrate, args=(url,)) for _ in range(PROCESSES)]

    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert difference(url) == []


def test_the_database_of_a_later_release_is_refused_and_left_alone(url: URL) -> None:
    migrate(url)
    engine = create_engine(plain(url))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(NewerDatabase, match=r"later release .*9999.*backup"):
        migrate(url)

    with engine.connect() as connection:
        assert connection.execute(text("select version_num from alembic_version")).one() == (
            "9999",
        )
        assert inspect(connection).has_table("runs")
    engine.dispose()


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    url = database_url("postgresql://someone:hidden-word@127.0.0.1:1/nothing", None)  # type: ignore[arg-type]  # not looked at

    with pytest.raises(DatabaseUnavailable) as refused:
        migrate(url)

    assert "127.0.0.1:1/nothing cannot be used" in str(refused.value)
    assert "hidden-word" not in str(refused.value)
