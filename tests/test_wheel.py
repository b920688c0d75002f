"""`pip install .` gives a playground that needs nothing of the checkout."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.serve import Server

CHECKOUT = Path(__file__).resolve().parents[1]
LOCK = CHECKOUT / "requirements.lock"
STATIC = re.compile(r'/static/[^"\s]+')


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment that holds the locked libraries and the playground's wheel."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", folder)
    run(*installer(folder), "--require-hashes", "-r", LOCK)
    run(*installer(folder), "--no-deps", CHECKOUT)
    return folder


@pytest.fixture(scope="module")
def server(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The installed command, started in an empty folder."""
    command = [str(environment / "bin" / "playground"), "serve"]
    installed = Server(tmp_path_factory.mktemp("empty"), command=command)
    try:
        installed.start()
        yield installed
    finally:
        installed.kill()


def test_the_installed_code_is_not_the_checkout(environment: Path, tmp_path: Path) -> None:
    where = run(
        environment / "bin" / "python", "-c", "import app; print(app.__file__)", at=tmp_path
    )

    assert Path(where.strip()).is_relative_to(environment)


def test_the_installed_playground_shows_its_start_page_and_all_that_it_needs(
    server: Server,
) -> None:
    page = httpx.get(f"{server.address}/")
    addresses = set(STATIC.findall(page.text))

    assert page.status_code == 200
    assert {Path(address.split("?")[0]).suffix for address in addresses} >= {".css", ".js"}
    for address in addresses:
        assert httpx.get(f"{server.address}{address}").status_code == 200, address


def test_the_installed_playground_stops_when_asked(server: Server) -> None:
    assert server.stop() in (0, -signal.SIGTERM)
    assert "Traceback" not in server.log


def installer(folder: Path) -> list[str | Path]:
    # uv takes two seconds where pip takes twenty, but may be absent: `make` installs either way.
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return [uv, "pip", "install", "--quiet", "--python", folder]
    return [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]


def run(*command: str | Path, at: Path = CHECKOUT) -> str:
    """Run a command that must succeed; returns what it printed."""
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
