"""Fetching an output: whole and as it was, or not at all."""

import asyncio
import gzip
import hashlib
import os
from pathlib import Path

import pytest

from app.outside.trouble import CannotFetch
from app.runcomfy import download
from app.runcomfy.download import Downloaded, Downloader
from tests.runcomfy.scripted import (
    Script,
    Scripted,
    cuts,
    drips,
    hangs,
    raw,
    resets,
    says,
    scripted_server,
    waits_for,
)

PICTURE = os.urandom(3_000_000)
SHA256 = hashlib.sha256(PICTURE).hexdigest()


def bytes_in(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


async def test_a_file_is_kept_byte_for_byte(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(says(200, PICTURE, content_type="Image/PNG; charset=x"))

    downloaded = await downloader.download(f"{server.address}/files/a.png?sig=x%2Fy", into)

    assert downloaded == Downloaded(len(PICTURE), SHA256, "image/png", length_known=True)
    assert bytes_in(into) == PICTURE
    (request,) = server.received
    assert request.path == "/files/a.png?sig=x%2Fy"
    assert "authorization" not in request.headers
    assert request.headers["accept-encoding"] == "identity"


async def test_a_file_in_chunks_is_whole(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: <script>\r\n\r\n"
    server.plays(raw(head + b"5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n"))

    downloaded = await downloader.download(server.address, into)

    assert bytes_in(into) == b"abcdefgh"
    assert (downloaded.length_known, downloaded.declared_type) == (True, None)


async def test_a_file_that_ends_with_its_connection_may_have_been_cut(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(raw(b"HTTP/1.1 200 OK\r\n\r\nabc"))

    assert not (await downloader.download(server.address, into)).length_known


async def test_a_file_packed_for_the_way_is_unpacked(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(says(200, gzip.compress(PICTURE), content_encoding="gzip"))

    assert (await downloader.download(server.address, into)).sha256 == SHA256


@pytest.mark.parametrize(
    ("script", "reason", "passing"),
    [
        (cuts(200, PICTURE), "cut off", True),
        (raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc"), "cut off", True),
        (says(200, gzip.compress(PICTURE)[:-9], content_encoding="gzip"), "cut off", True),
        (resets(), "cut off", True),
        (says(200), "empty", True),
        (says(404), "answered 404", False),
        (says(403), "answered 403", False),
        (says(206, b"abc"), "answered 206", False),
        (says(302), "answered 302", False),
        (says(503), "answered 503", True),
        (says(429), "answered 429", True),
        (hangs(), "stopped answering", True),
        (hangs(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"), "stopped answering", True),
        (says(200, b"abc", content_encoding="br"), "not asked for", True),
        (says(200, b"\x89PNG", content_encoding="gzip"), "damaged", True),
    ],
)
async def test_a_file_that_cannot_be_had_leaves_nothing(
    server: Scripted,
    downloader: Downloader,
    into: Path,
    script: Script,
    reason: str,
    passing: bool,
) -> None:
    server.plays(script)

    with pytest.raises(CannotFetch, match=reason) as cannot:
        await downloader.download(server.address, into)

    assert cannot.value.passing == passing
    assert bytes_in(into) is None


@pytest.mark.parametrize(
    "script",
    [
        says(200, PICTURE),
        raw(b"HTTP/1.1 200 OK\r\n\r\n" + PICTURE),
        says(200, gzip.compress(b"\0" * 200_000_000), content_encoding="gzip"),
    ],
)
async def test_a_file_beyond_the_limit_is_given_up(
    server: Scripted, downloader: Downloader, into: Path, script: Script
) -> None:
    server.plays(script)

    with pytest.raises(CannotFetch, match="larger than 1,000,000 bytes"):
        await downloader.download(server.address, into, max_bytes=1_000_000)

    assert bytes_in(into) is None


async def test_a_file_that_takes_too_long_is_given_up(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(drips(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n", 0.02))

    with pytest.raises(CannotFetch, match="did not come within"):
        await downloader.download(server.address, into, seconds=0.3)

    assert bytes_in(into) is None


async def test_a_file_that_only_trickles_is_given_up(server: Scripted, into: Path) -> None:
    downloader = Downloader(base_url=server.address, patience_seconds=0.2)
    server.plays(drips(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n", 0.02))

    with pytest.raises(CannotFetch, match="too slowly"):
        await downloader.download(server.address, into)

    await downloader.aclose()


async def test_a_file_given_up_by_its_caller_leaves_nothing(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(hangs(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"))
    fetching = asyncio.ensure_future(downloader.download(server.address, into))
    await server.has_received()

    fetching.cancel()

    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert bytes_in(into) is None


async def test_trouble_with_the_disk_is_not_the_files_fault(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(says(200, PICTURE))

    with pytest.raises(OSError, match="No such file"):
        await downloader.download(server.address, into / "no" / "folder")


async def test_an_allowed_redirect_is_followed(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(says(302, location="/b.png"), says(307, location=server.address), says(200, b"x"))

    assert (await downloader.download(f"{server.address}/a.png", into)).size_bytes == 1

    assert [request.path for request in server.received] == ["/a.png", "/b.png", "/"]


async def test_a_redirect_elsewhere_is_not_followed(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    async with scripted_server() as elsewhere:
        server.plays(says(302, location=f"{elsewhere.address}/a.png"))

        with pytest.raises(CannotFetch, match="not fetched") as cannot:
            await downloader.download(server.address, into)

        assert elsewhere.connections == 0
    assert not cannot.value.passing
    assert bytes_in(into) is None


@pytest.mark.parametrize("location", ["file:///etc/passwd", "https://evil.example/", "http://[::1"])
async def test_a_redirect_to_anything_else_is_not_followed(
    server: Scripted, downloader: Downloader, into: Path, location: str
) -> None:
    server.plays(says(301, location=location))

    with pytest.raises(CannotFetch, match="not fetched"):
        await downloader.download(server.address, into)


async def test_redirects_come_to_an_end(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    server.plays(says(302, location="/again"))

    with pytest.raises(CannotFetch, match="from address to address"):
        await downloader.download(server.address, into)

    assert len(server.received) == 4


async def test_an_address_that_is_not_allowed_is_not_asked(server: Scripted, into: Path) -> None:
    beyond = Downloader(base_url="https://model-api.runcomfy.net")

    with pytest.raises(CannotFetch, match="not fetched"):
        await beyond.download(f"{server.address}/a.png", into)

    assert server.connections == 0
    await beyond.aclose()


async def test_a_host_of_runcomfys_that_leads_inside_is_not_connected_to(into: Path) -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    downloader = Downloader(base_url="https://model-api.runcomfy.net", resolve=inside)

    with pytest.raises(CannotFetch, match="inside this network") as cannot:
        await downloader.download("https://files.runcomfy.net/a.png", into)

    assert not cannot.value.passing
    await downloader.aclose()


async def test_a_server_that_is_away_is_passing_trouble(into: Path) -> None:
    async with scripted_server() as server:
        address = server.address
    downloader = Downloader(base_url=address)

    with pytest.raises(CannotFetch, match="could not be reached") as cannot:
        await downloader.download(address, into)

    assert cannot.value.passing
    await downloader.aclose()


async def test_pages_go_on_while_a_large_file_comes(
    server: Scripted, downloader: Downloader, into: Path
) -> None:
    opened = asyncio.Event()
    server.plays(waits_for(opened, says(200, PICTURE * 10)))
    fetching = asyncio.ensure_future(downloader.download(server.address, into))
    await server.has_received()
    opened.set()

    turns = 0
    while not fetching.done():
        await asyncio.sleep(0)
        turns += 1

    assert (await fetching).size_bytes == 30_000_000
    assert turns > 30_000_000 / download.WRITTEN_AT_ONCE_BYTES
