"""What the chores' tests share: RunComfy, empty places of both kinds, the command."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from app.db.engine import Database, database_url
from app.media.store import FOLDERS, Store, open_store
from app.simulator.beside import simulator_beside
from tests.support.command import Done, command
from tests.support.plain import PLAIN
from tests.support.playground import SMALL, Playground, accepted, playground

TOKEN = "rc-a-token-that-nobody-may-read-0123456789"
KEY = "a-key-that-signs-and-that-nobody-may-read"

# A quarter of the pixels, drawn in a quarter of the time.


@dataclass(frozen=True)
class Place:
    """A place for a playground: settings that name a database and a storage, at first empty."""

    folder: Path
    simulator: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Its database, to be closed again."""
        setting = self.settings.get("database_url", "")
        return Database(database_url(setting, self.folder / "data"))

    @property
    def store(self) -> Store:
        """Its storage."""
        setting = self.settings.get("storage_url", "")
        return open_store(setting, folder=self.folder / "data" / "media")

    async def keys(self) -> list[str]:
        """What is in its storage."""
        return sorted([file.key for one in FOLDERS async for file in self.store.files(one)])

    def open(self) -> AbstractAsyncContextManager[Playground]:
        """Start a playground there, and stop it in the end."""
        return playground(
            self.folder,
            runcomfy_base_url=self.simulator,
            runcomfy_token=TOKEN,
            secret_key=KEY,
            **self.settings,
        )

    async def command(self, *words: str | Path) -> Done:
        """Run `playground …` with its settings."""
        settings = {f"PLAYGROUND_{name.upper()}": value for name, value in self.settings.items()}
        settings |= {
            "PLAYGROUND_DATA_DIR": str(self.folder / "data"),
            "PLAYGROUND_SECRET_KEY": KEY,
            "RUNCOMFY_BASE_URL": self.simulator,
            "RUNCOMFY_TOKEN": TOKEN,
        }
        done = await command(*words, settings=settings)
        assert TOKEN not in done.said
        return done


MakePlace = Callable[[str], Place]


@pytest.fixture(scope="session")
def runcomfy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A quick RunComfy that demands the token: its address, and the folder of its journal."""
    folder = tmp_path_factory.mktemp("runcomfy")
    with simulator_beside(folder, token=TOKEN, queue_seconds=0.1, run_seconds=0.2) as address:
        yield address, folder


@pytest.fixture
def make_place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    runcomfy: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> MakePlace:
    """Makes an empty place: `alone` is SQLite and a folder, `shared` is Postgres and a bucket."""
    made: list[Place] = []

    def make(kind: str) -> Place:
        folder = tmp_path / f"place-{len(made)}"
        settings: dict[str, str] = {}
        if kind == "shared":
            store = request.getfixturevalue("s3")
            bucket = store.fresh_bucket()
            for name, value in store.s3_environment(bucket).items():
                if name.startswith("AWS_"):
                    monkeypatch.setenv(name, value)
            database = request.getfixturevalue("postgres").fresh_database()
            settings = {"database_url": database, "storage_url": f"s3://{bucket}/kept"}
        made.append(Place(folder, runcomfy[0], settings))
        return made[-1]

    return make


@dataclass(frozen=True)
class Kept:
    """A place with two pictures, its backup, and what its gallery shows."""

    place: Place
    archive: Path
    run_ids: list[str]
    gallery: dict[str, str]


@pytest.fixture(scope="module")
async def kept(runcomfy: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A backup of a small playground; neither is to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    place, archive = Place(folder, runcomfy[0]), folder / "all.tar"
    async with place.open() as play:
        run_ids = [await play.run(prompt=prompt, **SMALL) for prompt in ("a cup", "a saucer")]
        for run_id in run_ids:
            assert (await play.until(run_id)).state == "completed"
        gallery = await seen(play)
    backed_up = await place.command("backup", archive)
    assert backed_up.code == 0, backed_up.said
    return Kept(place, archive, run_ids, gallery)


@dataclass(frozen=True)
class Sent:
    """What the simulator has been paid for, by prompt, and a way to let a held request go on."""

    folder: Path
    address: str

    def times(self, prompt: str) -> int:
        """How often a prompt was paid for."""
        return sum(line["inputs"]["prompt"] == prompt for line in accepted(self.folder))

    async def let_end(self, request_id: str | None) -> None:
        """Let a held request run, and end."""
        async with httpx.AsyncClient(base_url=self.address, **PLAIN) as client:
            for _ in range(2):
                (await client.post(f"/go-on/{request_id}")).raise_for_status()


@pytest.fixture
def sent(runcomfy: tuple[str, Path]) -> Sent:
    """What RunComfy has got."""
    return Sent(runcomfy[1], runcomfy[0])


async def seen(play: Playground) -> dict[str, str]:
    """What a person sees in the gallery: its page, and the hash of each picture and small one."""
    page = await play.page("/gallery")
    found = {"page": page}
    for address in set(re.findall(r'"(/media/[^"]+)"', page)):
        answer = await play.client.get(address)
        assert answer.status_code == 200, address
        found[address] = hashlib.sha256(answer.content).hexdigest()
    return found
