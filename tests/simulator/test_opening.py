"""Input pictures of every kind, good and bad."""

import io

import pytest
from PIL import Image

from app.simulator.files import _bomb
from app.simulator.opening import check, opened


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, form, **options)
    return kept.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_usual_forms_are_opened(form: str) -> None:
    data = saved(Image.new("RGB", (30, 20), (200, 30, 30)), form)

    check(data)
    assert (opened(data).size, opened(data).mode) == ((30, 20), "RGB")


def test_what_is_see_through_becomes_white() -> None:
    data = saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG")

    assert opened(data).getpixel((1, 1)) == (255, 255, 255)


def test_a_photograph_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(Image.new("RGB", (30, 20)), "JPEG", exif=exif)

    assert opened(data).size == (20, 30)


def test_a_large_picture_is_brought_down_to_what_can_be_drawn() -> None:
    assert opened(saved(Image.new("RGB", (4096, 1024)), "JPEG")).size == (2048, 512)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", _bomb()])
def test_what_is_no_picture_or_too_large_is_refused_with_a_sentence(data: bytes) -> None:
    for read in (check, opened):
        with pytest.raises(ValueError, match=r"\.$"):
            read(data)


def test_a_picture_cut_off_midway_is_refused() -> None:
    whole = saved(Image.effect_noise((200, 200), 80), "PNG")

    with pytest.raises(ValueError, match="not a picture"):
        opened(whole[: len(whole) // 2])


def test_many_pixels_are_refused_before_they_are_unpacked() -> None:
    flat = saved(Image.new("L", (9000, 9000)), "PNG")

    with pytest.raises(ValueError, match="megapixels"):
        check(flat)
