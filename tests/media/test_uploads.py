"""Files given over HTTP: each kept or refused by itself, prepared, kept once."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app.media import queries, uploads
from app.media.queries import Media
from tests.media.samples import BLUE, cut, huge_png, located, picture, plain_picture, sound, video
from tests.support.playground import HTMX, Playground, playground

JSON = {"accept": "application/json"}


async def given(play: Playground, *paths: Path, **fields: str) -> list[dict[str, Any]]:
    """Upload files under their names, as a program does; what became of each."""
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    answer = await play.client.post("/uploads", files=files, data=fields, headers=JSON)
    assert answer.status_code in (200, 422), answer.text
    found: list[dict[str, Any]] = answer.json()["files"]
    return found


async def media_of(play: Playground, one: dict[str, Any]) -> Media:
    async with play.services.database.read() as tx:
        found = await queries.by_id(tx, one["id"])
    assert found is not None
    return found


def stored(play: Playground) -> list[Path]:
    """Every file in the storage, and all that is still coming in."""
    data = play.folder / "data"
    return [
        path
        for place in ("media", "incoming")
        for path in (data / place).rglob("*")
        if path.is_file()
    ]


async def test_a_file_is_kept_byte_for_byte_and_shown(shared: Playground, tmp_path: Path) -> None:
    path = plain_picture(tmp_path / "cup.png")

    [one] = await given(shared, path)

    assert (one["kept"], one["name"], one["kind"]) == (True, "cup.png", "image")
    assert (one["width"], one["height"], one["changes"]) == (600, 400, [])
    assert one["reference"] == f"media:{one['id']}"
    served = await shared.client.get(f"/media/{one['id']}/cup.png")
    assert served.content == path.read_bytes()
    assert (await shared.client.get(one["thumbnail"])).headers["content-type"] == "image/webp"


async def test_the_same_bytes_are_one_input(shared: Playground, tmp_path: Path) -> None:
    path = picture(tmp_path / "one.png", "PNG", size=(200, 100))
    twice = await asyncio.gather(given(shared, path), given(shared, path, path))
    again = await given(shared, path.rename(tmp_path / "two.png"))

    ids = {one["id"] for answer in (*twice, again) for one in answer}
    assert len(ids) == 1


def bad_files(folder: Path) -> dict[Path, str]:
    """Files that are not taken, each with the sentence beside it."""
    (folder / "empty.png").touch()
    (folder / "words.png").write_text("just words, nothing to see")
    (folder / "page.jpg").write_text("<!DOCTYPE html><title>Sign in</title>")
    (folder / "drawing.svg").write_text('<?xml version="1.0"?><svg xmlns="x"><script/></svg>')
    (folder / "archive.png").write_bytes(b"PK\x03\x04\x00\x00\xff\xfe")
    whole = picture(folder / "whole.png", "PNG")
    torn = cut(whole, whole.stat().st_size // 2).rename(folder / "torn.png")
    broken = folder / "broken.webp"
    broken.write_bytes(b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(16))
    return {
        folder / "empty.png": "The file is empty.",
        folder / "words.png": "This is a text file named .png. It was not taken.",
        folder / "page.jpg": "This is a web page named .jpg. It was not taken.",
        folder / "drawing.svg": "This is an SVG, a drawing written as a program. Save it as PNG,",
        folder / "archive.png": "This is not a picture, a video or a sound of a known type.",
        torn: "The file is cut off: only its first part has come.",
        broken: "It begins like a picture, but cannot be opened. It was not taken.",
        huge_png(folder / "bomb.png"): "It would unpack to more than 100 million pixels.",
    }


async def test_a_bad_file_is_named_and_its_neighbours_stay(
    shared: Playground, tmp_path: Path
) -> None:
    bad = bad_files(tmp_path)
    good = plain_picture(tmp_path / "good.png", (1, 2, 3))
    before = len(stored(shared))

    found = await given(shared, *bad, good)

    assert [one["name"] for one in found] == [path.name for path in (*bad, good)]
    for one, sentence in zip(found, bad.values(), strict=False):
        assert not one["kept"]
        assert one["error"].startswith(sentence)
    assert found[-1]["kept"]
    assert len(stored(shared)) == before + 1


async def test_the_rows_come_as_a_fragment(shared: Playground, tmp_path: Path) -> None:
    bad = tmp_path / "<b>.png"
    bad.write_text("words")
    files = [
        ("file", (path.name, path.read_bytes()))
        for path in (plain_picture(tmp_path / "a.png"), bad)
    ]

    answer = await shared.client.post(
        "/uploads", files=files, data={"name": "image_urls"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert answer.text.count("<li ") == 2
    assert answer.text.count('name="image_urls" value="media:') == 1
    assert "600 × 400" in answer.text
    assert "This is a text file named .png. It was not taken." in answer.text
    assert "<b>" not in answer.text


async def test_only_the_kind_that_is_wanted_is_taken(shared: Playground, tmp_path: Path) -> None:
    clip = video(tmp_path / "clip.mp4", seconds=0.5)
    tune = sound(tmp_path / "tune.mp3", "libmp3lame", seconds=0.5)

    refused = await given(shared, clip, kind="image")
    taken = await given(shared, clip, tune)

    assert refused[0]["error"] == "This is a video, and pictures are taken here."
    assert [one["kind"] for one in taken] == ["video", "audio"]
    assert all(0.4 < one["duration_seconds"] < 0.7 for one in taken)
    assert (await shared.client.get(taken[0]["thumbnail"])).status_code == 200


async def test_what_is_sent_is_prepared_and_the_original_kept(
    shared: Playground, tmp_path: Path
) -> None:
    path = located(tmp_path / "IMG_1.jpg", orientation=6)

    [one] = await given(shared, path)

    assert one["changes"] == ["Turned upright.", "Location data was removed."]
    assert (one["width"], one["height"]) == (400, 600)
    media = await media_of(shared, one)
    assert media.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    kept = shared.folder / "data" / "media"
    assert (kept / media.storage_key).read_bytes() == path.read_bytes()
    with Image.open(kept / media.sent.key) as sent:
        assert sent.size == (400, 600)
        assert not sent.getexif()
    again = await shared.client.post(
        f"/media/{media.id}/prepared",
        data={"_location": "keep", "_name": "image_url", "_number": "3"},
    )
    assert 'name="image_url"' in again.text
    assert "<span data-number>3</span>" in again.text
    assert "Location data was removed." not in again.text
    assert "Location data is sent along." in again.text
    assert "Remove the location again" in again.text
    with Image.open(kept / (await media_of(shared, one)).sent.key) as sent:
        assert sent.getexif().get_ifd(0x8825)
    # And back: the copy made first again.
    back = await shared.client.post(f"/media/{media.id}/prepared", headers=JSON)
    assert back.json()["files"][0]["changes"] == one["changes"]
    with Image.open(kept / (await media_of(shared, one)).sent.key) as sent:
        assert not sent.getexif()


async def test_a_picture_beyond_8192_pixels_is_offered_smaller(
    shared: Playground, tmp_path: Path
) -> None:
    path = tmp_path / "wide.png"
    Image.new("RGB", (9000, 300), BLUE).save(path)

    [one] = await given(shared, path)
    rows = await shared.client.post(
        "/uploads", files=[("file", (path.name, path.read_bytes()))], headers=HTMX
    )
    smaller = await shared.client.post(
        f"/media/{one['id']}/prepared", data={"_scale": "down"}, headers=JSON
    )

    assert one["width"] == 9000
    assert "Scale it down" in rows.text
    [scaled] = smaller.json()["files"]
    assert (scaled["width"], scaled["height"]) == (4096, 137)
    assert scaled["changes"] == ["Scaled down to 4096 × 137."]


@pytest.fixture(scope="module")
async def narrow(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A playground that takes next to nothing."""
    limits = {"upload_image_mb": 1, "upload_video_mb": 2, "upload_audio_mb": 2}
    async with playground(tmp_path_factory.mktemp("narrow"), **limits) as running:
        yield running


