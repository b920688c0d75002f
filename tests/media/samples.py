"""Pictures, videos and sounds made for the tests, each as a file."""

import io
import math
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

RED = (220, 30, 40)
BLUE = (20, 40, 220)


def picture(
    path: Path,
    picture_format: str,
    *,
    size: tuple[int, int] = (640, 480),
    mode: str = "RGB",
    **options: Any,
) -> Path:
    """A picture full of detail, so that half of its file is far from the whole picture."""
    noise = Image.effect_noise(size, 60)
    bands = [noise, noise.rotate(180), noise.transpose(Image.Transpose.FLIP_TOP_BOTTOM), noise]
    image = noise if mode == "L" else Image.merge(mode, bands[: len(mode)])
    image.save(path, picture_format, **options)
    return path


def plain_picture(path: Path, colour: tuple[int, ...] = RED, **options: Any) -> Path:
    """A PNG, 600 × 400, of one colour."""
    Image.new("RGB", (600, 400), colour).save(path, "PNG", **options)
    return path


def located(path: Path, picture_format: str = "JPEG", *, orientation: int = 1) -> Path:
    """A picture of 600 × 400, its left half blue, the rest red, that tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    image = Image.new("RGB", (600, 400), RED)
    image.paste(BLUE, (0, 0, 300, 400))
    image.save(path, picture_format, exif=exif)
    return path


def huge_png(path: Path, side: int = 50_000) -> Path:
    """A small PNG that declares itself enormous, its rows never written."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    chunks = (b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            for name, body in chunks
        )
    )
    return path


def video(
    path: Path, codec: str = "libx264", *, rotation: int = 0, seconds: float = 1.0, **options: Any
) -> Path:
    """A video, 320 × 180 at 12 pictures a second; all is red, the upper left corner blue."""
    image = Image.new("RGB", (320, 180), RED)
    image.paste((20, 40, 220), (0, 0, 160, 90))
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=12)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        if rotation:
            stream.set_display_rotation(rotation)
        for _ in range(round(12 * seconds)):
            frame = VideoFrame.from_image(image)  # type: ignore[no-untyped-call]  # PyAV leaves it so
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def sound(path: Path, codec: str, *, seconds: float = 2.0) -> Path:
    """A tone of 440 Hz."""
    rate = 48_000
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        samples = [
            round(9000 * math.sin(2 * math.pi * 440 * at / rate))
            for at in range(int(rate * seconds))
        ]
        length = stream.codec_context.frame_size or 1024
        for start in range(0, len(samples), length):
            part = samples[start : start + length]
            frame = AudioFrame("s16", "mono", len(part))
            frame.planes[0].update(
                struct.pack(f"<{len(part)}h", *part).ljust(frame.planes[0].buffer_size, b"\0")
            )
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cut(path: Path, length: int) -> Path:
    """The first part of a file, beside it under another name."""
    part = path.with_name(f"cut-{length}-{path.name}")
    part.write_bytes(path.read_bytes()[:length])
    return part


def opened(content: bytes) -> Image.Image:
    """A picture from its bytes, decoded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def is_near(
    image: Image.Image, at: tuple[int, int], colour: tuple[int, ...], *, within: int = 12
) -> bool:
    """Whether the pixel at a place has this colour, or nearly."""
    found = image.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) <= within for a, b in zip(found, colour, strict=True))
