"""Addresses that people give, looked at from here."""

import base64
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from app.media.darkroom import Darkroom
from app.media.previews import Previews
from app.settings import load_settings
from tests.media.samples import picture
from tests.outside.test_fetch import NameService
from tests.runcomfy.scripted import Scripted, cuts, says, scripted_server
from tests.support.playground import EDIT, HTMX, Playground

PAGE = b"<!doctype html><title>Sign in</title>"


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted_server() as scripted:
        yield scripted


@pytest.fixture
async def previews(tmp_path: Path, darkroom: Darkroom, server: Scripted) -> AsyncIterator[Previews]:
    """Looks at addresses; the server is vouched for, names lead to a machine inside."""
    settings = load_settings(_env_file=None, data_dir=tmp_path)
    (tmp_path / "incoming").mkdir()
    made = Previews(
        darkroom, settings, loopback_origin=server.address, resolve=NameService("10.0.0.7")
    )
    yield made
    await made.aclose()
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_a_picture_is_shown_small_and_asked_for_once(
    previews: Previews, server: Scripted, tmp_path: Path
) -> None:
    content = picture(tmp_path / "x", "JPEG", size=(900, 600)).read_bytes()
    server.plays(says(302, location="/moved"), says(200, content, content_type="text/plain"))

    seen = await previews.look(f"{server.address}/x", "image")
    again = await previews.look(f"{server.address}/x", "image")

    assert (seen.type_name, seen.size_bytes) == ("JPEG", len(content))
    assert (seen.measures.width, seen.measures.height) == (900, 600)
    thumbnail = base64.b64decode(seen.thumbnail.removeprefix("data:image/webp;base64,"))
    assert Image.open(io.BytesIO(thumbnail)).size == (512, 341)
    assert again == seen
    assert len(server.received) == 2


async def test_what_is_surely_wrong_is_refused(previews: Previews, server: Scripted) -> None:
    address = f"{server.address}/x"
    server.plays(says(200, PAGE, content_type="text/html"))
    assert "a web page, perhaps one to sign in" in (await previews.look(address)).refused
    assert "a web page" in previews.refusal(address)
    assert previews.refusal(f"{address}y") == ""
    server.plays(says(200, b""))
    assert "an empty file" in (await previews.look(f"{address}empty")).refused
    gif = io.BytesIO()
    Image.new("RGB", (2, 2)).save(gif, "GIF")
    server.plays(says(200, gif.getvalue()))
    assert "a picture, not a video" in (await previews.look(f"{address}.mp4", "video")).refused


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://example.com/x.png", "begins with https://"),
        ("https://127.0.0.1/x.png", "inside a network"),
        ("https://[::ffff:10.0.0.1]/x.png", "inside a network"),
        ("https://printer.local/x.png", "inside a network"),
        ("https://inner.example.com/x.png", "inside this network"),
        ("roses", "is not an address"),
    ],
)
async def test_what_may_not_be_asked_is_refused_unasked(
    previews: Previews, server: Scripted, address: str, words: str
) -> None:
    assert words in (await previews.look(address)).refused
    assert server.received == []


async def test_what_cannot_be_seen_from_here_is_only_said(
    previews: Previews, server: Scripted
) -> None:
    for script, words in (
        (says(403), "answered 403"),
        (says(404), "answered 404"),
        (cuts(200, b"\x89PNG"), "cut off"),
        (says(302, location="http://127.0.0.1:9/x"), "not fetched"),
        (says(200, b"\x00\x01\x02" * 40), "no type that can be shown"),
    ):
        server.plays(script)
        seen = await previews.look(f"{server.address}/x")
        assert words in seen.unseen
        assert not seen.refused


async def test_a_picture_too_large_to_fetch_is_told_by_its_beginning(
    previews: Previews, server: Scripted, tmp_path: Path
) -> None:
    content = picture(tmp_path / "x", "PNG", size=(200, 200)).read_bytes()[:5000]
    server.plays(cuts(200, content + bytes(30_000_000)))

    seen = await previews.look(f"{server.address}/x", "image")

    assert (seen.type_name, seen.thumbnail) == ("PNG", "")
    assert seen.size_bytes is not None
    assert seen.size_bytes > 60_000_000


async def test_the_form_shows_it_and_refuses_what_was_seen_to_be_wrong(shared: Playground) -> None:
    origin = shared.services.loopback_origin
    looked = {"address": shared.services.offers[0], "kind": "image"}
    fine = await shared.client.post("/previews", data=looked, headers=HTMX)
    assert re.search(r"JPEG · \d+ × \d+ · ", fine.text)

    wrong = {"address": f"{origin}/samples/chords.wav", "kind": "image"}
    said = "This address holds a sound, not a picture."
    assert said in (await shared.client.post("/previews", data=wrong, headers=HTMX)).text
    values = {"prompt": "never sent", "image_urls": wrong["address"]}
    answer = await shared.client.post(f"/models/{EDIT}/runs", data=values)

    assert answer.status_code == 422
    assert said in answer.text
    assert shared.sent("never sent") == []