async def test_a_file_beyond_its_limit_is_named_with_the_limit(
    narrow: Playground, tmp_path: Path
) -> None:
    large = picture(tmp_path / "large.png", "PNG", size=(900, 700))
    larger = tmp_path / "larger.png"
    larger.write_bytes(large.read_bytes() + bytes(3_000_000))
    small = plain_picture(tmp_path / "small.png")

    found = await given(narrow, large, larger, small)

    assert [one["kept"] for one in found] == [False, False, True]
    words = "larger than 1 MB, the most that is taken for a picture."
    assert found[0]["error"] == f"It is 1.9 MB, {words}"
    assert found[1]["error"] == f"It is 4.9 MB, {words}"
    assert len(stored(narrow)) == 1


async def test_a_body_beyond_all_limits_is_refused(narrow: Playground) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while True:
            yield bytes(1_000_000)

    answer = await narrow.client.post(
        "/uploads",
        content=endless(),
        headers={"content-type": "multipart/form-data; boundary=x", **JSON},
    )

    assert answer.status_code == 413
    assert not list((narrow.folder / "data" / "incoming").iterdir())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"nothing of the sort", "multipart/form-data; boundary=x"),
        (
            b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nhalf",
            "multipart/form-data; boundary=x",
        ),
        (
            b"--x\r\n" + b"a" * 20_000 + b": b\r\n\r\n\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"file=a", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_form_that_is_none_leaves_nothing(
    narrow: Playground, content: bytes, kind: str
) -> None:
    answer = await narrow.client.post(
        "/uploads", content=content, headers={"content-type": kind, **JSON}
    )

    assert answer.status_code == 400
    assert not list((narrow.folder / "data" / "incoming").iterdir())


