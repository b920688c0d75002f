"""The darkroom measures and makes small pictures, and outlives what is put into it."""

import asyncio
import os
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from PIL import Image, ImageCms

from app.media.darkroom import Darkroom
from app.media.decoding import CutOff, GaveUp, Measures, TooManyPixels, Unreadable
from app.media.sniff import Kind, sniff
from tests.media.samples import (
    RED,
    cut,
    huge_png,
    is_near,
    opened,
    picture,
    plain_picture,
    sound,
    video,
)


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
async def test_a_picture_is_measured(
    darkroom: Darkroom, tmp_path: Path, picture_format: str
) -> None:
    path = picture(tmp_path / "made", picture_format, size=(300, 200))

    assert await darkroom.measure(path, sniff(path)) == Measures(300, 200)


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_on_its_side_is_shown_upright(
    darkroom: Darkroom, tmp_path: Path, picture_format: str
) -> None:
    # 6: to be turned a quarter clockwise, so what is left when stored is at the top when shown.
    image = Image.new("RGB", (600, 400), RED)
    image.paste((20, 40, 220), (0, 0, 300, 400))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned", picture_format, exif=exif)

    measures = await darkroom.measure(tmp_path / "turned", sniff(tmp_path / "turned"))
    small = await darkroom.thumbnail(tmp_path / "turned", sniff(tmp_path / "turned"))

    assert measures == Measures(400, 600)
    assert (small.width, small.height) == (341, 512)
    shown = opened(small.content)
    assert shown.size == (341, 512)
    assert is_near(shown, (170, 60), (20, 40, 220))
    assert is_near(shown, (170, 450), RED)
    assert not shown.getexif()


@pytest.mark.parametrize("rotation", [0, 90, -90, 180])
async def test_a_video_is_measured_and_pictured_upright(
    darkroom: Darkroom, tmp_path: Path, rotation: int
) -> None:
    path = video(tmp_path / "made.mp4", rotation=rotation, seconds=2)
    size = (320, 180) if rotation % 180 == 0 else (180, 320)

    measures = await darkroom.measure(path, sniff(path))
    small = await darkroom.thumbnail(path, sniff(path))

    assert measures == Measures(*size, duration_seconds=2.0)
    assert (small.width, small.height) == size
    # Blue was the upper left; the mark turns against the clock.
    corner = {0: (20, 20), 90: (20, 300), -90: (160, 20), 180: (300, 160)}[rotation]
    assert is_near(opened(small.content), corner, (20, 40, 220))


