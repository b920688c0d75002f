"""Which addresses outputs are fetched from."""

import httpx
import pytest

from app.outside.addresses import origin_of
from app.runcomfy.addresses import allowed_address
from app.runcomfy.download import Downloader

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
