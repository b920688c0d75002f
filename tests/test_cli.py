"""The `playground` command as people run it: what it prints, how it ends, what it refuses."""

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.simulator.beside import simulator_beside
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


def test_check_says_that_runcomfy_refuses_the_token_and_what_to_look_at(
    tmp_path: Path, guarded: str
) -> None:
    done = playground(tmp_path, "check", RUNCOMFY_TOKEN="wrong", RUNCOMFY_BASE_URL=guarded)

    assert done.returncode == 1
    assert "RunComfy: NOT in order." in said(done)
    assert "the token is missing or not valid" in said(done)
    assert "RUNCOMFY_TOKEN" in said(done)


def test_check_says_that_nobody_answers_at_the_base_url(tmp_path: Path) -> None:
    closed = f"http://127.0.0.1:{free_port()}"

    done = playground(tmp_path, "check", RUNCOMFY_BASE_URL=closed)

    assert done.returncode == 1
    assert "RunComfy: NOT in order." in said(done)


def test_check_says_that_the_database_cannot_be_reached_without_its_password(
    tmp_path: Path,
) -> None:
    url = f"postgresql://someone:hidden-word@127.0.0.1:{free_port()}/name"

    done = playground(tmp_path, "check", PLAYGROUND_DATABASE_URL=url)

    assert done.returncode == 1
    assert "database: NOT in order." in said(done)
    assert "storage: a file was written" in said(done)
    assert "hidden-word" not in said(done)


def test_check_tries_a_postgres(tmp_path: Path, postgres: Postgres) -> None:
    done = playground(tmp_path, "check", PLAYGROUND_DATABASE_URL=postgres.fresh_database())

    assert done.returncode == 0
    assert "database: answers" in said(done)


def test_check_says_that_the_data_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = playground(tmp_path, "check", PLAYGROUND_DATA_DIR=str(tmp_path / "file" / "data"))

    assert done.returncode == 1
    assert "database: NOT in order." in said(done)
    assert "storage: NOT in order." in said(done)
    assert "PLAYGROUND_DATA_DIR" in said(done)


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


def test_serve_refuses_the_database_of_a_later_release(tmp_path: Path) -> None:
    playground(tmp_path, "models")
    engine = create_engine(f"sqlite:///{tmp_path}/data/playground.db")
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()

    done = playground(tmp_path, "serve", PLAYGROUND_PORT=str(free_port()))

    assert done.returncode == 1
    assert "The database was made by a later release" in said(done)


def test_the_chores_leave_the_database_of_a_later_release_alone(tmp_path: Path) -> None:
    playground(tmp_path, "models")
    assert playground(tmp_path, "backup", "before.tar").returncode == 0
    engine = create_engine(f"sqlite:///{tmp_path}/data/playground.db")
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()

    for words in (["backup", "after.tar"], ["restore", "before.tar"], ["verify"]):
        done = playground(tmp_path, *words)

        assert done.returncode == 1
        assert "The database was made by a later release" in said(done)
    assert not (tmp_path / "after.tar").exists()


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


def test_models_lists_what_is_known(tmp_path: Path) -> None:
    done = playground(tmp_path, "models")

    assert done.returncode == 0
    assert "blackforestlabs/flux-2/flash/text-to-image\tFLUX.2 Flash" in said(done)


def test_models_are_found_by_words_and_narrowed(tmp_path: Path) -> None:
    found = playground(tmp_path, "models", "flahs", "--takes", "text", "--sort", "used")
    refused = playground(tmp_path, "models", "--makes", "soup")

    assert said(found).splitlines() == ["blackforestlabs/flux-2/flash/text-to-image\tFLUX.2 Flash"]
    assert refused.returncode == 1
    assert "There are: image, video, audio." in refused.stderr


def test_import_says_what_it_understood_and_keeps_it_when_told_to(tmp_path: Path) -> None:
    page = Path(__file__).with_name("catalogue") / "pages" / "plain.txt"
    two = tmp_path / "two.json"
    schema = '"input_schema": {"properties": {"prompt": {"type": "string"}}}'
    two.write_text(f'[{{"model_id": "a/b", {schema}}}, {{"model_id": "c/d", {schema}}}]')

    looked = playground(tmp_path, "import", str(page))
    saved = playground(tmp_path, "import", str(page), "--save")
    several = playground(tmp_path, "import", str(two))
    chosen = playground(tmp_path, "import", str(two), "--id", "c/d")
    missing = playground(tmp_path, "import", str(tmp_path / "nothing.txt"))
    inside = playground(tmp_path, "import", "https://127.0.0.1/")

    assert "inputs  prompt (required), source_image (required), glow, shape" in said(looked)
    assert "Saved." not in looked.stdout
    assert "Saved." in said(saved)
    assert "quillworks/lantern-2/restyle" in playground(tmp_path, "models").stdout
    assert (several.returncode, chosen.returncode, missing.returncode) == (1, 0, 1)
    assert "choose one with --id" in said(several)
    assert "model   c/d" in said(chosen)
    assert "cannot be read" in said(missing)
    assert "inside this network" in said(inside)


def test_the_command_names_its_verbs(tmp_path: Path) -> None:
    done = playground(tmp_path, "--help")

    assert done.returncode == 0
    for verb in ("serve", "check", "simulator", "models", "import", "backup", "restore", "verify"):
        assert verb in said(done)


def test_the_simulator_s_help_lists_its_fault_words(tmp_path: Path) -> None:
    help_text = said(playground(tmp_path, "simulator", "--help"))

    for word in ("[refuse N]", "[lost answer]", "[status N]", "[broken file]"):
        assert word in help_text
