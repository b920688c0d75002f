"""Short videos: a camera that moves slowly over a drawn scene."""

import tempfile
from fractions import Fraction
from pathlib import Path

import av
from PIL import ImageOps

from app.simulator import pictures
from app.simulator.canvas import BICUBIC, Picture, Size
from app.simulator.wish import Wish

FRAMES_PER_SECOND = 24
SIZES: dict[str, Size] = {"16:9": (640, 360), "9:16": (360, 640), "1:1": (480, 480)}


def video(wish: Wish, seconds: int, over: Picture | None = None) -> bytes:
    """H.264 in MP4, of the wish's size; same wish, same bytes.

    over: the picture over which the camera moves; None draws one.
    """
    wide, high = wish.size
    larger = wide * 5 // 4, high * 5 // 4
    scene = pictures.draw(wish.sized(larger)) if over is None else ImageOps.fit(over, larger)
    frames = seconds * FRAMES_PER_SECOND
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        # The index goes first, so that a browser can start before the end has come.
        with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
            stream.width, stream.height, stream.pix_fmt = wide, high, "yuv420p"
            # One thread: with more, the bytes depend on the machine.
            stream.options = {"preset": "veryfast", "crf": "25", "threads": "1"}
            stream.time_base = Fraction(1, FRAMES_PER_SECOND)
            for place in range(frames):
                share = place / max(1, frames - 1)
                share = share * share * (3 - 2 * share)
                zoom = 1.25 - 0.2 * share
                left = (scene.width - wide * zoom) * share
                top = (scene.height - high * zoom) * share
                seen = scene.resize(
                    wish.size, BICUBIC, box=(left, top, left + wide * zoom, top + high * zoom)
                )
                frame = av.VideoFrame.from_image(seen)  # type: ignore[no-untyped-call]
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()
