"""The room remembers, and makes each small picture once."""

import asyncio
from pathlib import Path

import pytest

from app.db.engine import Database
from app.errors import NotFound
from app.media import queries
from app.media.darkroom import Darkroom
from app.media.queries import Media
from app.media.room import MediaRoom
from app.media.store import MissingFile, Store
from tests.media.samples import opened, picture, sound, video


async def kept(room: MediaRoom, path: Path) -> Media:
    """A file kept and written down, as at the end of a run."""
    found = await room.keep(path)
    async with room.database.begin() as tx:
        return await queries.record(tx, found, owner_id="owner", run_id=None, position=0)


async def test_a_file_is_found_again(room: MediaRoom, tmp_path: Path) -> None:
    media = await kept(room, picture(tmp_path / "x", "PNG", size=(60, 40)))

    assert await room.find(media.id) == media
    assert await room.find(media.id) == media
    with pytest.raises(NotFound):
        await room.find("nothing")


async def test_a_small_picture_is_made_stored_and_written_down(
    room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, picture(tmp_path / "x", "JPEG", size=(1024, 768)))

    made = await room.thumbnail(media.id)

    assert made is not None
    assert (made.width, made.height) == (512, 384)
    size = await room.store.size(made.key)
    assert opened(await room.store.read_range(made.key, 0, size)).size == (512, 384)
    async with room.database.read() as tx:
        found = await queries.by_id(tx, media.id)
    assert found is not None
    assert found.thumbnail == made
    assert (await room.find(media.id)).thumbnail == made


async def test_however_many_ask_it_is_made_once_and_they_may_go_away(
    room: MediaRoom, tmp_path: Path
) -> None:
    media = await kept(room, picture(tmp_path / "x", "PNG", size=(1024, 768)))
    asking = [asyncio.create_task(room.thumbnail(media.id)) for _ in range(20)]
    hasty = asyncio.create_task(room.thumbnail(media.id))
    await asyncio.sleep(0)
    hasty.cancel()

    answers = await asyncio.gather(*asking)

    assert len({id(answer) for answer in answers}) == 1
    assert answers[0] is not None


async def test_what_another_server_made_is_used(
    room: MediaRoom, database: Database, store: Store, darkroom: Darkroom, tmp_path: Path
) -> None:
    media = await kept(room, picture(tmp_path / "x", "PNG", size=(60, 40)))
    await room.find(media.id)
    made = await MediaRoom(database, store, darkroom).thumbnail(media.id)
    await store.delete(media.storage_key)

    assert made is not None
    assert await room.thumbnail(media.id) == made


async def test_a_video_has_a_small_picture_and_a_sound_has_none(
    room: MediaRoom, tmp_path: Path
) -> None:
    moving = await kept(room, video(tmp_path / "x.mp4", seconds=0.5))
    heard = await kept(room, sound(tmp_path / "x.mp3", "libmp3lame", seconds=0.5))

    assert await room.thumbnail(moving.id) is not None
    assert await room.thumbnail(heard.id) is None


async def test_a_lost_file_is_told_and_tried_again_when_it_is_back(
    room: MediaRoom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "PNG", size=(60, 40))
    media = await kept(room, path)
    await room.store.delete(media.storage_key)
    with pytest.raises(MissingFile):
        await room.thumbnail(media.id)

    await room.store.put_file(media.storage_key, path)

    assert await room.thumbnail(media.id) is not None


async def test_the_bytes_at_hand_are_used_before_the_stored_ones(
    room: MediaRoom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "x", "PNG", size=(60, 40))
    media = await kept(room, path)
    await room.store.delete(media.storage_key)

    assert await room.thumbnail(media.id, path=path) is not None
