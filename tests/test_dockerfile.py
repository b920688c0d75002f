"""What the Dockerfile says works: its own commands, in an empty folder, as an ordinary user.

So it is with any `pip install .`: what is installed needs nothing of the checkout.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.dockerfile import Image, Step, read_stages
from tests.support.plain import PLAIN
from tests.support.processes import free_port, ordinary_user_id
from tests.support.serve import Server

CHECKOUT = Path(__file__).resolve().parents[1]
DOCKERFILE = CHECKOUT / "Dockerfile"
STATIC = re.compile(r'/static/[^"\s]+')
GOOD_PYTHON = "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))"


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The folder in which the build stage has been carried out."""
    # Not one of pytest's, which lie in a folder that is closed to all but its owner.
    root = Path(tempfile.mkdtemp(prefix="playground-image-"))
    try:
        yield build_image(root)
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="module")
def server(image: Image) -> Iterator[Server]:
    """The container's command, with its settings, but a port that is free."""
    final = read_stages(DOCKERFILE)[-1]
    port = free_port()
    settings = image.environment(final, path_with_python(image.root))
    folder = Path(image.inside(only(final, "WORKDIR").text))
    folder.mkdir()
    give_away(image.root)
    container = Server(
        folder,
        {**settings, "PLAYGROUND_PORT": str(port), "HOME": str(image.root)},
        command=only(final, "CMD").words,
        user_id=ordinary_user_id(),
        port=port,
    )
    try:
        container.start()
        yield container
    finally:
        container.kill()


def test_the_container_starts_and_keeps_its_data_in_the_volume(
    image: Image, server: Server
) -> None:
    volume = only(read_stages(DOCKERFILE)[-1], "VOLUME").text

    assert server.answers()
    assert list(Path(image.inside(volume)).glob("*.db*"))


def test_its_code_is_not_the_checkout(image: Image) -> None:
    final = read_stages(DOCKERFILE)[-1]

    where = subprocess.check_output(
        ["python", "-c", "import app; print(app.__file__)"],
        cwd=image.root,
        env=image.environment(final, path_with_python(image.root)),
        text=True,
    )

    assert Path(where.strip()).is_relative_to(image.root)


def test_it_shows_its_start_page_and_all_that_this_needs(server: Server) -> None:
    page = httpx.get(f"{server.address}/", **PLAIN)
    addresses = set(STATIC.findall(page.text))

    assert page.status_code == 200
    assert {Path(address.split("?")[0]).suffix for address in addresses} >= {".css", ".js"}
    for address in addresses:
        assert httpx.get(f"{server.address}{address}", **PLAIN).status_code == 200, address


def test_the_health_check_passes_while_the_server_answers_and_fails_without_it(
    image: Image, server: Server
) -> None:
    final = read_stages(DOCKERFILE)[-1]
    check = Step("CMD", only(final, "HEALTHCHECK").text.split(" CMD ", 1)[1]).words
    settings = image.environment(final, path_with_python(image.root))

    def checked(port: int) -> int:
        environment = {**settings, "PLAYGROUND_PORT": str(port)}
        return subprocess.run(
            check, env=environment, cwd=image.root, capture_output=True, check=False
        ).returncode

    assert checked(server.port) == 0
    assert checked(free_port()) != 0


def test_it_stops_when_asked(server: Server) -> None:
    assert server.stop() in (0, -signal.SIGTERM)
    assert "Traceback" not in server.log


def test_the_container_does_not_run_as_root() -> None:
    final = read_stages(DOCKERFILE)[-1]

    assert only(final, "USER").text not in ("root", "0")
    assert f" {only(final, 'USER').text} " in only(final, "RUN").text


def test_the_documented_port_is_published_on_loopback_alone() -> None:
    port = only(read_stages(DOCKERFILE)[-1], "EXPOSE").text
    commands = [line for line in DOCKERFILE.read_text().splitlines() if "docker run" in line]

    assert commands
    assert all(f"-p 127.0.0.1:{port}:{port} " in command for command in commands)


def test_everything_that_is_copied_is_sent_to_the_builder() -> None:
    sent = (CHECKOUT / ".dockerignore").read_text().splitlines()
    build = read_stages(DOCKERFILE)[0]
    copied = [name for step in build if step.name == "COPY" for name in step.words[:-1]]

    assert copied
    assert [name for name in copied if f"!{name}" not in sent] == []


def build_image(root: Path) -> Image:
    """Carry out the build stage."""
    root.chmod(0o755)
    build, final = read_stages(DOCKERFILE)
    image = Image(root, [build, final])
    environment = {**os.environ, "HOME": str(root), "PATH": path_with_python(root)}
    # Half of the time, for a server that is started once.
    environment["PIP_NO_COMPILE"] = "1"
    folder = root
    for step in build:
        if step.name == "WORKDIR":
            folder = Path(image.inside(step.text))
            folder.mkdir(parents=True)
        elif step.name == "COPY":
            image.copy(step, CHECKOUT, folder)
        give_away(root)
        if step.name == "RUN":
            run(["sh", "-c", image.inside(step.text)], folder, environment)
    return image


def only(stage: list[Step], name: str) -> Step:
    """The one step of a stage that has a name."""
    (found,) = [step for step in stage if step.name == name]
    return found


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a command as the ordinary user; it must succeed."""
    user_id = ordinary_user_id()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        user=user_id,
        group=user_id,
        extra_groups=None if user_id is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def give_away(folder: Path) -> None:
    """Make a folder, with all that is in it, the ordinary user's."""
    user_id = ordinary_user_id()
    if user_id is None:
        return
    for place in (folder, *folder.rglob("*")):
        os.chown(place, user_id, user_id, follow_symlinks=False)


def path_with_python(root: Path) -> str:
    """A PATH on which `python` is one that the ordinary user may run, as in the base image."""
    programs = root / "programs"
    if not programs.exists():
        programs.mkdir()
        (programs / "python").symlink_to(usable_python(root))
    return f"{programs}:/usr/local/bin:/usr/bin:/bin"


def usable_python(root: Path) -> Path:
    """A Python of the machine, or else a copy of ours: it may lie among root's own files."""
    names = [sys._base_executable, "python3", "python3.11", "python3.12", "python3.13"]  # type: ignore[attr-defined]
    for name in filter(None, map(shutil.which, [*names, "/usr/bin/python3"])):
        try:
            run([name, "-c", GOOD_PYTHON], root, {"PATH": os.environ["PATH"]})
        except (PermissionError, AssertionError):
            continue
        return Path(name)
    copy = root / "python"
    shutil.copytree(sys.base_prefix, copy, symlinks=True, ignore=shutil.ignore_patterns("test"))
    give_away(copy)
    return copy / "bin" / f"python3.{sys.version_info.minor}"
