"""Which addresses are fetched, and which machines are hung up on."""

import httpx
import pytest

from app.runcomfy.addresses import allowed_address, is_public, origin_of, refuse_inner_addresses
from app.runcomfy.download import Downloader
from app.runcomfy.trouble import CannotFetch
from tests.runcomfy.scripted import Scripted, says

OWN = origin_of(httpx.URL("http://127.0.0.1:8001"))


@pytest.mark.parametrize(
    "url",
    [
        "https://files.runcomfy.net/a.png",
        "https://playgrounds-storage-public.runcomfy.net:443/a/b.mp4?sig=1",
        "HTTPS://Storage.RunComfy.COM/x",
        "http://127.0.0.1:8001/files/1/0.png",
    ],
)
def test_runcomfys_hosts_and_our_own_simulator_are_fetched_from(url: str) -> None:
    assert allowed_address(url, OWN) is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://files.runcomfy.net/a.png",
        "https://files.runcomfy.net:8443/a.png",
        "https://runcomfy.net.evil.example/",
        "https://evilruncomfy.net/",
        "https://files.runcomfy.net@evil.example/",
        "https://user@files.runcomfy.net/",
        "https://evil.example\\@files.runcomfy.net/",
        "https://evil.example#.runcomfy.net",
        "https://evil.example%2f.runcomfy.net/",
        "https://evil.example/.runcomfy.net",
        "https://evil.example?.runcomfy.net",
        "https://files.runcomfy.net./",
        "https://127.0.0.1:8001/",
        "http://127.0.0.1:8002/",
        "http://127.0.0.1/",
        "http://localhost:8001/",
        "http://127.1:8001/",
        "http://2130706433:8001/",
        "http://[::ffff:127.0.0.1]:8001/",
        "http://me@127.0.0.1:8001/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://files.runcomfy.net/",
        "file:///etc/passwd",
        "data:image/png;base64,QUJD",
        "//files.runcomfy.net/a.png",
        "http://[::1",
        "",
        "https://" + "a" * 70_000 + ".runcomfy.net",
        "https://\ud83d.runcomfy.net/",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert allowed_address(url, OWN) is None


async def test_without_a_base_url_on_this_machine_nothing_on_it_is_fetched() -> None:
    downloader = Downloader(base_url="https://model-api.runcomfy.net")

    assert not downloader.may_fetch("http://127.0.0.1:8001/a.png")
    assert downloader.may_fetch("https://files.runcomfy.net/a.png")
    await downloader.aclose()


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(host: str) -> None:
    assert is_public(host)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "ff02::1",
        "files.runcomfy.net",
        "",
    ],
)
def test_inner_addresses_are_not(host: str) -> None:
    assert not is_public(host)


async def test_a_machine_inside_is_hung_up_on_before_a_byte_is_sent(server: Scripted) -> None:
    server.plays(says(200, b"secret"))
    transport = httpx.AsyncHTTPTransport(trust_env=False)
    request = httpx.Request("GET", server.address, extensions={"trace": refuse_inner_addresses})

    with pytest.raises(CannotFetch, match="inside this network"):
        await transport.handle_async_request(request)

    await transport.aclose()
    assert server.received == []
