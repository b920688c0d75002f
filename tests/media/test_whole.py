"""A file that is cut off is told from a whole one, wherever the cut is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.media.sniff import sniff
from app.media.whole import is_whole
from tests.media.samples import cut, picture, sound, video

TELLING: dict[str, Callable[[Path], Path]] = {
    "png": lambda path: picture(path, "PNG", size=(200, 150)),
    "webp": lambda path: picture(path, "WEBP", size=(200, 150)),
    "avif": lambda path: picture(path, "AVIF", size=(200, 150)),
    "mp4": lambda path: video(path, seconds=0.5),
    "mov": lambda path: video(path, seconds=0.5),
    "webm": lambda path: video(path, "libvpx-vp9", seconds=0.5),
    "mkv": lambda path: video(path, seconds=0.5),
    "avi": lambda path: video(path, "mpeg4", seconds=0.5),
    "m4a": lambda path: sound(path, "aac", seconds=0.5),
    "wav": lambda path: sound(path, "pcm_s16le", seconds=0.5),
    "ogg": lambda path: sound(path, "libopus", seconds=0.5),
}


@pytest.mark.parametrize("extension", TELLING)
def test_a_cut_is_found_by_the_lengths_written_in_the_file(tmp_path: Path, extension: str) -> None:
    path = TELLING[extension](tmp_path / f"made.{extension}")
    media_type = sniff(path).media_type
    size = path.stat().st_size

    assert is_whole(path, media_type) == "whole"
    for length in [*range(size - 60, size), size // 2, size // 3, 64]:
        assert is_whole(cut(path, length), media_type) == "cut off", f"{length} of {size} bytes"


@pytest.mark.parametrize(("extension", "picture_format"), [("jpg", "JPEG"), ("gif", "GIF")])
def test_a_cut_picture_without_lengths_is_at_least_doubted(
    tmp_path: Path, extension: str, picture_format: str
) -> None:
    path = picture(tmp_path / f"made.{extension}", picture_format, size=(200, 150))
    media_type = sniff(path).media_type
    size = path.stat().st_size

    assert is_whole(path, media_type) == "whole"
    for length in [*range(size - 60, size), size // 2, size // 3]:
        assert is_whole(cut(path, length), media_type) != "whole", f"{length} of {size} bytes"


def test_a_moving_picture_is_followed_to_its_end(tmp_path: Path) -> None:
    others = [picture(tmp_path / f"{n}.png", "PNG", size=(60, 40), mode="L") for n in range(3)]
    path = tmp_path / "moving.gif"
    first, *rest = [Image.open(other) for other in others]
    first.save(path, save_all=True, append_images=rest)

    assert is_whole(path, "image/gif") == "whole"
    assert is_whole(cut(path, path.stat().st_size * 4 // 5), "image/gif") != "whole"


def test_padding_at_the_end_is_no_cut(tmp_path: Path) -> None:
    path = picture(tmp_path / "made.jpg", "JPEG", size=(60, 40))
    path.write_bytes(path.read_bytes() + bytes(64))

    assert is_whole(path, "image/jpeg") == "whole"


def test_a_live_recording_that_left_its_length_open_is_not_refused(tmp_path: Path) -> None:
    path = video(tmp_path / "live.webm", "libvpx-vp9", seconds=0.25, live="1")

    assert is_whole(path, "video/webm") == "unsure"
