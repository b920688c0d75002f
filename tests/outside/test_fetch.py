"""Fetching a page that somebody named: from the open internet, bounded, with nothing of ours."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from app.outside.addresses import origin_of
from app.outside.fetch import fetch_text
from app.outside.trouble import CannotFetch
from tests.runcomfy.scripted import Script, Scripted, cuts, hangs, says, scripted_server

HTML = {"content_type": "text/html; charset=utf-8"}


class NameService:
    """Gives machines in turn, one answer a question, the last for ever; keeps the questions."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer.split()


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted_server() as scripted:
        yield scripted


async def fetched(server: Scripted, most_bytes: int = 100_000, seconds: float = 20.0) -> str:
    """What stands at the server, which is vouched for as a simulator would be."""
    own = origin_of(httpx.URL(server.address))
    return await fetch_text(
        f"{server.address}/page", most_bytes=most_bytes, seconds=seconds, own_origin=own
    )


async def test_a_page_comes_with_nothing_of_ours(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    server.plays(
        says(302, location="/moved", set_cookie="a=b"),
        says(200, gzip.compress("<p>“Größe”</p>".encode()), content_encoding="gzip", **HTML),
    )

    assert await fetched(server) == "<p>“Größe”</p>"

    names = {"host", "user-agent", "accept", "accept-encoding"}
    assert [set(request.headers) for request in server.received] == [names, names]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://example.com:8443/",
        "https://me:secret@example.com/",
        "https://",
        "https://[::1",
        "file:///etc/passwd",
        "example.com",
        "",
    ],
)
async def test_only_https_at_its_usual_port_is_asked(url: str) -> None:
    names = NameService("8.8.8.8")

    with pytest.raises(CannotFetch, match="an address that is not fetched"):
        await fetch_text(url, most_bytes=1000, resolve=names)

    assert names.asked == []


@pytest.mark.parametrize(
    "machines",
    [
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.7",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1%eth0",
        "8.8.8.8 192.168.0.1",
    ],
)
async def test_a_name_that_leads_inside_is_not_connected_to(machines: str) -> None:
    with pytest.raises(CannotFetch, match="inside this network"):
        await fetch_text("https://example.com/", most_bytes=1000, resolve=NameService(machines))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "169.254.169.254"]
)
async def test_an_inner_machine_by_number_is_not_connected_to(host: str) -> None:
    with pytest.raises(CannotFetch, match="inside this network"):
        await fetch_text(f"https://{host}/latest/meta-data", most_bytes=1000)


@pytest.mark.parametrize(
    "location",
    ["https://127.0.0.1/", "https://169.254.169.254/latest/", "https://[::ffff:127.0.0.1]/"],
)
async def test_a_redirect_inside_is_not_followed(server: Scripted, location: str) -> None:
    server.plays(says(302, location=location))

    with pytest.raises(CannotFetch, match="inside this network"):
        await fetched(server)


@pytest.mark.parametrize("location", ["http://example.com/", "file:///etc/passwd", "//[::1"])
async def test_a_redirect_to_anything_but_https_is_not_followed(
    server: Scripted, location: str
) -> None:
    server.plays(says(302, location=location))

    with pytest.raises(CannotFetch, match="not fetched"):
        await fetched(server)


async def test_a_redirect_to_another_server_on_this_machine_is_not_followed(
    server: Scripted,
) -> None:
    async with scripted_server() as other:
        server.plays(says(302, location=f"{other.address}/"))

        with pytest.raises(CannotFetch, match="not fetched"):
            await fetched(server)

        assert other.connections == 0


async def test_a_name_is_asked_for_once_so_that_it_cannot_change_in_between() -> None:
    names = NameService("192.88.99.1", "127.0.0.1")

    with pytest.raises(CannotFetch, match=r"not be reached|stopped answering|did not come"):
        await fetch_text("https://example.com/", most_bytes=1000, seconds=0.5, resolve=names)

    assert names.asked == ["example.com"]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (says(404, **HTML), "The page's server answered 404."),
        (says(200, b"x" * 2000, **HTML), "The page is larger than 1,000 bytes."),
        (
            says(200, gzip.compress(b"x" * 9_000_000), content_encoding="gzip", **HTML),
            "The page is larger than 1,000 bytes.",
        ),
        (says(200, b"x", content_type="image/png"), "neither a web page nor JSON nor plain text"),
        (says(200, b"x"), "neither a web page nor JSON nor plain text"),
        (says(200, b"x", content_encoding="br", **HTML), "The page cannot be used"),
        (cuts(200, b"x", **HTML), "The page was cut off on its way."),
        (says(302, location="/again"), "from address to address"),
    ],
)
async def test_what_cannot_be_had_is_said_in_a_sentence(
    server: Scripted, script: Script, sentence: str
) -> None:
    server.plays(script)

    with pytest.raises(CannotFetch, match=sentence):
        await fetched(server, most_bytes=1000)

    assert len(server.received) <= 6


async def test_a_page_that_does_not_come_is_given_up(server: Scripted) -> None:
    server.plays(hangs())

    with pytest.raises(CannotFetch, match=r"did not come within 1 seconds|stopped answering"):
        await fetched(server, seconds=1.0)


@pytest.mark.parametrize("charset", ["utf-8", "punycode", "zlib", "no-such", "unicode_escape"])
async def test_odd_charsets_are_read_as_utf_8(server: Scripted, charset: str) -> None:
    server.plays(says(200, "Größe".encode(), content_type=f"text/plain; charset={charset}"))

    assert await fetched(server) == "Größe"
