"""Every kept file is looked at, what can be had once more is, and strays are found."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.columns import new_id
from app.media.store import FOLDERS
from tests.chores.conftest import Kept, MakePlace, Place, seen
from tests.chores.test_backup import chore
from tests.media.samples import located
from tests.support.playground import EDIT, SMALL


async def damage(place: Place, key: str) -> None:
    """Change bytes of a kept file, its length unchanged, as a failing disk does."""
    store = place.store
    content = bytearray(await store.read_range(key, 0, await store.size(key)))
    content[4:20] = bytes(16)
    await store.delete(key)
    await store.put_bytes(key, bytes(content))


@pytest.mark.parametrize("kind", ["alone", "shared"])
async def test_what_runcomfy_still_has_or_can_be_made_anew_comes_back_beside_a_server(
    make_place: MakePlace, kind: str, tmp_path: Path
) -> None:
    place = make_place(kind)
    async with place.open() as play:
        picture = located(tmp_path / "IMG.jpg", orientation=6)
        answer = await play.client.post(
            "/uploads",
            files=[("file", ("IMG.jpg", picture.read_bytes()))],
            headers={"accept": "application/json"},
        )
        reference = answer.json()["files"][0]["reference"]
        for run_id in (
            await play.run(EDIT, prompt=f"edited {new_id()}", image_urls=reference, **SMALL),
            await play.run(prompt=f"a cup {new_id()}", **SMALL),
        ):
            assert (await play.until(run_id)).state == "completed"
        before = await seen(play)
        async with play.services.database.read() as tx:
            rows = await tx.execute(
                text("select storage_key, prepared_key, thumbnail_key, origin from media")
            )
        outputs = [row for row in rows if row.origin == "output"]
        if kind == "alone":
            within = {path.name for path in (place.folder / "data" / "media").iterdir()}
            assert within == {*FOLDERS, "incoming"}, "what no folder names, nobody looks at"
        [prepared] = [key for key in await place.keys() if key.startswith("prepared/")]
        await place.store.delete(outputs[0].storage_key)
        await damage(place, outputs[1].storage_key)
        await place.store.delete(prepared)
        await place.store.delete(outputs[0].thumbnail_key)
        await damage(place, outputs[1].thumbnail_key)

        done = await place.command("verify")

        assert done.code == 0, done.said
        assert f"({outputs[0].storage_key}) was missing." in done.said
        assert f"({outputs[1].storage_key}) was damaged." in done.said
        assert "Mended: what is sent of the input “IMG.jpg”" in done.said
        assert "0 missing, 0 damaged, 5 mended" in done.said
        assert await seen(play) == before
    assert (await chore(place, "verify"))["mended"] == 5
    again = await place.command("verify")
    assert "0 missing, 0 damaged, 0 mended" in again.said


async def test_what_nobody_has_any_more_is_named_and_ends_it_with_1(
    make_place: MakePlace, kept: Kept
) -> None:
    place = make_place("alone")
    assert (await place.command("restore", kept.archive)).code == 0
    first, second, small, _ = await place.keys()
    database = place.database
    async with database.begin() as tx:
        await tx.execute(text("update media set source_url = source_url || 'x'"))
    await database.close()
    await place.store.delete(first)
    await damage(place, second)
    await place.store.delete(small)

    done = await place.command("verify")

    assert done.code == 1
    assert f"({first}) is missing. RunComfy does not have it any more." in done.said
    assert f"({second}) is damaged. RunComfy does not have it any more." in done.said
    told = await chore(place, "verify")
    assert told["damaged"] == 1
    # What is damaged may still be worth something.
    assert await place.store.exists(second)


async def test_files_that_nothing_refers_to_are_named_and_deleted_only_when_told_to(
    make_place: MakePlace, kept: Kept
) -> None:
    place = make_place("alone")
    assert (await place.command("restore", kept.archive)).code == 0
    whole = await place.keys()
    stray, young = f"media/00/{'0' * 64}.png", f"media/11/{'1' * 64}.png"
    for key in (stray, young):
        await place.store.put_bytes(key, b"left behind")
    folder = place.folder / "data" / "media"
    long_ago = time.time() - 3700
    for key in (stray, *whole):
        os.utime(folder / key, (long_ago, long_ago))

    looked = await place.command("verify")
    there = await place.keys()
    told = await place.command("verify", "--mend")

    assert looked.code == told.code == 0
    assert f"Unreferenced: {stray}, 11 B." in looked.said
    assert "`playground verify --mend` deletes them" in looked.said
    assert there == sorted([stray, young, *whole])
    assert f"Deleted: {stray}, 11 B." in told.said
    assert young not in told.said
    assert await place.keys() == sorted([young, *whole])
    assert (await chore(place, "verify"))["deleted"] == 1


async def test_a_file_that_is_given_again_is_not_taken_for_one_left_behind(
    make_place: MakePlace, kept: Kept, tmp_path: Path
) -> None:
    place = make_place("alone")
    assert (await place.command("restore", kept.archive)).code == 0
    key, file = f"media/00/{'0' * 64}.png", tmp_path / "file"
    file.write_bytes(b"given again")
    await place.store.put_file(key, file)
    long_ago = time.time() - 3700
    os.utime(place.folder / "data" / "media" / key, (long_ago, long_ago))
    await place.store.put_file(key, file)

    done = await place.command("verify", "--mend")

    assert key not in done.said
    assert await place.store.exists(key)
