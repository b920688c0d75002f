"""Where files from outside are opened: a process of its own, with little memory and low priority.

Nothing from outside is decoded in the server itself: a picture made to break its decoder, or to
fill the memory, ends that process alone, and pages are answered while it works.
"""

import asyncio
import base64
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import Unavailable
from app.media.decoding import REASONS, GaveUp, Measures, Prepared
from app.media.sniff import Kind

# An answer holds a thumbnail of at most 512 pixels each way, which even as noise stays below this.
_LONGEST_ANSWER_BYTES = 4 * 1024 * 1024


class DarkroomClosed(Unavailable):
    """The process that opens pictures cannot be started."""

    code = "darkroom_closed"


@dataclass(frozen=True)
class SmallPicture:
    """A thumbnail as WebP, with its width and height in pixels."""

    content: bytes
    width: int
    height: int


class Darkroom:
    """One job at a time, in a process that starts with the first and ends after the last.

    Every job raises NotDecoded when the file gives nothing, DarkroomClosed when the process
    cannot be started.
    """

    def __init__(self, *, job_seconds: float = 60.0, idle_seconds: float = 120.0) -> None:
        """job_seconds: the longest time for one file. idle_seconds: the process ends after that."""
        self._job_seconds = job_seconds
        self._idle_seconds = idle_seconds
        self._process: Process | None = None
        self._ending: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        # Measuring is what a run waits for: at most one thumbnail stands in line before it.
        self._thumbnail_turn = asyncio.Lock()

    async def measure(self, path: Path, kind: Kind, *, decode: bool = False) -> Measures:
        """How large a local file is shown, and how long it lasts.

        decode: also read a picture's every pixel, which finds one that is cut off.
        """
        return Measures(**await self._ask("measure", path, kind, decode=decode))

    async def thumbnail(self, path: Path, kind: Kind) -> SmallPicture:
        """A small copy of a local picture, or of a video's first one."""
        async with self._thumbnail_turn:
            answer = await self._ask("thumbnail", path, kind)
        content = base64.b64decode(answer["content"])
        return SmallPicture(content, answer["width"], answer["height"])

    async def prepare(
        self,
        path: Path,
        kind: Kind,
        into: Path,
        *,
        keep_location: bool = False,
        most_side: int | None = None,
    ) -> Prepared | None:
        """Write the copy of a local file that is sent; None when the file is fit as it is."""
        answer = await self._ask(
            "prepare",
            path,
            kind,
            into=str(into),
            extension=kind.extension,
            keep_location=keep_location,
            most_side=most_side,
        )
        return Prepared(**answer) if answer else None

    async def close(self) -> None:
        """End the process; the next job would start another."""
        async with self._turn:
            if self._ending is not None and self._ending is not asyncio.current_task():
                self._ending.cancel()
            if self._process is not None:
                await self._end(self._process)

    async def _ask(self, do: str, path: Path, kind: Kind, **more: Any) -> dict[str, Any]:
        job = {
            "do": do,
            "path": str(path),
            "kind": kind.kind,
            "media_type": kind.media_type,
            **more,
        }
        line = json.dumps(job).encode() + b"\n"
        # The machine may have ended the process for want of memory elsewhere; a file that is to
        # blame ends it twice.
        answered = await self._try(line) or await self._try(line)
        if not answered:
            raise GaveUp
        answer: dict[str, Any] = json.loads(answered)
        if "not_decoded" in answer:
            raise REASONS[answer["not_decoded"]]
        return answer

    async def _try(self, job: bytes) -> bytes:
        """The answer to a job; nothing when the process ended over it."""
        async with self._turn:
            process = await self._running()
            answered = b""
            try:
                async with asyncio.timeout(self._job_seconds):
                    answered = await _exchange(process, job)
            except TimeoutError as error:
                raise GaveUp from error
            finally:
                # Also when whoever asked has gone: the late answer must not meet the next job.
                if answered:
                    self._ending = asyncio.create_task(self._end_when_idle())
                else:
                    await self._end(process)
        return answered

    async def _running(self) -> Process:
        if self._ending is not None:
            self._ending.cancel()
        if self._process is None or self._process.returncode is not None:
            self._process = await _start()
        return self._process

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        await self.close()

    async def _end(self, process: Process) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            process.kill()
        await process.communicate()
        self._process = None


async def _start() -> Process:
    """Start the process with none of the server's environment: it needs no secret."""
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-W",
            "ignore",
            "-m",
            "app.media.darkroom_worker",
            stdin=PIPE,
            stdout=PIPE,
            limit=_LONGEST_ANSWER_BYTES,
            env={"PYTHONPATH": _import_paths(), "PATH": os.defpath},
            # Ctrl+C is for the server, which then ends this in its own time.
            start_new_session=True,
        )
    except OSError as error:
        raise DarkroomClosed(
            f"The helper that opens pictures cannot be started: {error.strerror}."
        ) from error


def _import_paths() -> str:
    """Where the server finds its modules: in a checkout, a wheel, or a folder of the user's."""
    return os.pathsep.join(str(Path(path).resolve()) for path in sys.path)


async def _exchange(process: Process, job: bytes) -> bytes:
    """Hand a job over and read the answer; nothing when the process ends instead."""
    if process.stdin is None or process.stdout is None:
        return b""
    try:
        process.stdin.write(job)
        await process.stdin.drain()
        return await process.stdout.readline()
    except (BrokenPipeError, ConnectionResetError):
        return b""
