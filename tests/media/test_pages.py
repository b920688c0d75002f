"""Kept files over HTTP: parts, unchanged answers, downloads, and nothing that could run."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from playwright.async_api import Page, Route

from app.errors import PlaygroundError
from app.media import pages, queries
from app.media.queries import Media
from app.media.room import MediaRoom
from app.media.store import open_store
from app.team.access import OWNER
from tests.media.samples import huge_png, opened, picture, plain_picture, video


@pytest.fixture
async def client(room: MediaRoom) -> AsyncIterator[httpx.AsyncClient]:
    """A browser's place, before an app of this room alone."""
    app = FastAPI()
    app.include_router(pages.router)
    app.state.media = room

    @app.exception_handler(PlaygroundError)
    async def tell(_request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(str(error), getattr(error, "status", 500))

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def kept(room: MediaRoom, path: Path, *, owner_id: str = OWNER.id) -> Media:
    found = await room.keep(path)
    async with room.database.begin() as tx:
        return await queries.record(tx, found, owner_id=owner_id, run_id=None, position=0)


def is_inert(answer: httpx.Response) -> bool:
    """No other site may load it, and whatever it is taken for, it may run no script."""
    rules = {rule.strip() for rule in answer.headers["content-security-policy"].split(";")}
    return (
        answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["cross-origin-resource-policy"] == "same-origin"
        and "default-src 'none'" in rules
        and bool(rules & {"sandbox", "sandbox allow-same-origin"})
        and not [rule for rule in rules if rule.startswith("script-src")]
    )


async def test_a_picture_is_served_byte_for_byte_and_for_ever(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "PNG", size=(900, 700))
    content = path.read_bytes()
    assert len(content) > 2 * room.store.piece_bytes
    media = await kept(room, path)

    answer = await client.get(f"/media/{media.id}/a-yellow-cup.png")

    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{media.sha256}"'
    assert "content-disposition" not in answer.headers
    assert is_inert(answer)


async def test_head_tells_what_get_would_send(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, picture(tmp_path / "x", "PNG", size=(300, 200)))

    got = await client.get(f"/media/{media.id}/x.png")
    told = await client.head(f"/media/{media.id}/x.png")
    told_part = await client.head(f"/media/{media.id}/x.png", headers={"range": "bytes=5-9"})

    assert (told.status_code, told.content, told.headers) == (200, b"", got.headers)
    assert (told_part.status_code, told_part.headers["content-length"]) == (206, "5")


async def test_what_a_browser_holds_is_not_sent_again(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, picture(tmp_path / "x", "PNG", size=(300, 200)))

    for address in f"/media/{media.id}/x.png", f"/media/{media.id}/thumbnail":
        etag = (await client.get(address)).headers["etag"]
        answer = await client.get(address, headers={"if-none-match": etag})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-1", slice(0, 2)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-500", slice(-500, None)),
        ("bytes=200000-999999999", slice(200000, None)),
    ],
)
async def test_a_player_gets_the_part_it_asks_for(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path, wanted: str, part: slice
) -> None:
    path = picture(tmp_path / "x", "PNG", size=(900, 700))
    content = path.read_bytes()
    media = await kept(room, path)

    answer = await client.get(f"/media/{media.id}/x.png", headers={"range": wanted})

    first = range(len(content))[part]
    assert answer.status_code == 206
    assert answer.content == content[part]
    assert answer.headers["content-range"] == f"bytes {first[0]}-{first[-1]}/{len(content)}"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert is_inert(answer)


async def test_a_part_behind_the_end_is_416(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, video(tmp_path / "x.mp4", seconds=0.5))

    answer = await client.get(
        f"/media/{media.id}/x.mp4", headers={"range": f"bytes={media.size_bytes}-"}
    )

    assert answer.status_code == 416
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-range"] == f"bytes */{media.size_bytes}"


