"""The `playground` command as people run it: what it prints, how it ends, what it refuses."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.simulator.beside import simulator_beside
from tests.support.command import command
from tests.support.postgres import Postgres
from tests.support.processes import free_port
from tests.support.serve import FROM_CHECKOUT, PLAYGROUND, Server, clean_environment

TOKEN = "rc-a-token-that-nobody-may-read-0123456789"


def playground(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with these settings and none of ours."""
    return subprocess.run(
        [*PLAYGROUND, *words],
        cwd=folder,
        env=clean_environment({**FROM_CHECKOUT, **settings}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """All that it printed, which is never a traceback and never the token."""
    everything = done.stdout + done.stderr
    assert "Traceback" not in everything, everything
    assert TOKEN not in everything
    return everything


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which commands are run in the test's own process, which saves seconds."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """The address of a simulator that demands the token."""
    with simulator_beside(tmp_path / "simulator", token=TOKEN) as address:
        yield address


def test_check_prints_what_is_in_force_with_the_token_masked_and_finds_all_well(
    tmp_path: Path, guarded: str
) -> None:
    done = playground(tmp_path, "check", RUNCOMFY_TOKEN=TOKEN, RUNCOMFY_BASE_URL=guarded)

    lines = dict(line.split(None, 1) for line in said(done).splitlines() if line.strip())
    assert done.returncode == 0
    assert lines["RUNCOMFY_TOKEN"].startswith("set")
    assert lines["RUNCOMFY_BASE_URL"] == guarded
    assert lines["PLAYGROUND_PORT"] == "8000"
    assert lines["PLAYGROUND_POLL_SECONDS"] == "2.0"
    assert lines["database:"] == "answers"
    assert lines["storage:"] == "a file was written, read and deleted"
    assert "answers" in lines["RunComfy:"]


def test_check_reads_dot_env_and_says_that_without_a_token_the_simulator_plays(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("PLAYGROUND_PORT=8123\n")

    done = playground(tmp_path, "check")

    assert done.returncode == 0
    assert "8123" in said(done)
    assert "the built-in simulator plays it. Set RUNCOMFY_TOKEN" in said(done)


async def test_check_says_that_runcomfy_refuses_the_token_and_what_to_look_at(
    here: Path, guarded: str
) -> None:
    settings = {"RUNCOMFY_TOKEN": "wrong", "RUNCOMFY_BASE_URL": guarded}

    done = await command("check", settings=settings)

    assert done.code == 1
    assert "RunComfy: NOT in order." in done.said
    assert "the token is missing or not valid" in done.said
    assert "RUNCOMFY_TOKEN" in done.said


async def test_check_says_that_nobody_answers_at_the_base_url(here: Path) -> None:
    closed = f"http://127.0.0.1:{free_port()}"

    done = await command("check", settings={"RUNCOMFY_BASE_URL": closed})

    assert done.code == 1
    assert "RunComfy: NOT in order." in done.said


async def test_check_says_that_the_database_cannot_be_reached_without_its_password(
    here: Path,
) -> None:
    url = f"postgresql://someone:hidden-word@127.0.0.1:{free_port()}/name"

    done = await command("check", settings={"PLAYGROUND_DATABASE_URL": url})

    assert done.code == 1
    assert "database: NOT in order." in done.said
    assert "storage: a file was written" in done.said
    assert "hidden-word" not in done.said


async def test_check_tries_a_postgres(here: Path, postgres: Postgres) -> None:
    url = postgres.fresh_database()

    done = await command("check", settings={"PLAYGROUND_DATABASE_URL": url})

    assert done.code == 0
    assert "database: answers" in done.said


async def test_check_says_that_the_data_folder_cannot_be_used(here: Path) -> None:
    (here / "file").touch()

    done = await command("check", settings={"PLAYGROUND_DATA_DIR": str(here / "file" / "data")})

    assert done.code == 1
    assert "database: NOT in order." in done.said
    assert "storage: NOT in order." in done.said
    assert "PLAYGROUND_DATA_DIR" in done.said


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PLAYGROUND_HOST": "0.0.0.0"}, "PLAYGROUND_HOST=0.0.0.0 would let anyone"),
        ({"PLAYGROUND_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "cannot be used"),
    ],
)
def test_serve_refuses_a_wrong_setting_in_a_sentence(
    tmp_path: Path, settings: Mapping[str, str], sentence: str
) -> None:
    done = playground(tmp_path, "serve", **{"PLAYGROUND_PORT": str(free_port()), **settings})

    assert done.returncode == 1
    assert sentence in said(done)


def test_serve_says_that_the_data_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    done = playground(tmp_path, "serve", PLAYGROUND_PORT=str(free_port()))

    assert done.returncode == 1
    assert "PLAYGROUND_DATA_DIR" in said(done)


async def test_the_database_of_a_later_release_is_left_alone(here: Path) -> None:
    await command("models", settings={})
    assert (await command("backup", "before.tar", settings={})).code == 0
    engine = create_engine(f"sqlite:///{here}/data/playground.db")
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()

    serving = playground(here, "serve", PLAYGROUND_PORT=str(free_port()))
    assert serving.returncode == 1
    assert "The database was made by a later release" in said(serving)
    for words in (["backup", "after.tar"], ["restore", "before.tar"], ["verify"]):
        done = await command(*words, settings={})

        assert done.code == 1
        assert "The database was made by a later release" in done.said
    assert not (here / "after.tar").exists()


def test_serve_says_that_its_port_is_taken(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        done = playground(tmp_path, "serve", PLAYGROUND_PORT=port)

    assert done.returncode == 1
    assert port in said(done)


def test_serve_stops_by_itself_when_asked_and_names_what_it_does_not_know(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path, {"PLAYGROUND_COLOUR": "blue"})
    server.start()

    assert server.stop() in (0, -15)
    assert "PLAYGROUND_COLOUR is not a setting of this release" in server.log
    assert server.address in server.log
    assert "Traceback" not in server.log


async def test_models_are_listed_found_by_words_and_narrowed(here: Path) -> None:
    flash = "blackforestlabs/flux-2/flash/text-to-image\tFLUX.2 Flash"

    known = await command("models", settings={})
    found = await command("models", "flahs", "--takes", "text", "--sort", "used", settings={})
    refused = await command("models", "--makes", "soup", settings={})

    assert known.code == 0
    assert flash in known.said
    assert found.said.splitlines() == [flash]
    assert refused.code == 1
    assert "There are: image, video, audio." in refused.said


async def test_import_says_what_it_understood_and_keeps_it_when_told_to(here: Path) -> None:
    page = Path(__file__).with_name("catalogue") / "pages" / "plain.txt"
    two = here / "two.json"
    schema = '"input_schema": {"properties": {"prompt": {"type": "string"}}}'
    two.write_text(f'[{{"model_id": "a/b", {schema}}}, {{"model_id": "c/d", {schema}}}]')

    looked = await command("import", page, settings={})
    saved = await command("import", page, "--save", settings={})
    several = await command("import", two, settings={})
    chosen = await command("import", two, "--id", "c/d", settings={})
    inside = await command("import", "https://127.0.0.1/", settings={})
    known = await command("models", settings={})

    assert "inputs  prompt (required), source_image (required), glow, shape" in looked.said
    assert "Saved." not in looked.said
    assert "Saved." in saved.said
    assert "quillworks/lantern-2/restyle" in known.said
    assert (several.code, chosen.code) == (1, 0)
    assert "choose one with --id" in several.said
    assert "model   c/d" in chosen.said
    assert "inside this network" in inside.said


def test_import_says_that_a_file_cannot_be_read(tmp_path: Path) -> None:
    missing = playground(tmp_path, "import", "nothing.txt")

    assert missing.returncode == 1
    assert "nothing.txt cannot be read" in said(missing)


def test_the_command_names_its_verbs(tmp_path: Path) -> None:
    done = playground(tmp_path, "--help")

    assert done.returncode == 0
    for verb in ("serve", "check", "simulator", "models", "import", "backup", "restore", "verify"):
        assert verb in said(done)


def test_the_simulator_s_help_lists_its_fault_words(tmp_path: Path) -> None:
    help_text = said(playground(tmp_path, "simulator", "--help"))

    for word in ("[refuse N]", "[lost answer]", "[status N]", "[broken file]"):
        assert word in help_text
