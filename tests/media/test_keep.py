"""What comes from outside is kept byte for byte, or refused with a sentence."""

import hashlib
from pathlib import Path

import pytest

from app.media.darkroom import Darkroom
from app.media.decoding import Measures
from app.media.keep import DamagedFile, keep
from app.media.store import Store
from tests.media.samples import cut, huge_png, picture, sound, video


async def test_a_picture_is_kept_byte_for_byte_under_a_name_of_its_content(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "PNG", size=(300, 200))
    content = path.read_bytes()

    kept = await keep(store, darkroom, path)
    path.unlink()

    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.storage_key == f"media/{kept.sha256[:2]}/{kept.sha256}.png"
    assert (kept.kind.media_type, kept.measures) == ("image/png", Measures(300, 200))
    assert (kept.size_bytes, kept.note) == (len(content), None)
    assert await store.read_range(kept.storage_key, 0, kept.size_bytes) == content


async def test_keeping_it_again_changes_nothing(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "JPEG", size=(300, 200))

    assert await keep(store, darkroom, path) == await keep(store, darkroom, path)


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
async def test_a_cut_picture_is_never_kept(
    store: Store, darkroom: Darkroom, tmp_path: Path, picture_format: str
) -> None:
    path = picture(tmp_path / "x", picture_format)

    for length in path.stat().st_size - 100, path.stat().st_size // 2, 200:
        with pytest.raises(DamagedFile, match="cut off"):
            await keep(store, darkroom, cut(path, length))
    assert not list((tmp_path / "store").rglob("media/*/*"))


async def test_a_cut_video_or_sound_is_never_kept(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    for path in (
        video(tmp_path / "x.mp4", seconds=0.5),
        video(tmp_path / "y.mp4", seconds=0.5, movflags="+faststart"),
        sound(tmp_path / "x.flac", "flac"),
    ):
        with pytest.raises(DamagedFile, match="cut off"):
            await keep(store, darkroom, cut(path, path.stat().st_size * 3 // 4))


async def test_an_empty_file_is_refused(store: Store, darkroom: Darkroom, tmp_path: Path) -> None:
    (tmp_path / "x").touch()

    with pytest.raises(DamagedFile, match="empty"):
        await keep(store, darkroom, tmp_path / "x")


async def test_a_drawing_with_a_script_is_kept_for_download_alone(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    (tmp_path / "x.svg").write_bytes(drawing)

    kept = await keep(store, darkroom, tmp_path / "x.svg")

    assert (kept.kind.kind, kept.kind.media_type) == ("other", "application/octet-stream")
    assert await store.read_range(kept.storage_key, 0, kept.size_bytes) == drawing


async def test_a_picture_of_too_many_pixels_is_kept_for_download_and_says_why(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    kept = await keep(store, darkroom, huge_png(tmp_path / "x"))

    assert (kept.kind.kind, kept.kind.media_type) == ("other", "application/octet-stream")
    assert kept.kind.extension == "png"
    assert kept.note is not None
    assert "100 million pixels" in kept.note


async def test_what_only_begins_like_a_video_is_kept_for_download(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    box = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + b"\x00\x00\x00\x10moov" + bytes(8)
    (tmp_path / "x").write_bytes(box)

    kept = await keep(store, darkroom, tmp_path / "x")

    assert (kept.kind.kind, kept.kind.extension) == ("other", "mp4")
    assert kept.note is not None


async def test_a_container_without_pictures_is_a_sound(
    store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    kept = await keep(store, darkroom, sound(tmp_path / "x.webm", "libopus", seconds=0.5))

    assert (kept.kind.kind, kept.kind.media_type) == ("audio", "audio/webm")
    assert kept.measures.duration_seconds == pytest.approx(0.5, abs=0.05)
