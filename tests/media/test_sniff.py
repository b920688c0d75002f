"""What a file is comes from its bytes, never from its name."""

from pathlib import Path

import pytest

from app.media.sniff import OTHER, SHOWN_IN_PLACE, sniff
from tests.media.samples import picture, sound, video


@pytest.mark.parametrize(
    ("picture_format", "media_type", "extension"),
    [
        ("PNG", "image/png", "png"),
        ("JPEG", "image/jpeg", "jpg"),
        ("WEBP", "image/webp", "webp"),
        ("GIF", "image/gif", "gif"),
        ("AVIF", "image/avif", "avif"),
    ],
)
def test_a_picture_is_recognised_whatever_it_is_called(
    tmp_path: Path, picture_format: str, media_type: str, extension: str
) -> None:
    kind = sniff(picture(tmp_path / "page.html", picture_format, size=(40, 30)))

    assert (kind.kind, kind.media_type, kind.extension) == ("image", media_type, extension)


@pytest.mark.parametrize(
    ("extension", "codec", "media_type"),
    [
        ("mp4", "libx264", "video/mp4"),
        ("mov", "libx264", "video/quicktime"),
        ("webm", "libvpx-vp9", "video/webm"),
        ("mkv", "libx264", "video/x-matroska"),
        ("avi", "mpeg4", "video/x-msvideo"),
    ],
)
def test_a_video_is_recognised(tmp_path: Path, extension: str, codec: str, media_type: str) -> None:
    made = video(tmp_path / f"made.{extension}", codec, seconds=0.25)
    kind = sniff(made.rename(tmp_path / "renamed.png"))

    assert (kind.kind, kind.media_type, kind.extension) == ("video", media_type, extension)


@pytest.mark.parametrize(
    ("extension", "codec", "media_type"),
    [
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("wav", "pcm_s16le", "audio/wav"),
        ("flac", "flac", "audio/flac"),
        ("ogg", "libopus", "audio/ogg"),
        ("m4a", "aac", "audio/mp4"),
        ("aac", "aac", "audio/aac"),
    ],
)
def test_a_sound_is_recognised(tmp_path: Path, extension: str, codec: str, media_type: str) -> None:
    made = sound(tmp_path / f"made.{extension}", codec, seconds=0.25)
    kind = sniff(made.rename(tmp_path / "renamed.png"))

    assert (kind.kind, kind.media_type, kind.extension) == ("audio", media_type, extension)


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg/>',
        b"<!doctype html><script>alert(1)</script>",
        b"just words",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x00\x00\x00\x10ftyp",
        b"RIFF\x10\x00\x00\x00OTHR",
        b"\xff\xfe\x00\x00 text in UTF-16",
        b"\xff",
        b"",
    ],
)
def test_what_could_run_or_is_unknown_is_never_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)

    assert sniff(path) == OTHER
    assert OTHER.media_type not in SHOWN_IN_PLACE


def test_a_photo_of_a_phone_is_a_picture_that_browsers_do_not_show(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic")
    kind = sniff(path)

    assert (kind.kind, kind.media_type) == ("image", "image/heic")
    assert kind.media_type not in SHOWN_IN_PLACE


def test_nothing_that_browsers_show_can_carry_a_script() -> None:
    assert not [name for name in SHOWN_IN_PLACE if "svg" in name or "xml" in name or "text" in name]
