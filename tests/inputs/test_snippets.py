"""Inputs as code: each snippet is run, and what arrives is compared."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import playwright
import pytest

from app.inputs.schema import JsonObject
from app.inputs.snippets import LANGUAGES, Language, Request, snippet

TOKEN = "rc-only-in-the-environment"
# The one that comes with the browser tests' own library.
NODE = Path(playwright.__file__).parent / "driver" / "node"

INPUTS: JsonObject = {
    "prompt": 'it\'s "quoted" $HOME `id` \\ %s {x}\nsecond line\té 日本語 🙂 \u2028 \x7f </script>',
    "negative_prompt": "",
    "none": None,
    "yes": True,
    "no": False,
    "scale": 0.1,
    "one": 1.0,
    "seed": 77_120_443,
    "camera": {"motion": "dolly_in", "path": [[0, 0.5], []], "more": {}},
}
LARGE: JsonObject = {**INPUTS, "seed": 2**63 - 1}
AWKWARD: JsonObject = {**INPUTS, "odd": {"__proto__": {"a": 1}}}


class Listener(HTTPServer):
    """Stands where RunComfy does and notes what arrives."""

    arrived: list[tuple[str, str | None, str | None, bytes]]


class _Note(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Listener)
        body = self.rfile.read(int(self.headers["content-length"]))
        sent = (self.path, self.headers["authorization"], self.headers["content-type"], body)
        self.server.arrived.append(sent)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"request_id": "r-1"}')

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener(("127.0.0.1", 0), _Note)
    server.arrived = []
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("inputs", [INPUTS, LARGE, AWKWARD], ids=["plain", "large", "awkward"])
@pytest.mark.parametrize("language", ["curl", "python", "javascript"])
def test_a_snippet_sends_exactly_these_inputs(
    listener: Listener, tmp_path: Path, language: Language, inputs: JsonObject
) -> None:
    url = f"http://127.0.0.1:{listener.server_port}/v1/models/some/model"
    written = snippet(language, Request(url, inputs))
    path = tmp_path / "snippet.mjs"
    path.write_text(written, encoding="utf-8")
    command = {
        "curl": ["sh", str(path)],
        "python": [sys.executable, str(path)],
        "javascript": [str(NODE), str(path)],
    }[language]

    ran = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "RUNCOMFY_TOKEN": TOKEN},
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert b'{"request_id": "r-1"}' in ran.stdout
    [(path_asked, authorization, media_type, body)] = listener.arrived
    assert (path_asked, media_type) == ("/v1/models/some/model", "application/json")
    assert authorization == f"Bearer {TOKEN}"
    assert json.loads(body) == inputs
    assert TOKEN not in written


def test_json_is_the_inputs_alone() -> None:
    assert json.loads(snippet("json", Request("https://example.com", AWKWARD))) == AWKWARD
    assert set(LANGUAGES) == {"json", "curl", "python", "javascript"}
