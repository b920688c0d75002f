"""Starting and stopping the server: one to a data folder, and never in the middle of a payment."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.db.held import HeldByAnother, holding, is_held
from app.simulator.beside import simulator_beside
from tests.support.pair import within
from tests.support.plain import PLAIN
from tests.support.playground import FLASH, SMALL, accepted
from tests.support.processes import NotReady
from tests.support.serve import Server

SLOW = "answered after twelve seconds [slow answer]"


@pytest.fixture
def runcomfy(tmp_path: Path) -> Iterator[str]:
    """The simulator's address."""
    with simulator_beside(tmp_path / "simulator") as address:
        yield address


def test_a_stop_waits_for_a_paid_request_however_often_it_is_asked_for(
    tmp_path: Path, runcomfy: str
) -> None:
    server = Server(tmp_path, {"RUNCOMFY_BASE_URL": runcomfy})
    try:
        server.start()
        answer = httpx.post(
            f"{server.address}/models/{FLASH}/runs",
            data={"prompt": SLOW, **SMALL},
            **PLAIN,
        )
        within(20, lambda: len(accepted(tmp_path / "simulator")) == 1, "on its way")
        for _ in range(3):
            os.kill(server.process_id, signal.SIGTERM)
            os.kill(server.process_id, signal.SIGINT)
            time.sleep(0.2)

        within(5, lambda: _ready(server).status_code == 503, "said to be stopping")
        assert _ready(server).json()["failing"]["server"] == "stopping"
        page = httpx.get(f"{server.address}{answer.headers['location']}", **PLAIN)
        assert 'data-state="sending"' in page.text
        assert server.wait(30) == 0

        server.start()
        page = httpx.get(f"{server.address}{answer.headers['location']}", **PLAIN)
        assert 'data-state="unknown"' not in page.text
        assert len(accepted(tmp_path / "simulator")) == 1
    finally:
        server.kill()


def test_a_second_server_on_the_same_data_folder_says_so_and_ends(tmp_path: Path) -> None:
    first = Server(tmp_path, {"RUNCOMFY_BASE_URL": "http://127.0.0.1:1"})
    second = Server(tmp_path, {"RUNCOMFY_BASE_URL": "http://127.0.0.1:1"})
    first.start()
    try:
        with pytest.raises(NotReady, match="A playground is running on data already"):
            second.start()
        assert "Traceback" not in second.log
        first.kill()
        # However it has ended, its folder is free at once.
        second.start()
    finally:
        first.kill()
        second.kill()


def test_a_folder_is_held_as_long_as_somebody_works_with_it(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "nowhere")
    with holding(tmp_path):
        assert is_held(tmp_path)
        with pytest.raises(HeldByAnother), holding(tmp_path):
            pass
    assert not is_held(tmp_path)


def _ready(server: Server) -> httpx.Response:
    return httpx.get(f"{server.address}/readyz", **PLAIN)
