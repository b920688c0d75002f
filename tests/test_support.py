"""The parts that tests stand on really are what they say."""

import http.server
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import obstore
import psycopg
import pytest
from playwright.async_api import Page

from tests.support import chromium
from tests.support.postgres import Postgres
from tests.support.processes import NotReady, Service, free_port, listens
from tests.support.swift import Swift, make_folder_with_attributes
from tests.support.watching import Troubles

WAIT = "import signal; print('here', flush=True); signal.pause()"
IGNORE_TERM = "import signal; signal.signal(15, signal.SIG_IGN); " + WAIT
PAGE = b"<!doctype html><title>x</title><link rel=icon href=data:,><h1>Hello</h1>"


def python(code: str, folder: Path) -> Service:
    return Service("a program", [sys.executable, "-c", code], log=folder / "log")


def test_each_postgres_database_is_empty_and_its_own(postgres: Postgres) -> None:
    first, second = postgres.fresh_database(), postgres.fresh_database()

    with psycopg.connect(first) as connection:
        connection.execute("create table things (name text)")

    with psycopg.connect(second) as connection:
        found = connection.execute("select to_regclass('things')").fetchone()
    assert found == (None,)


def test_postgres_brings_the_extensions_for_searching(postgres: Postgres) -> None:
    with psycopg.connect(postgres.fresh_database()) as connection:
        connection.execute("create extension pg_trgm")
        assert connection.execute("select similarity('fox', 'foxes') > 0.3").fetchone() == (True,)


def test_an_s3_object_is_written_read_in_part_listed_and_deleted(s3: Swift) -> None:
    store = s3.store(s3.fresh_bucket())

    obstore.put(store, "media/one.bin", bytes(range(256)))

    assert obstore.get_range(store, "media/one.bin", start=10, length=3).to_bytes() == b"\n\x0b\x0c"
    assert [found["path"] for found in obstore.list(store).collect()] == ["media/one.bin"]
    obstore.delete(store, "media/one.bin")
    assert obstore.list(store).collect() == []


def test_a_large_s3_object_arrives_whole_in_several_parts(s3: Swift) -> None:
    store = s3.store(s3.fresh_bucket())
    piece = bytes(range(256)) * 4096

    obstore.put(store, "large.bin", (piece for _ in range(12)), chunk_size=5 * 1024 * 1024)

    assert obstore.get(store, "large.bin").bytes() == piece * 12


def test_an_s3_object_that_must_be_new_is_not_overwritten(s3: Swift) -> None:
    store = s3.store(s3.fresh_bucket())
    obstore.put(store, "one", b"first")

    with pytest.raises(obstore.exceptions.AlreadyExistsError):
        obstore.put(store, "one", b"second", mode="create")

    assert obstore.get(store, "one").bytes() == b"first"


def test_a_signed_s3_address_is_answered_and_a_false_one_refused(s3: Swift) -> None:
    store = s3.store(s3.fresh_bucket())
    obstore.put(store, "one", b"first")
    signed = obstore.sign(store, "GET", "one", timedelta(minutes=1))

    assert httpx.get(signed).content == b"first"
    assert httpx.get(f"{signed}0").status_code == 403


def test_the_s3_settings_name_the_bucket_and_where_it_is(s3: Swift) -> None:
    settings = s3.s3_environment("pictures")

    assert settings["PLAYGROUND_STORAGE_URL"] == "s3://pictures"
    assert settings["AWS_ENDPOINT_URL"] == s3.endpoint


def test_where_swift_cannot_keep_its_files_a_sentence_says_what_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(RuntimeError, match="extended attributes"):
        make_folder_with_attributes([file, file / "below"])


def test_a_service_is_started_again_after_it_was_killed(tmp_path: Path) -> None:
    service = python(WAIT, tmp_path)
    service.start()
    service.wait_until(lambda: "here" in service.log, 20)
    first = service.process_id

    service.kill()
    assert not service.running
    service.start()
    service.wait_until(lambda: service.log.count("here") == 2, 20)

    assert service.process_id != first
    assert service.stop() == -15


def test_a_service_that_ends_by_itself_says_its_last_words(tmp_path: Path) -> None:
    service = python("raise SystemExit('no such setting')", tmp_path)
    service.start()

    with pytest.raises(NotReady, match="no such setting"):
        service.wait_until(lambda: False, 20)


def test_a_service_that_does_not_stop_is_ended(tmp_path: Path) -> None:
    service = python(IGNORE_TERM, tmp_path)
    service.start()
    service.wait_until(lambda: "here" in service.log, 20)

    with pytest.raises(NotReady, match="did not stop"):
        service.stop(seconds=0.2)

    assert not service.running


def test_a_free_port_is_one_on_which_nothing_listens() -> None:
    assert not listens(free_port())


def test_a_chromium_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_CHROMIUM", sys.executable)

    assert chromium.chromium_path() == sys.executable


def test_a_chromium_that_is_named_wrongly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_CHROMIUM", "/no/such/program")

    with pytest.raises(RuntimeError, match="PLAYGROUND_CHROMIUM=/no/such/program"):
        chromium.chromium_path()


class _Pages(http.server.BaseHTTPRequestHandler):
    """One page at /, nothing elsewhere."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def pages() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_page_is_shown_and_nothing_went_wrong_in_it(
    page: Page, troubles: Troubles, pages: str
) -> None:
    await page.goto(pages)

    assert await page.inner_text("h1") == "Hello"
    assert troubles.seen == []


async def test_what_goes_wrong_in_a_page_is_seen(
    page: Page, troubles: Troubles, pages: str
) -> None:
    closed_port = free_port()
    await page.goto(pages)

    async with page.expect_console_message():
        await page.evaluate("console.error('said aloud')")
    async with page.expect_console_message():
        await page.evaluate("fetch('/missing')")
    async with page.expect_event("requestfailed"), page.expect_console_message():
        await page.evaluate(f"fetch('http://127.0.0.1:{closed_port}/').catch(() => 0)")
    async with page.expect_event("pageerror"):
        await page.evaluate("setTimeout(() => { throw new Error('thrown') })")

    troubles.expect("said aloud")
    assert sorted(words.split(":")[0] for words in troubles.unexpected) == [
        "console error",
        "console error",
        "request failed",
        "uncaught",
    ]
    troubles.expect("status of 404|ERR_CONNECTION_REFUSED|thrown")
    assert troubles.unexpected == []
