"""The files that results link to, and the samples."""

import asyncio
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulator import (
    answers,
    given,
    moving,
    opening,
    outputs,
    pictures,
    sounds,
    spoilt,
    timing,
    wire,
)
from app.simulator.drawing import Drawer, Drawn
from app.simulator.given import Unusable
from app.simulator.ledger import Accepted, Ledger
from app.simulator.outputs import Given
from app.simulator.wish import Wish

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">'
    '<script>document.title = "The script ran"</script>'
    '<rect width="400" height="300" fill="#3056d3"/></svg>'
)
_HUGE_BYTES = 3 * 1024**3
_RECORDINGS: dict[str, tuple[Callable[[], bytes], str]] = {
    "walk.mp4": (
        partial(moving.video, Wish("sea at dusk", moving.SIZES["16:9"], 1), 2),
        "video/mp4",
    ),
    "chords.wav": (partial(sounds.sound, Wish("calm rain", (64, 64), 1)), "audio/wav"),
}
"""Samples that move or sound; `GET /samples` lists the pictures."""


@dataclass
class Files:
    """Where files come from: the ledger says what, the drawer draws."""

    ledger: Ledger
    drawer: Drawer
    client: httpx.AsyncClient
    fetch_origins: tuple[str, ...]
    queue_seconds: float
    run_seconds: float
    rough: bool
    _collecting: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def sample(self, request: Request) -> Response:
        """GET /samples/{name}"""
        name = request.path_params["name"]
        if name in _RECORDINGS:
            data, media_type = await self._recording(name)
            return Response(data, media_type=media_type, headers={"cache-control": "max-age=3600"})
        name = name.removesuffix(".jpg")
        if name not in pictures.SAMPLES:
            return answers.not_found("Sample")
        data, media_type = await self._sample(name)
        return Response(data, media_type=media_type, headers={"cache-control": "max-age=3600"})

    async def _sample(self, name: str) -> Drawn:
        async def draw() -> Drawn:
            return await self.drawer.run(partial(pictures.sample, name)), "image/jpeg"

        return await self.drawer.drawn(f"samples/{name}", draw)

    async def _recording(self, name: str) -> Drawn:
        make, media_type = _RECORDINGS[name]

        async def draw() -> Drawn:
            return await self.drawer.run(make), media_type

        return await self.drawer.drawn(f"samples/{name}", draw)

    async def file(self, request: Request) -> Response:
        """GET /files/{request_id}/{name}"""
        if "authorization" in request.headers:
            # As storages do: who sends the token along with a download gets nothing.
            return answers.error(400, "Files are fetched without a token.")
        now = time.time()
        accepted = self.ledger.find(request.path_params["request_id"], now)
        name = request.path_params["name"]
        if accepted is None or name not in outputs.names(accepted):
            return answers.not_found("File")
        known = timing.times(
            accepted, self.queue_seconds, self.run_seconds, self.ledger.let_go(accepted)
        )
        stands = timing.standing(accepted, known, now)
        if stands.status != "completed" or self.ledger.cancelled(accepted):
            return answers.not_found("File")
        fault = await self._broken(accepted, name, now - known.ends)
        return fault or self._whole(*await self.drawn(accepted, name))

    def _whole(self, data: bytes, media_type: str) -> Response:
        return Response(data, media_type=media_type)

    async def _broken(self, accepted: Accepted, name: str, age: float) -> Response | None:
        """The answer for a file where the prompt calls for trouble; age: seconds since the end."""
        called = accepted.faults
        if (
            "missing file" in called
            or ("held file" in called and not self.ledger.let_go(accepted))
            or ("late file" in called and age < 20)
            or ("mixed" in called and name.startswith("1."))
        ):
            return answers.not_found("File")
        code = called.http_status("file")
        if code is not None:
            return answers.error(code, f"Told by the prompt to answer {code}.")
        if "flaky file" in called and age < 3:
            return answers.error(503, "The storage is resting.")
        if "empty file" in called:
            return Response(b"", media_type="image/png")
        if "svg" in called:
            return Response(_SVG, media_type="image/svg+xml")
        if "html file" in called:
            return Response(bytes(answers.page().body), media_type="image/png")
        if "bomb" in called:
            return Response(_bomb(), media_type="image/png")
        if "huge" in called:
            return wire.endless(_bomb(), "image/png", _HUGE_BYTES)
        if "broken file" in called:
            data, media_type = await self.drawn(accepted, name)
            return wire.CutOff(data, media_type=media_type)
        if "slow file" in called:
            return wire.trickling(*await self.drawn(accepted, name), 4096)
        if "typed file" in called:
            return _falsely_named(*await self.drawn(accepted, name))
        for how in ("chunks cut", "false length"):
            if f"{how} file" in called:
                return spoilt.spoilt_file(how, *await self.drawn(accepted, name))
        return self._redirected(accepted, name)

    def _redirected(self, accepted: Accepted, name: str) -> Response | None:
        called, own = accepted.faults, f"/files/{accepted.request_id}/{name}"
        if "redirected file" in called:
            return _redirect(answers.another(accepted.origin))
        if "circling file" in called:
            return _redirect(own)
        return _redirect(f"/moved{own}") if "moved file" in called else None

    async def moved(self, request: Request) -> Response:
        """GET /moved/files/{request_id}/{name}: where a redirect has led to the file itself."""
        accepted = self.ledger.find(request.path_params["request_id"], time.time())
        name = request.path_params["name"]
        if accepted is None or name not in outputs.names(accepted):
            return answers.not_found("File")
        return self._whole(*await self.drawn(accepted, name))

    async def drawn(self, accepted: Accepted, name: str) -> Drawn:
        async def draw() -> Drawn:
            await self.collect(accepted)
            return await self.drawer.run(partial(self._draw, accepted, name))

        return await self.drawer.drawn(f"{accepted.request_id}/{name}", draw)

    def _draw(self, accepted: Accepted, name: str) -> Drawn:
        listed = [
            self._given(accepted, place, address)
            for place, address in enumerate(given.addresses(accepted))
        ]
        return outputs.draw(accepted, name, listed, rough=self.rough)

    def _given(self, accepted: Accepted, place: int, address: str) -> Given:
        if address.startswith("sha256:"):
            path = self.ledger.files / address.removeprefix("sha256:")
        else:
            path = given.path_of(self.ledger.files, accepted, place)
        try:
            return Given(opening.opened(path.read_bytes()))
        except FileNotFoundError:
            reason = "The picture is not kept any more."
        except ValueError as error:
            reason = str(error)
        missing = path.with_suffix(".missing")
        if missing.exists():
            reason = missing.read_text(encoding="utf-8")
        stand_in = Wish(address, pictures.SIZES["landscape_4_3"])
        return Given(pictures.draw(stand_in), address, f"Stand-in for an input picture. {reason}")

    async def collect(self, accepted: Accepted) -> None:
        """Bring the inputs here that lie at addresses, as RunComfy does when a run begins.

        However many wait for them, each is fetched once. Why one cannot be had is
        written down too, so that each drawing is the same.
        """
        request_id = accepted.request_id
        if request_id not in self._collecting:
            task = asyncio.create_task(self._collect(accepted))
            self._collecting[request_id] = task
            task.add_done_callback(lambda _: self._collecting.pop(request_id))
        await asyncio.shield(self._collecting[request_id])

    async def _collect(self, accepted: Accepted) -> None:
        for place, address in list(given.to_fetch(accepted, self.ledger.files)):
            path = given.path_of(self.ledger.files, accepted, place)
            if path.with_suffix(".missing").exists():
                continue
            try:
                data = await self._bytes_at(accepted, address)
            except Unusable as error:
                path.with_suffix(".missing").write_text(str(error), encoding="utf-8")
            else:
                given.write_whole(path, data)

    async def _bytes_at(self, accepted: Accepted, address: str) -> bytes:
        own = given.own_path(accepted, address)
        if own is not None:
            return await self._own(own)
        if given.fetchable(address, self.fetch_origins):
            return await given.fetch(self.client, address)
        raise Unusable("The simulator fetches nothing from outside.")

    async def _own(self, path: str) -> bytes:
        parts = path.strip("/").split("/")
        if len(parts) == 2 and parts[0] == "samples":
            name = parts[1].removesuffix(".jpg")
            if name in pictures.SAMPLES:
                return (await self._sample(name))[0]
        if len(parts) == 3 and parts[0] == "files":
            other = self.ledger.find(parts[1], time.time())
            if other is not None and parts[2] in outputs.names(other):
                return (await self.drawn(other, parts[2]))[0]
        raise Unusable("The simulator has nothing at this address.")

    async def samples(self, request: Request) -> Response:
        """GET /samples: the addresses of all samples, at the origin that was asked."""
        origin = request.app.state.origin_of(request)
        return JSONResponse(
            {"samples": [f"{origin}/samples/{name}.jpg" for name in pictures.SAMPLES]}
        )


def _redirect(address: str) -> Response:
    return Response(status_code=302, headers={"location": address})


def _falsely_named(data: bytes, _: str) -> Response:
    names = {"content-disposition": 'inline; filename="../../<b>.html"', "set-cookie": "one=1"}
    return Response(data, media_type="text/html", headers=names)


def _bomb() -> bytes:
    """A PNG of a few hundred bytes that declares 50,000 x 50,000 pixels."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(50_001))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
