"""Videos and sounds opened with PyAV, in the darkroom's worker: size, length, first picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.logging
from av.container import InputContainer
from av.video.frame import VideoFrame

from app.media.decoding import (
    LOCATION_REMOVED,
    CutOff,
    GaveUp,
    Measures,
    Prepared,
    TooManyPixels,
    Unreadable,
)
from app.media.pictures import MOST_PIXELS, shrink, to_webp

# What PyAV raises for files that are not what they seem; several are ValueError or OSError too.
_UNREADABLE = (av.FFmpegError, ValueError, OSError, LookupError, ArithmeticError)

# A first picture comes within a few packets; a file that has none is not searched to its end.
_MOST_PACKETS = 2_000

# Names under which telephones note where a video was taken.
_PLACES = ("location", "com.apple.quicktime.location")
# By extension, where the library calls the container otherwise.
_WRITERS = {"mkv": "matroska", "m4a": "mp4", "aac": "adts"}

av.logging.set_level(None)


def measure(path: Path) -> Measures:
    """Width and height as shown, None of a mere sound, and the length where it is told.

    Raises NotDecoded.
    """
    with opened(path) as container:
        seconds = None if container.duration is None else container.duration / av.time_base
        if container.format.name == "flac" and seconds is not None:
            _check_end(container, seconds)
        if not container.streams.video or _is_cover(container):
            return Measures(duration_seconds=seconds)
        frame = _first_frame(container)
        if frame.rotation % 180:
            return Measures(frame.height, frame.width, seconds)
        return Measures(frame.width, frame.height, seconds)


def poster(path: Path) -> tuple[bytes, int, int]:
    """A WebP of a video's first picture, upright: its bytes, width and height.

    Raises NotDecoded.
    """
    with opened(path) as container:
        frame = _first_frame(container)
        image = shrink(frame.to_image())  # type: ignore[no-untyped-call]  # PyAV leaves it so
        return to_webp(image.rotate(frame.rotation, expand=True) if frame.rotation else image)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    try:
        # Only this file: a playlist inside must not lead to other files or addresses.
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            if not container.streams.video and not container.streams.audio:
                raise Unreadable
            for stream in container.streams.video:
                if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
                    raise TooManyPixels
                # More threads would each hold frames of their own.
                stream.codec_context.thread_count = 1
            yield container
    except MemoryError as error:
        raise GaveUp from error
    except _UNREADABLE as error:
        raise Unreadable from error


def _is_cover(container: InputContainer) -> bool:
    """Whether the only picture is a sound's cover."""
    return bool(container.streams.video[0].disposition & av.stream.Disposition.attached_pic)


def _first_frame(container: InputContainer) -> VideoFrame:
    for count, packet in enumerate(container.demux(container.streams.video[0])):
        for frame in packet.decode():
            return frame
        if count == _MOST_PACKETS:
            break
    raise Unreadable


def _check_end(container: InputContainer, seconds: float) -> None:
    """Walk through the sound, undecoded, to see whether it lasts as long as announced."""
    end = 0.0
    for packet in container.demux(container.streams.audio[0]):
        if packet.pts is not None and packet.time_base is not None:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
    if end < seconds - 0.01:
        raise CutOff


def without_place(path: Path, media_type: str, extension: str, into: Path) -> Prepared | None:
    """Copy a video without the place where it was taken, its pictures and sound as they are.

    None, and no file, where it names no place. Raises NotDecoded.
    """
    with opened(path) as source:
        if not any(name.startswith(_PLACES) for name in source.metadata):
            return None
        # Nothing is taken over from the old container but its streams.
        with av.open(str(into), "w", format=_WRITERS.get(extension, extension)) as target:
            kept = [stream for stream in source.streams if stream.type in ("video", "audio")]
            copies = {one.index: target.add_stream_from_template(one) for one in kept}
            for packet in source.demux(kept):
                if packet.dts is not None:
                    packet.stream = copies[packet.stream.index]
                    target.mux_one(packet)
        return Prepared(media_type, extension, None, None, [LOCATION_REMOVED])
