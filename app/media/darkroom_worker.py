"""The darkroom's own process: opens pictures and videos from outside, one after the other.

Reads a job a line from its input and answers each with a line; ends when its input ends.
"""

import base64
import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.media.decoding import NotDecoded, Prepared

# Enough for 50 million pixels in the hungriest format, WebP, and for 100 million in others.
_MOST_MEMORY_BYTES = 3 * 1024**3 // 2
# Pages come before pictures: everything else on the machine runs first.
_NICENESS = 10


def main() -> None:
    """Answer jobs until nobody asks any more."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(BrokenPipeError):
        for line in sys.stdin.buffer:
            sys.stdout.buffer.write(json.dumps(_answer(json.loads(line))).encode() + b"\n")
            sys.stdout.buffer.flush()
        return
    # Whoever asked was killed. Python would complain of what it cannot deliver at its end.
    os._exit(0)


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    jobs: dict[str, Callable[..., dict[str, Any]]] = {
        "measure": _measure,
        "thumbnail": _thumbnail,
        "prepare": _prepare,
    }
    try:
        return jobs[job.pop("do")](**job)
    except NotDecoded as reason:
        return {"not_decoded": reason.word}


# The decoders are loaded when first needed: the one for videos takes three times as long as
# the one for pictures, and most servers never see a video.
def _measure(path: str, kind: str, media_type: str, decode: bool) -> dict[str, Any]:
    if kind == "image":
        from app.media import pictures

        return asdict(pictures.measure(Path(path), media_type, decode=decode))
    from app.media import recordings

    return asdict(recordings.measure(Path(path)))


def _thumbnail(path: str, kind: str, media_type: str) -> dict[str, Any]:
    if kind == "image":
        from app.media import pictures

        content, width, height = pictures.thumbnail(Path(path), media_type)
    else:
        from app.media import recordings

        content, width, height = recordings.poster(Path(path))
    return {"content": base64.b64encode(content).decode(), "width": width, "height": height}


def _prepare(
    path: str,
    kind: str,
    media_type: str,
    extension: str,
    into: str,
    keep_location: bool,
    most_side: int | None,
) -> dict[str, Any]:
    made: Prepared | None = None
    if kind == "image":
        from app.media import preparing

        made = preparing.prepare(
            Path(path), media_type, Path(into), keep_location=keep_location, most_side=most_side
        )
    elif not keep_location:
        from app.media import recordings

        made = recordings.without_place(Path(path), media_type, extension, Path(into))
    return {} if made is None else asdict(made)


if __name__ == "__main__":
    main()