async def test_a_sound_has_a_length_and_no_size(darkroom: Darkroom, tmp_path: Path) -> None:
    path = sound(tmp_path / "made.flac", "flac", seconds=1.5)

    assert await darkroom.measure(path, sniff(path)) == Measures(duration_seconds=1.5)
    with pytest.raises(CutOff):
        await darkroom.measure(cut(path, path.stat().st_size // 2), sniff(path))


async def test_a_small_picture_keeps_proportions_and_is_never_larger(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    wide = picture(tmp_path / "wide", "JPEG", size=(2048, 512))
    tiny = picture(tmp_path / "tiny", "PNG", size=(30, 20))

    small = await darkroom.thumbnail(wide, sniff(wide))
    same = await darkroom.thumbnail(tiny, sniff(tiny))

    assert (small.width, small.height) == (512, 128)
    assert (same.width, same.height) == (30, 20)
    assert opened(small.content).format == "WEBP"


async def test_transparency_and_palettes_are_kept(darkroom: Darkroom, tmp_path: Path) -> None:
    image = Image.new("RGBA", (600, 400), (*RED, 0))
    image.paste((*RED, 255), (0, 0, 300, 400))
    image.save(tmp_path / "clear.png")
    image.save(tmp_path / "clear.gif", transparency=0)

    for name in "clear.png", "clear.gif":
        small = opened((await darkroom.thumbnail(tmp_path / name, sniff(tmp_path / name))).content)
        assert small.mode == "RGBA"
        assert small.getchannel("A").getpixel((450, 100)) == 0
        assert small.getchannel("A").getpixel((100, 100)) == 255


async def test_sixteen_bits_a_pixel_are_scaled_and_not_cut_off(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    Image.new("I;16", (100, 100), 0x8000).save(tmp_path / "deep.png")

    small = await darkroom.thumbnail(tmp_path / "deep.png", sniff(tmp_path / "deep.png"))

    assert is_near(opened(small.content), (50, 50), (128, 128, 128))


async def test_another_colour_space_is_turned_into_the_usual_one(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    # What it is in sRGB, by the matrices of W3C CSS Color 4, section 18.
    path = plain_picture(tmp_path / "p3.png", (200, 100, 50), icc_profile=display_p3())

    small = opened((await darkroom.thumbnail(path, sniff(path))).content)

    assert is_near(small, (200, 200), (215, 93, 31), within=4)
    assert "icc_profile" not in small.info


async def test_a_broken_colour_profile_does_not_cost_the_picture(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = plain_picture(tmp_path / "broken.png", icc_profile=b"no profile at all")

    small = await darkroom.thumbnail(path, sniff(path))

    assert is_near(opened(small.content), (200, 200), RED)


async def test_a_moving_picture_shows_its_first(darkroom: Darkroom, tmp_path: Path) -> None:
    first, second = Image.new("RGB", (60, 40), RED), Image.new("RGB", (60, 40), (0, 200, 0))
    for name, picture_format in ("moving.gif", "GIF"), ("moving.webp", "WEBP"):
        first.save(tmp_path / name, picture_format, save_all=True, append_images=[second])
        small = await darkroom.thumbnail(tmp_path / name, sniff(tmp_path / name))
        assert is_near(opened(small.content), (30, 20), RED)


async def test_a_picture_that_declares_too_many_pixels_is_not_opened(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = huge_png(tmp_path / "huge.png")
    just_too_large = huge_png(tmp_path / "large.png", side=10_001)

    for bomb in path, just_too_large:
        with pytest.raises(TooManyPixels):
            await darkroom.measure(bomb, sniff(bomb))
        with pytest.raises(TooManyPixels):
            await darkroom.thumbnail(bomb, sniff(bomb))


async def test_bytes_that_are_no_picture_are_told_and_the_next_is_served(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    good = picture(tmp_path / "good", "PNG", size=(60, 40))
    bad = tmp_path / "bad"
    bad.write_bytes(os.urandom(2000))
    for kind in (
        Kind("image", "image/png", "png"),
        Kind("image", "image/avif", "avif"),
        Kind("video", "video/mp4", "mp4"),
    ):
        with pytest.raises(Unreadable):
            await darkroom.measure(bad, kind)

    assert await darkroom.measure(good, sniff(good)) == Measures(60, 40)


async def test_a_cut_picture_is_found_by_reading_every_pixel(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    for picture_format in "JPEG", "GIF":
        path = picture(tmp_path / picture_format, picture_format)
        part = cut(path, path.stat().st_size - 100)
        with pytest.raises(Unreadable):
            await darkroom.measure(part, sniff(part), decode=True)


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_served(
    tmp_path: Path,
) -> None:
    impatient = Darkroom(job_seconds=2.0)
    os.mkfifo(tmp_path / "never-ending")
    good = picture(tmp_path / "good", "PNG", size=(60, 40))
    kind = sniff(good)

    with pytest.raises(GaveUp):
        await impatient.measure(tmp_path / "never-ending", kind)

    assert await impatient.measure(good, kind) == Measures(60, 40)
    await impatient.close()


async def test_a_process_that_was_ended_is_replaced(tmp_path: Path) -> None:
    darkroom = Darkroom()
    good = picture(tmp_path / "good", "PNG", size=(60, 40))
    before = set(psutil.Process().children())
    await darkroom.measure(good, sniff(good))
    for child in set(psutil.Process().children()) - before:
        if "app.media.darkroom_worker" in child.cmdline():
            child.kill()

    assert await darkroom.measure(good, sniff(good)) == Measures(60, 40)
    await darkroom.close()


async def test_an_answer_nobody_waits_for_does_not_reach_the_next(tmp_path: Path) -> None:
    darkroom = Darkroom()
    os.mkfifo(tmp_path / "never-ending")
    good = picture(tmp_path / "good", "PNG", size=(60, 40))
    kind = sniff(good)
    gone = asyncio.create_task(darkroom.measure(tmp_path / "never-ending", kind))
    # The other end opens when the file is being read: then, and not before, whoever asked goes.
    other_end = await asyncio.to_thread(os.open, tmp_path / "never-ending", os.O_WRONLY)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    os.close(other_end)

    assert await darkroom.measure(good, kind) == Measures(60, 40)
    await darkroom.close()


async def test_the_process_has_no_secrets_yields_to_others_and_ends_when_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNCOMFY_TOKEN", "very-secret")
    darkroom = Darkroom(idle_seconds=0.2)
    good = picture(tmp_path / "good", "PNG", size=(60, 40))
    before = set(psutil.Process().children())
    await darkroom.measure(good, sniff(good))
    (worker,) = [
        child
        for child in set(psutil.Process().children()) - before
        if "app.media.darkroom_worker" in child.cmdline()
    ]

    assert "RUNCOMFY_TOKEN" not in worker.environ()
    assert worker.nice() == psutil.Process().nice() + 10
    started = time.monotonic()
    await asyncio.to_thread(worker.wait, 10)
    assert time.monotonic() - started < 5
    assert await darkroom.measure(good, sniff(good)) == Measures(60, 40), "another one starts"
    await darkroom.close()


def display_p3() -> bytes:
    """Display P3 as a profile: sRGB's with the three colours of P3, fitted to the light of print.

    Source: the colourants in Apple's "Display P3.icc", in s15Fixed16.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colours = {
        b"rXYZ": (0.515102, 0.241182, -0.001050),
        b"gXYZ": (0.291965, 0.692236, 0.041882),
        b"bXYZ": (0.157153, 0.066582, 0.784378),
    }
    for entry in range(int.from_bytes(profile[128:132], "big")):
        at = 132 + 12 * entry
        name, offset = bytes(profile[at : at + 4]), int.from_bytes(profile[at + 4 : at + 8], "big")
        if name in colours:
            for place, value in enumerate(colours[name]):
                where = offset + 8 + 4 * place
                profile[where : where + 4] = round(value * 65536).to_bytes(4, "big", signed=True)
    return bytes(profile)
