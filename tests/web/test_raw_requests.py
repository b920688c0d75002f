"""What no HTTP library would send, byte by byte to a running server: refused, never a bug."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.playground import FLASH
from tests.support.serve import Server

FORM = f"/models/{FLASH}/runs".encode()
HEAD = b"POST " + FORM + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
URLENCODED = b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=x\r\n"
_WAIT_SECONDS = 20.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("raw"))
    server.start()
    yield server
    assert server.running
    server.stop()


def posted(body: bytes, headers: bytes = URLENCODED, length: bytes | None = None) -> bytes:
    """A POST to a model's form; its length is the true one unless said otherwise."""
    said = str(len(body)).encode() if length is None else length
    return HEAD + headers + b"Content-Length: " + said + b"\r\n\r\n" + body


REFUSED = {
    "no method": b"/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "another language": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    "a method of ours": b"PAINT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a space in the path": b"GET /mo dels HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "NUL in the path": b"GET /runs/\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a path of 100 kB": b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a header of 1 MB": b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
    + b"x" * 1_000_000
    + b"\r\n\r\n",
    "10,000 headers": b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    + b"X: y\r\n" * 10_000
    + b"\r\n",
    "NUL in a header": b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \x00\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    "a foreign host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a whole foreign address": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a length below zero": posted(b"prompt=", length=b"-5"),
    "a length in words": posted(b"prompt=", length=b"seven"),
    "an endless length": posted(b"prompt=", length=b"9" * 30),
    "two lengths": posted(b"prompt=", URLENCODED + b"Content-Length: 99\r\n"),
    "a length and chunks": posted(b"0\r\n\r\n", URLENCODED + b"Transfer-Encoding: chunked\r\n"),
    "chunks of no number": HEAD + URLENCODED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
    "chunks of an endless number": HEAD
    + URLENCODED
    + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx\r\n",
    "bad escapes": posted(b"prompt=%zz%&image_size=%ff"),
    "a packed body": posted(b"\x1f\x8b\x08\x00", URLENCODED + b"Content-Encoding: gzip\r\n"),
    "a twice packed body": posted(b"\x1f\x8b", URLENCODED + b"Content-Encoding: gzip, br\r\n"),
    "half a part": posted(b"--x\r\nContent-Disposition: form-data; name=", MULTIPART),
    "a part without a name": posted(
        b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n", MULTIPART
    ),
    "a part without an end": posted(
        b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nv', MULTIPART
    ),
    "a part with huge headers": posted(
        b"--x\r\nX: " + b"y" * 200_000 + b"\r\n\r\nv\r\n--x--\r\n", MULTIPART
    ),
    "10,000 parts": posted(
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n' * 10_000 + b"--x--\r\n",
        MULTIPART,
    ),
    "a boundary of nothing": posted(b"--\r\n", b"Content-Type: multipart/form-data; boundary=\r\n"),
    "a content type of bytes": posted(b"x", b"Content-Type: \xff\xfe\r\n"),
}


@pytest.mark.parametrize("request_bytes", REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_malformed_is_refused_and_never_breaks_anything(
    server: Server, request_bytes: bytes
) -> None:
    answer = await asked(server, request_bytes)

    assert answer.startswith(b"HTTP/1.1 4"), answer[:300]
    assert b"Traceback" not in answer
    assert "Traceback" not in server.log
    assert "ERROR" not in server.log


async def test_a_body_that_never_comes_holds_up_nobody(server: Server) -> None:
    _, silent = await asyncio.open_connection("127.0.0.1", server.port)
    silent.write(posted(b"prompt=", length=b"1000"))
    await silent.drain()

    answer = await asked(server, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    silent.close()


async def test_nothing_malformed_was_saved(server: Server) -> None:
    answer = await asked(server, b"GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert b"data-run=" not in answer


async def test_who_hangs_up_in_the_midst_of_a_form_is_no_bug(server: Server) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(posted(b"prompt=", length=b"1000"))
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    # Answered only after the server has seen the end of the other one.
    await asked(server, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert "Traceback" not in server.log


async def asked(server: Server, request_bytes: bytes) -> bytes:
    """The beginning of what a server answers to these very bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request_bytes)
        async with asyncio.timeout(_WAIT_SECONDS):
            return await reader.read(65_536)
    finally:
        writer.close()
