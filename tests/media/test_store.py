"""Both stores keep, read and lose files alike."""

import asyncio
import os
import resource
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.media.folder import FolderStore
from app.media.store import MissingFile, StorageFull, StorageUnavailable, Store, open_store

CONTENT = os.urandom(9_000_001)  # more than one part of an upload, more than one piece of a stream


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "folder":
        return open_store("", folder=tmp_path / "store")
    swift = request.getfixturevalue("s3")
    bucket = swift.fresh_bucket()
    for name, value in swift.s3_environment(bucket).items():
        monkeypatch.setenv(name, value)
    return open_store(f"s3://{bucket}/kept/here", folder=tmp_path / "unused")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    return path


async def test_a_file_comes_back_byte_for_byte(store: Store, file: Path) -> None:
    await store.put_file("media/ab/abc.png", file)

    pieces = [piece async for piece in store.stream("media/ab/abc.png", 0, len(CONTENT))]
    assert b"".join(pieces) == CONTENT
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= store.piece_bytes
    assert await store.size("media/ab/abc.png") == len(CONTENT)


async def test_a_part_of_a_file_can_be_read(store: Store, file: Path) -> None:
    await store.put_file("media/ab/abc.png", file)

    assert await store.read_range("media/ab/abc.png", 100, 165) == CONTENT[100:165]
    assert await store.read_range("media/ab/abc.png", 9_000_000, 9_000_001) == CONTENT[-1:]
    assert await store.read_range("media/ab/abc.png", 7, 7) == b""


async def test_keeping_a_file_again_and_at_the_same_time_changes_nothing(
    store: Store, file: Path
) -> None:
    await asyncio.gather(*(store.put_file("media/ab/abc.png", file) for _ in range(4)))
    await store.put_file("media/ab/abc.png", file)

    assert await store.read_range("media/ab/abc.png", 0, len(CONTENT)) == CONTENT


async def test_a_kept_file_outlives_the_one_it_was_made_of(store: Store, file: Path) -> None:
    await store.put_file("media/ab/abc.png", file)
    file.unlink()

    assert await store.read_range("media/ab/abc.png", 0, 10) == CONTENT[:10]


async def test_a_file_that_is_gone_is_missing(store: Store, file: Path) -> None:
    await store.put_file("media/ab/abc.png", file)
    await store.delete("media/ab/abc.png")
    await store.delete("media/ab/abc.png")

    assert not await store.exists("media/ab/abc.png")
    with pytest.raises(MissingFile):
        await store.read_range("media/ab/abc.png", 0, 10)


async def test_a_file_shorter_than_it_was_is_missing(store: Store) -> None:
    await store.put_bytes("media/ab/abc.png", b"0123456789")

    for start, end in (5, 20), (50, 60):
        with pytest.raises(MissingFile):
            await store.read_range("media/ab/abc.png", start, end)


async def test_a_damaged_copy_is_replaced_when_the_file_is_kept_again(
    store: Store, file: Path
) -> None:
    await store.put_bytes("media/ab/abc.png", CONTENT[:1000])
    await store.put_file("media/ab/abc.png", file)

    assert await store.size("media/ab/abc.png") == len(CONTENT)


async def test_a_kept_file_can_be_opened_on_this_machine(store: Store, file: Path) -> None:
    await store.put_file("media/ab/abc.png", file)

    async with store.local_file("media/ab/abc.png") as path:
        assert await asyncio.to_thread(path.read_bytes) == CONTENT


async def test_the_files_of_a_folder_are_listed_with_their_lengths(store: Store) -> None:
    kept = {f"media/{number:02}/{number}.png": number for number in range(5)}
    for key, length in kept.items():
        await store.put_bytes(key, bytes(length))
    await store.put_bytes("thumbnails/00/0.webp", b"x")

    listed = [file async for file in store.files("media")]

    assert {file.key: file.size_bytes for file in listed} == kept
    assert all(abs(datetime.now(UTC) - file.modified) < timedelta(minutes=5) for file in listed)
    assert [file.key async for file in store.files("nothing")] == []


async def test_a_storage_that_works_passes_its_check_and_keeps_nothing_of_it(
    store: Store, tmp_path: Path
) -> None:
    await store.check()

    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a//b", "a/./b", "a\\b", ""])
async def test_a_key_never_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    store = open_store("", folder=tmp_path / "store")

    with pytest.raises(ValueError, match="not a storage key"):
        await store.put_bytes(key, b"x")


async def test_a_full_disk_is_told_as_such_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = open_store("", folder=tmp_path / "store")

    with room_for_each_file(1000), pytest.raises(StorageFull) as told:
        await store.put_bytes("media/ab/abc.png", CONTENT)

    assert told.value.status == 507
    assert not await store.exists("media/ab/abc.png")
    assert not list((tmp_path / "store" / "incoming").iterdir())


@contextmanager
def room_for_each_file(size_bytes: int) -> Iterator[None]:
    """The nearest to a full disk that needs no rights: no file may grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_what_a_killed_server_left_half_written_is_swept(tmp_path: Path) -> None:
    FolderStore(tmp_path)
    left = tmp_path / "incoming" / "left"
    left.write_bytes(b"half a pic")

    FolderStore(tmp_path, swept_after_seconds=3600)
    assert left.exists(), "another server may still be writing it"

    FolderStore(tmp_path, swept_after_seconds=-1)
    assert not left.exists()


async def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"not a folder")

    with pytest.raises(StorageUnavailable, match="folder that keeps the files"):
        open_store("", folder=tmp_path / "file" / "store")


async def test_a_bucket_that_nobody_serves_fails_its_check_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secrets.token_hex(8))
    store = open_store("s3://nowhere/kept", folder=tmp_path)

    with pytest.raises(StorageUnavailable, match="does not answer") as told:
        await store.check()

    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in str(told.value)
