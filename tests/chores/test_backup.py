"""A backup is whole, beside a running server too, and holds no secret."""

import asyncio
import json
import re
import stat
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.chores.rows import tables
from app.db.columns import new_id
from app.db.tables import chores, metadata
from tests.chores.conftest import KEY, TOKEN, Kept, MakePlace, Place, Sent
from tests.support.playground import SMALL

PASSWORD = "a-password-of-the-database-0123456789"


async def chore(place: Place, name: str) -> dict[str, Any]:
    """What is written down of the last backup, restore or verify."""
    database = place.database
    async with database.read() as tx:
        told = await tx.scalar(select(chores.c.told).where(chores.c.name == name))
    await database.close()
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize("kind", ["alone", "shared"])
async def test_a_backup_beside_a_server_with_runs_under_way_is_of_one_moment(
    make_place: MakePlace, tmp_path: Path, sent: Sent, kind: str
) -> None:
    place, archive = make_place(kind), tmp_path / "all.tar"
    if "database_url" in place.settings:
        url = place.settings["database_url"].replace("postgres@", f"postgres:{PASSWORD}@")
        place = replace(place, settings={**place.settings, "database_url": url})
    prompts = [f"boat {number} {new_id()}" for number in range(4)]
    async with place.open() as play:
        ended = await play.until(await play.run(prompt=prompts[0], **SMALL))
        backing_up = asyncio.create_task(place.command("backup", archive))
        run_ids = [await play.run(prompt=prompt, **SMALL) for prompt in prompts[1:]]
        done = await backing_up
        for run_id in run_ids:
            assert (await play.until(run_id)).state == "completed"

    assert done.code == 0, done.said
    assert re.search(r"all\.tar: \d+ runs and \d+ files, .* checked by hash", done.said)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("all.tar*")] == ["all.tar"]
    written = archive.read_bytes()
    for secret in (TOKEN, KEY, PASSWORD):
        assert secret.encode() not in written
    told = await chore(place, "backup")
    assert told["file"] == "all.tar"
    assert told["bytes"] == len(written)
    assert told["checked"] is True

    target = make_place("alone")
    assert (await target.command("restore", archive)).code == 0
    assert (await chore(target, "restore"))["runs"] == told["runs"]
    async with target.open() as play:
        assert (await play.services.read(ended.id)).state == "completed"
        async with play.services.database.read() as tx:
            found = list(await tx.scalars(select(metadata.tables["runs"].c.id)))
        assert len(found) == told["runs"]
        for run_id in found:
            assert (await play.until(run_id)).state in ("completed", "unknown")
    verified = await target.command("verify")
    assert "0 missing, 0 damaged, 0 mended" in verified.said
    assert [sent.times(prompt) for prompt in prompts] == [1] * 4


async def test_any_tar_lists_and_unpacks_it(kept: Kept, tmp_path: Path) -> None:
    with tarfile.open(kept.archive) as archive:
        archive.extractall(tmp_path, filter="data")

    manifest = json.loads((tmp_path / "manifest.json").read_text())
    written = (tmp_path / "tables/runs/000001.jsonl").read_text()
    runs = [json.loads(line) for line in written.splitlines()]
    assert manifest["rows"]["runs"] == len(runs) == 2
    assert [run["id"] for run in runs] == sorted(kept.run_ids)
    assert json.loads(runs[0]["inputs"])["prompt"] == "a cup"
    pictures = sorted(await kept.place.keys())
    for key in pictures:
        async with kept.place.store.local_file(key) as path:
            assert (tmp_path / "files" / key).read_bytes() == path.read_bytes()
    assert manifest["files"] == len(pictures) == 4


def test_every_table_is_in_it_but_those_about_the_processes() -> None:
    left_out = metadata.tables.keys() - {table.name for table in tables()}

    assert left_out <= {"replicas", "pauses", "chores", "changes"}


async def test_a_missing_and_a_damaged_file_are_named_and_the_rest_is_whole(
    make_place: MakePlace, kept: Kept, tmp_path: Path
) -> None:
    place, target, archive = make_place("alone"), make_place("alone"), tmp_path / "part.tar"
    assert (await place.command("restore", kept.archive)).code == 0
    missing, damaged, small, _ = await place.keys()
    folder = place.folder / "data" / "media"
    (folder / missing).unlink()
    with (folder / damaged).open("r+b") as file:
        file.seek(500)
        file.write(b"\0\1\2\3")
    (folder / small).unlink()

    done = await place.command("backup", archive)

    assert done.code == 1
    assert f"{missing} is missing" in done.said
    assert f"{damaged} is damaged" in done.said
    assert "NOT in it: 3 files" in done.said
    assert (await chore(place, "backup"))["left_out"] == 3
    restored = await target.command("restore", archive)
    assert restored.code == 0
    assert "3 files were missing or damaged when it was made" in restored.said
    assert len(await target.keys()) == 1


async def test_a_file_that_is_there_is_never_overwritten(kept: Kept, tmp_path: Path) -> None:
    there = tmp_path / "there.tar"
    there.write_bytes(b"of yesterday")

    done = await kept.place.command("backup", there)

    assert done.code == 1
    assert "there.tar is there already" in done.said
    assert there.read_bytes() == b"of yesterday"


async def test_what_a_killed_backup_left_is_written_over(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "all.tar.part").write_bytes(b"half" * 1_000_000)

    done = await kept.place.command("backup", tmp_path / "all.tar")

    assert done.code == 0
    assert (tmp_path / "all.tar").stat().st_size == kept.archive.stat().st_size
    assert not (tmp_path / "all.tar.part").exists()


async def test_where_nothing_can_be_written_or_nothing_is_there_it_says_so(
    make_place: MakePlace, kept: Kept, tmp_path: Path
) -> None:
    nowhere = await kept.place.command("backup", tmp_path / "no" / "all.tar")
    nothing = await make_place("alone").command("backup", tmp_path / "all.tar")

    assert nowhere.code == nothing.code == 1
    assert "all.tar cannot be written: No such file or directory." in nowhere.said
    assert "There is no database yet" in nothing.said
    assert not (tmp_path / "all.tar").exists()
