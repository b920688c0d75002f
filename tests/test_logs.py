"""The log: each run's steps, a JSON object a line; never the token, never a prompt."""

import json
import logging
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import logs
from app.simulator.beside import simulator_beside
from tests.support.plain import PLAIN
from tests.support.playground import FLASH
from tests.support.serve import Server

TOKEN = "rc-a-token-that-nobody-may-read-0123456789"
KEY = "a-signing-key-that-nobody-may-read-either"
PROMPT = "an-unmistakable-walrus"
ENDS = {
    "": "completed",
    "[echo]": "failed",
    "[fail]": "failed",
    "[lost answer]": "unknown",
    "[html]": "unknown",
    "[status error]": "failed",
}


def test_a_run_s_steps_are_lines_of_json_without_its_prompt_or_the_token(tmp_path: Path) -> None:
    times = {"queue_seconds": 0.1, "run_seconds": 0.2, "rough": True}
    with simulator_beside(tmp_path / "simulator", token=TOKEN, **times) as runcomfy:
        server = Server(
            tmp_path,
            {
                "RUNCOMFY_BASE_URL": runcomfy,
                "RUNCOMFY_TOKEN": TOKEN,
                "PLAYGROUND_SECRET_KEY": KEY,
                "PLAYGROUND_POLL_SECONDS": "0.5",
                "PLAYGROUND_COLOUR": "blue",
            },
        )
        try:
            server.start()
            runs = {words: send(server, words) for words in ENDS}
            malformed(server)
            wait_until_all_have_ended(server, runs.values())
            server.stop()
        finally:
            server.kill()

    lines = [json.loads(line) for line in server.log.splitlines()]
    for words, run in runs.items():
        steps = [line for line in lines if line.get("run") == run]
        assert steps[0]["message"] == f"run {run}: saved"
        assert steps[0]["model"] == FLASH
        assert "sent" in {line["message"].split(": ", 1)[1] for line in steps}
        assert steps[-1]["state"] == ENDS[words], (words, steps)
        assert steps[-1]["level"] == ("warning" if ENDS[words] == "unknown" else "info")
    completed = [line for line in lines if line.get("run") == runs[""]]
    assert completed[-1]["seconds"] > 0
    assert completed[-1]["request_id"]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    assert len({line["replica"] for line in lines if "run" in line}) == 1
    assert any("PLAYGROUND_COLOUR" in line["message"] for line in lines)
    for secret in (TOKEN, KEY, PROMPT):
        assert secret not in server.log


def send(server: Server, words: str) -> str:
    """Send a run by the form and give its id."""
    answer = httpx.post(
        f"{server.address}/models/{FLASH}/runs", data={"prompt": f"{PROMPT} {words}"}, timeout=30
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[-1]


def malformed(server: Server) -> None:
    """Ask for what is not there, with words that belong in no log."""
    for path in (f"/models/nothing?prompt={PROMPT}", f"/runs/{PROMPT}", "/healthz?_=%00"):
        httpx.get(server.address + path, timeout=30, **PLAIN)


def wait_until_all_have_ended(server: Server, runs: Iterable[str]) -> None:
    """Wait until the log tells of the last step of each."""
    deadline = time.monotonic() + 60
    for run in runs:
        while not re.search(f"run {run}: (completed|failed|unknown)", server.log):
            assert time.monotonic() < deadline, server.log
            time.sleep(0.05)


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.PlainLines()])
def test_a_secret_is_masked_wherever_it_stands_in_a_record(formatter: logging.Formatter) -> None:
    logs.hide('pass"word/+', "", "abc")
    try:
        raise ValueError('cannot sign in with pass"word/+')
    except ValueError as error:
        line = formatter.format(record(error, address="x?p=pass%22word%2F%2B"))

    assert "word" not in line
    assert "••••" in line
    assert "abc stays" in line


def test_fields_stand_beside_the_message_and_a_line_stays_one_line() -> None:
    line = logs.JsonLines().format(record(None, cost_usd="0.005"))
    told = json.loads(line)

    assert "\n" not in line
    assert told["message"] == "of abc\nstays"
    assert told["cost_usd"] == "0.005"
    assert told["level"] == "warning"
    assert told["time"].endswith("Z")


def record(error: Exception | None, **fields: Any) -> logging.LogRecord:
    """A record as a logger makes it."""
    given = None if error is None else (type(error), error, error.__traceback__)
    words = "of %s\nstays" if error is None else "of %s stays"
    made = logging.LogRecord("app.some", logging.WARNING, __file__, 1, words, ("abc",), given)
    made.fields = fields
    return made
