"""A RunComfy that costs nothing: raw ASGI, a set service time, ready bytes, and it counts.

Run as `python -m bench.double PORT FOLDER`. Each request it accepts ends after
`SERVICE_SECONDS` with every file of the folder as its output; a PNG carries the request's id, so
that no two are the same file.
"""

import asyncio
import json
import os
import struct
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SERVICE_SECONDS = "BENCH_SERVICE_SECONDS"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_MARK = b"request\x00"


class Double:
    """The part of RunComfy's API that a run needs, and `/counts` of what was asked."""

    def __init__(self, origin: str, folder: Path, service_seconds: float) -> None:
        self._origin = origin
        self._service_seconds = service_seconds
        self._files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        self._accepted: dict[str, float] = {}
        self._counts = {"accepted": 0, "asked": 0}
        self._first_told: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await _body(receive) if scope["method"] == "POST" else b""
        status, media_type, content = self._answer(scope["method"], scope["path"], body)
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        parts = path.strip("/").split("/")
        if method == "POST":
            return _json(200, self._accept(json.loads(body)))
        if parts[0] == "files":
            kind = "image/png" if parts[2].endswith(".png") else "image/jpeg"
            return 200, kind, signed(self._files[parts[2]], parts[1])
        if parts[0] == "counts":
            # The clock is the machine's own, so that the bench can compare it with its own.
            return _json(200, {**self._counts, "completed_told": self._first_told})
        if parts[:2] == ["v1", "requests"] and parts[2] in self._accepted:
            return _json(200, self._told(parts[2], parts[3]))
        if parts[:2] == ["v1", "models"]:
            return _json(200, {"models": [], "total": 0})
        return _json(404, {"error_code": 404001, "error_message": "There is no such thing."})

    def _accept(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self._counts["accepted"] += 1
        request_id = f"request-{self._counts['accepted']}-{time.time_ns()}"
        self._accepted[request_id] = time.monotonic()
        return {"request_id": request_id, "seed": inputs.get("seed")}

    def _told(self, request_id: str, what: str) -> dict[str, Any]:
        ended = time.monotonic() - self._accepted[request_id] >= self._service_seconds
        state = "completed" if ended else "in_progress"
        told: dict[str, Any] = {"request_id": request_id, "status": state}
        if what == "status":
            self._counts["asked"] += 1
            if ended:
                self._first_told.setdefault(request_id, time.monotonic())
        elif ended:
            told["output"] = {
                "images": [f"{self._origin}/files/{request_id}/{name}" for name in self._files]
            }
            told["cost"] = 0.005
        return told


def signed(content: bytes, request_id: str) -> bytes:
    """A PNG with a text chunk that names the request; anything else as it is."""
    if not content.endswith(_PNG_END):
        return content
    text = _MARK + request_id.encode()
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text
    chunk += struct.pack(">I", zlib.crc32(b"tEXt" + text))
    return content[: -len(_PNG_END)] + chunk + _PNG_END


def signature(content: bytes) -> str:
    """The request's id in a PNG made by `signed`, or nothing."""
    at = content.rfind(b"tEXt" + _MARK)
    if at < 0:
        return ""
    length = int.from_bytes(content[at - 4 : at]) - len(_MARK)
    start = at + 4 + len(_MARK)
    return content[start : start + length].decode()


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _json(status: int, content: dict[str, Any]) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(content).encode()


def main() -> None:
    """Serve until it is stopped."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    double = Double(f"http://127.0.0.1:{port}", folder, float(os.environ[SERVICE_SECONDS]))
    config = uvicorn.Config(
        double, port=port, log_level="warning", access_log=False, lifespan="off"
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
