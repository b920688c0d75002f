"""What is sent instead of the file: upright, of a type that is taken, without its place."""

from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageStat, PngImagePlugin
from pillow_heif import register_heif_opener

from app.media.darkroom import Darkroom
from app.media.sniff import sniff
from tests.media.samples import RED, is_near, picture, video

BLUE = (20, 40, 220)


@pytest.fixture(scope="module", autouse=True)
def _heic() -> None:
    register_heif_opener()


def notes(*, orientation: int = 1, located: bool = False) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera"
    if located:
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    return exif


def halves(path: Path, picture_format: str, exif: Image.Exif, **options: Any) -> Path:
    """600 × 400, its left half blue, the rest red."""
    image = Image.new("RGB", (600, 400), RED)
    image.paste(BLUE, (0, 0, 300, 400))
    image.save(path, picture_format, exif=exif, **options)
    return path


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_that_is_fit_is_sent_as_it_is(
    darkroom: Darkroom, tmp_path: Path, picture_format: str
) -> None:
    path = halves(tmp_path / "x", picture_format, notes())

    assert await darkroom.prepare(path, sniff(path), tmp_path / "into") is None
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_on_its_side_is_turned_and_its_place_forgotten(
    darkroom: Darkroom, tmp_path: Path, picture_format: str
) -> None:
    path = halves(tmp_path / "x", picture_format, notes(orientation=6, located=True))

    made = await darkroom.prepare(path, sniff(path), tmp_path / "into")

    assert made is not None
    assert (made.media_type, made.width, made.height) == (sniff(path).media_type, 400, 600)
    assert made.changes == ["Turned upright.", "Location data was removed."]
    with Image.open(tmp_path / "into") as sent:
        assert (sent.format, sent.size) == (picture_format, (400, 600))
        assert is_near(sent, (200, 100), BLUE)
        assert is_near(sent, (200, 500), RED)
        assert not sent.getexif()


async def test_a_jpeg_that_only_tells_its_place_keeps_its_picture(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "JPEG", exif=notes(located=True), quality=80)

    made = await darkroom.prepare(path, sniff(path), tmp_path / "into")

    assert made is not None
    assert made.changes == ["Location data was removed."]
    with Image.open(path) as given, Image.open(tmp_path / "into") as sent:
        assert sent.quantization == given.quantization  # type: ignore[attr-defined]
        changed = ImageChops.difference(given.convert("L"), sent.convert("L"))
        assert ImageStat.Stat(changed).mean[0] < 1


@pytest.mark.parametrize("behind", [False, True])
async def test_a_place_told_in_other_words_is_forgotten_too(
    darkroom: Darkroom, tmp_path: Path, behind: bool
) -> None:
    info = PngImagePlugin.PngInfo()
    told = "<x:xmpmeta><exif:GPSLatitude>48,8N</exif:GPSLatitude></x:xmpmeta>"
    info.add_itxt("XML:com.adobe.xmp", told)
    path = halves(tmp_path / "x", "PNG", Image.Exif(), pnginfo=info)
    if behind:
        path.write_bytes(_moved_behind(path.read_bytes(), b"iTXt"))

    made = await darkroom.prepare(path, sniff(path), tmp_path / "into")

    assert made is not None
    assert made.changes == ["Location data was removed."]
    assert b"GPS" not in (tmp_path / "into").read_bytes()


def _moved_behind(content: bytes, name: bytes) -> bytes:
    """A PNG with one of its chunks moved to just before its end."""
    at = content.index(name) - 4
    length = int.from_bytes(content[at : at + 4], "big") + 12
    return content[:at] + content[at + length : -12] + content[at : at + length] + content[-12:]


async def test_the_place_is_kept_where_that_is_wanted(darkroom: Darkroom, tmp_path: Path) -> None:
    path = halves(tmp_path / "x", "JPEG", notes(orientation=6, located=True))

    made = await darkroom.prepare(path, sniff(path), tmp_path / "into", keep_location=True)

    assert made is not None
    assert made.changes == ["Turned upright."]
    with Image.open(tmp_path / "into") as sent:
        assert sent.getexif().get_ifd(0x8825)[2] == (48.0, 8.0, 0.0)
        assert 0x0112 not in sent.getexif()


@pytest.mark.parametrize(
    ("picture_format", "mode", "sent_as"),
    [
        ("HEIF", "RGB", "JPEG"),
        ("HEIF", "RGBA", "PNG"),
        ("AVIF", "RGB", "JPEG"),
        ("TIFF", "RGB", "PNG"),
        ("TIFF", "CMYK", "JPEG"),
        ("BMP", "RGB", "PNG"),
        ("GIF", "P", "PNG"),
    ],
)
async def test_what_models_do_not_take_is_turned_into_what_they_do(
    darkroom: Darkroom, tmp_path: Path, picture_format: str, mode: str, sent_as: str
) -> None:
    image = Image.new("RGB", (600, 400), RED)
    image = image.quantize(2) if mode == "P" else image.convert(mode)
    image.save(tmp_path / "x", picture_format)
    kind = sniff(tmp_path / "x")

    made = await darkroom.prepare(tmp_path / "x", kind, tmp_path / "into")

    assert made is not None
    assert (made.width, made.height) == (600, 400)
    name = "HEIC" if picture_format == "HEIF" else picture_format
    assert made.changes == [
        f"Turned from {name} into {sent_as}, because models take JPEG, PNG or WebP."
    ]
    with Image.open(tmp_path / "into") as sent:
        assert sent.format == sent_as
        assert is_near(sent, (300, 200), RED)


async def test_a_telephone_s_picture_comes_out_upright_and_says_all_that_was_done(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = halves(tmp_path / "x", "HEIF", notes(located=True))

    made = await darkroom.prepare(path, sniff(path), tmp_path / "into", most_side=300)

    assert made is not None
    assert made.changes == [
        "Turned from HEIC into JPEG, because models take JPEG, PNG or WebP.",
        "Location data was removed.",
        "Scaled down to 300 × 200.",
    ]
    with Image.open(tmp_path / "into") as sent:
        assert sent.size == (300, 200)
        assert not sent.getexif()


async def test_a_large_exact_picture_is_sent_as_a_photograph(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "TIFF", size=(2400, 1600))

    made = await darkroom.prepare(path, sniff(path), tmp_path / "into")

    assert made is not None
    assert made.media_type == "image/jpeg"


@pytest.mark.parametrize("extension", ["mp4", "mov"])
async def test_a_video_forgets_its_place_and_stays_upright(
    darkroom: Darkroom, tmp_path: Path, extension: str
) -> None:
    plain = video(tmp_path / f"plain.{extension}", rotation=90, seconds=0.5)
    path = tmp_path / f"x.{extension}"
    _located(plain, path)
    made = await darkroom.prepare(path, sniff(path), tmp_path / "into")

    assert made is not None
    assert made.changes == ["Location data was removed."]
    with av.open(str(tmp_path / "into")) as sent:
        assert "location" not in sent.metadata
    kind = sniff(tmp_path / "into")
    assert kind.media_type == made.media_type
    assert await darkroom.measure(tmp_path / "into", kind) == await darkroom.measure(path, kind)
    assert await darkroom.prepare(plain, sniff(plain), tmp_path / "again") is None


def _located(source_path: Path, path: Path) -> None:
    with av.open(str(source_path)) as source, av.open(str(path), "w") as target:
        target.metadata["location"] = "+48.1371+011.5754/"
        copies = {one.index: target.add_stream_from_template(one) for one in source.streams.video}
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux_one(packet)
