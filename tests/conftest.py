"""What tests are given: real parts, each started when the first test asks for it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser, Page, async_playwright, expect
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from app.simulator.beside import simulator_beside
from tests.support.chromium import launch_options
from tests.support.playground import Playground, playground, quick_playground
from tests.support.postgres import Postgres
from tests.support.swift import Swift
from tests.support.watching import Troubles

# The same examples each time, however busy the machine is: a test that fails fails for all.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

# What one worker starts or plays once for several files.
_SHARED = {
    "trials": (
        "tests/runs/test_collect.py",
        "tests/runs/test_poller.py",
        "tests/runs/test_workflow.py",
    ),
    "store": (
        "tests/chores/",
        "tests/media/test_pages.py",
        "tests/media/test_store.py",
        "tests/replicas/",
        "tests/runs/test_files.py",
        "tests/runs/test_lifecycle.py",
        "tests/test_support.py",
    ),
}


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Each file to one worker, since its tests share a playground."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((what for what, files in _SHARED.items() if file.startswith(files)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFile:
    """Say how tests are dealt to workers."""
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running Postgres; `postgres.fresh_database()` gives each test one of its own."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3() -> Iterator[Swift]:
    """A running S3-compatible store; `s3.fresh_bucket()` gives each test one of its own."""
    store = Swift()
    try:
        store.start()
        yield store
    finally:
        store.stop()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium."""
    # What is waited for comes sooner; a busy machine is no defect of a page.
    expect.set_options(timeout=20_000)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**launch_options())
        yield chromium
        await chromium.close()


@pytest.fixture
async def troubles() -> Troubles:
    """What goes wrong in the test's pages, and what of it the test expects."""
    return Troubles()


@pytest.fixture
async def page(browser: Browser, troubles: Troubles) -> AsyncIterator[Page]:
    """A page with empty storage. The test fails at the end if anything went wrong in it."""
    context = await browser.new_context()
    context.set_default_timeout(20_000)
    page = await context.new_page()
    troubles.watch(page)
    yield page
    await context.close()
    assert troubles.unexpected == []


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The setting that names an empty database: SQLite in the data folder, then Postgres."""
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh_database()


@pytest.fixture
def simulator_folder(tmp_path: Path) -> Path:
    """Where the test's simulator remembers; its journal lies there."""
    return tmp_path / "simulator"


@pytest.fixture
def simulator(simulator_folder: Path) -> Iterator[str]:
    """A quick RunComfy over real HTTP; its address."""
    quick = {"queue_seconds": 0.2, "run_seconds": 0.4, "rough": True}
    with simulator_beside(simulator_folder, **quick) as address:
        yield address


@pytest.fixture
async def play(tmp_path: Path, simulator: str) -> AsyncIterator[Playground]:
    """The whole playground on SQLite, talking to the test's simulator."""
    async with playground(tmp_path, runcomfy_base_url=simulator) as running:
        yield running


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """One playground for all tests of a file, which tell their runs apart by their prompts."""
    async with quick_playground(tmp_path_factory.mktemp("shared")) as running:
        yield running