async def break_off(
    play: Playground, content: bytes, query: str = "", *, unnoticed: Awaitable[None] | None = None
) -> None:
    """Begin to give a file, and go away in the middle; the server may notice it late."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    sent: Iterator[dict[str, Any]] = iter(
        [
            {"type": "http.request", "body": head + content, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> dict[str, Any]:
        one = next(sent)
        if unnoticed is not None and one["type"] == "http.disconnect":
            await unnoticed
        return one

    async def send(_: Any) -> None:
        """Nobody listens any more."""

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/uploads",
        "query_string": query.encode(),
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            (b"content-type", b"multipart/form-data; boundary=x"),
        ],
    }
    await play.app(scope, receive, send)


async def test_an_upload_that_breaks_off_leaves_nothing(narrow: Playground) -> None:
    before = stored(narrow)

    await break_off(narrow, bytes(1_500_000))

    assert stored(narrow) == before
    assert not list((narrow.folder / "data" / "incoming").iterdir())
    assert not list((narrow.folder / "data" / "left-off").iterdir())


async def test_an_upload_that_broke_off_goes_on_from_what_had_arrived(
    shared: Playground, tmp_path: Path
) -> None:
    path = picture(tmp_path / "long.png", "PNG", size=(1600, 1200))
    content = path.read_bytes()
    half, named = len(content) // 2, "upload=0123456789abcdef"

    async def go_on(at: int) -> httpx.Response:
        files = [("file", ("long.png", content[at:]))]
        return await shared.client.post(f"/uploads?{named}&at={at}", files=files, headers=JSON)

    await break_off(shared, content[: half // 2], named)
    # With the end of the part, which is never read as the file's own, it goes on and breaks again.
    await break_off(shared, content[half // 2 - 100 : half], f"{named}&at={half // 2 - 100}")
    left = (await shared.client.get(f"/uploads/left-off?{named}")).json()["at"]
    [one] = (await go_on(left)).json()["files"]
    again = await go_on(left)

    # What stands before the end of the form may be its end, and is not written yet.
    assert half - 100 < left <= half
    assert one["sha256"] == hashlib.sha256(content).hexdigest()
    assert (await shared.client.get(f"/media/{one['id']}/a.png")).content == content
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_left_off")
    assert not list((shared.folder / "data" / "left-off").iterdir())
    assert not list((shared.folder / "data" / "incoming").iterdir())


async def test_what_is_left_off_is_told_once_the_server_knows_that_it_broke_off(
    shared: Playground,
) -> None:
    named, answers = "upload=0123456789abcdee", []

    async def ask() -> None:
        answers.append(await shared.client.get(f"/uploads/left-off?{named}"))

    async def ask_too_early() -> None:
        asking.append(asyncio.create_task(ask()))
        await asyncio.wait(asking, timeout=0.5)
        assert not answers

    asking: list[asyncio.Task[None]] = []
    # So little of it is put down only when it is known to have broken off.
    await break_off(shared, bytes(50_000), named, unnoticed=ask_too_early())
    await asyncio.gather(*asking)

    assert [answer.json() for answer in answers] == [{"at": 50_000}]
    for path in (shared.folder / "data" / "left-off").iterdir():
        path.unlink()


async def test_what_was_left_off_is_nobody_else_s_and_goes_by_itself(
    shared: Playground, tmp_path: Path
) -> None:
    left = shared.folder / "data" / "left-off"
    theirs = shared.services.uploads.left_off.part("somebody else", "0123456789abcdef")
    theirs.path.write_bytes(b"half")
    for number in range(30):
        (left / f"{number}").write_bytes(b"half")
    os.utime(left / "0", (1, 1))

    mine = await shared.client.get("/uploads/left-off?upload=0123456789abcdef")
    odd = await shared.client.get("/uploads/left-off?upload=..%2f..%2fplayground.db")
    path = plain_picture(tmp_path / "next.png", (3, 1, 4))
    files = [("file", (path.name, path.read_bytes()))]
    await shared.client.post("/uploads?upload=fedcba9876543210", files=files)

    assert mine.json() == {"at": 0}
    assert odd.status_code == 422
    assert not (left / "0").exists()
    assert len(list(left.iterdir())) == 20
    for path in left.iterdir():
        path.unlink()


async def test_what_a_killed_server_left_is_swept_at_the_next_start(
    narrow: Playground, tmp_path: Path
) -> None:
    left = narrow.folder / "data" / "incoming" / "left"
    left.mkdir()
    (left / "0").write_bytes(b"half")
    os.utime(left, (1, 1))

    uploads.Uploads(narrow.services.media, narrow.services.settings)

    assert not left.exists()


async def test_a_foreign_page_cannot_upload(shared: Playground) -> None:
    answer = await shared.client.post(
        "/uploads", files=[("file", ("a.png", b"x"))], headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 403