async def test_a_video_plays_in_a_tab_of_its_own(
    client: httpx.AsyncClient, room: MediaRoom, page: Page, tmp_path: Path
) -> None:
    media = await kept(room, video(tmp_path / "x.mp4", seconds=0.5))

    async def serve(route: Route) -> None:
        answer = await client.get(route.request.url, headers=route.request.headers)
        await route.fulfill(
            status=answer.status_code, headers=dict(answer.headers), body=answer.content
        )

    await page.route("http://127.0.0.1/media/**", serve)
    await page.goto(f"http://127.0.0.1/media/{media.id}/x.mp4")

    await page.wait_for_function("document.querySelector('video').videoWidth === 320")


async def test_a_part_of_another_version_is_the_whole(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, video(tmp_path / "x.mp4", seconds=0.5))

    answer = await client.get(
        f"/media/{media.id}/x.mp4", headers={"range": "bytes=0-1", "if-range": '"another"'}
    )

    assert (answer.status_code, len(answer.content)) == (200, media.size_bytes)
    assert answer.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"no kind at all",
    ],
)
async def test_what_could_run_is_a_download_whatever_its_name(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x").write_bytes(content)
    media = await kept(room, tmp_path / "x")

    answer = await client.get(f"/media/{media.id}/picture.png")

    assert answer.content == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert is_inert(answer)


async def test_a_picture_of_too_many_pixels_is_a_download(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, huge_png(tmp_path / "x"))

    answer = await client.get(f"/media/{media.id}/x.png")

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (await client.get(f"/media/{media.id}/thumbnail")).status_code == 404


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("a-cup.png", "a-cup.png", "a-cup.png"),
        ("page.html", "page.png", "page.png"),
        ("чай", "___.png", "%D1%87%D0%B0%D0%B9.png"),
        ('a"b\r\nSet-Cookie: c', "abSet-Cookie c.png", "abSet-Cookie%20c.png"),
        ("...", "file.png", "file.png"),
    ],
)
async def test_a_download_has_a_harmless_name(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path, name: str, plain: str, encoded: str
) -> None:
    media = await kept(room, plain_picture(tmp_path / "x"))

    answer = await client.get(f"/media/{media.id}/{quote(name)}?download")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert (
        answer.headers["content-disposition"]
        == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    )


async def test_a_small_picture_is_made_when_it_is_first_asked_for(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, video(tmp_path / "x.mp4", seconds=0.5))

    answer = await client.get(f"/media/{media.id}/thumbnail")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert opened(answer.content).size == (320, 180)
    assert is_inert(answer)


async def test_anothers_file_and_no_file_are_told_alike(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    anothers = await kept(room, plain_picture(tmp_path / "x"), owner_id="another")

    answers = [
        await client.get(f"/media/{media_id}/{rest}", headers={"if-none-match": "*"})
        for media_id in (anothers.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        for rest in ("x.png", "thumbnail")
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {
        (404, "There is no such file here. It may have been deleted.")
    }


async def test_a_file_lost_from_the_storage_is_an_error_and_no_empty_picture(
    client: httpx.AsyncClient, room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, plain_picture(tmp_path / "x"))
    await room.store.delete(media.storage_key)

    answer = await client.get(f"/media/{media.id}/x.png")

    assert answer.status_code == 404
    assert "no longer whole" in answer.text
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_a_picture_comes_out_of_a_bucket_too(
    client: httpx.AsyncClient,
    room: MediaRoom,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    swift = request.getfixturevalue("s3")
    bucket = swift.fresh_bucket()
    for name, value in swift.s3_environment(bucket).items():
        monkeypatch.setenv(name, value)
    room.store = open_store(f"s3://{bucket}/kept", folder=tmp_path)
    path = picture(tmp_path / "x", "PNG", size=(1600, 1200))
    content = path.read_bytes()
    assert len(content) > room.store.piece_bytes
    media = await kept(room, path)

    whole = await client.get(f"/media/{media.id}/x.png")
    part = await client.get(f"/media/{media.id}/x.png", headers={"range": "bytes=-100"})
    small = await client.get(f"/media/{media.id}/thumbnail")

    assert whole.content == content
    assert (part.status_code, part.content) == (206, content[-100:])
    assert opened(small.content).size == (512, 384)
