"""A backup comes back as it was, in either kind of place, and sends nothing by itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.chores.archive import ArchiveWriter, members
from app.db.columns import new_id, utc_now
from app.db.held import holding
from app.runs import queries
from app.runs.queries import Run
from app.runs.states import State
from tests.chores.conftest import Kept, MakePlace, Place, Sent, seen
from tests.media.samples import located
from tests.support.playground import EDIT, SMALL, Playground


async def give_file(play: Playground, path: Path) -> str:
    """Upload a picture that is sent as a prepared copy; how inputs name it."""
    answer = await play.client.post(
        "/uploads",
        files=[("file", (path.name, path.read_bytes()))],
        headers={"accept": "application/json"},
    )
    reference: str = answer.json()["files"][0]["reference"]
    return reference


async def leave_unsent(place: Place, run: Run) -> list[str]:
    """Leave runs as a killed server does: one waiting, one whose answer had not come."""
    database = place.database
    waiting = replace(
        run,
        id=new_id(),
        form_key=new_id(),
        state=State.SAVED,
        request_id=None,
        inputs={"prompt": f"never sent {new_id()}"},
        sent_at=None,
    )
    going = replace(
        waiting,
        id=new_id(),
        form_key=new_id(),
        state=State.SENDING,
        inputs={"prompt": f"being sent {new_id()}"},
        sent_at=run.sent_at,
    )
    async with database.begin() as tx:
        await queries.save(tx, waiting)
        await queries.save(tx, going)
    await database.close()
    return [waiting.id, going.id]


@pytest.mark.parametrize("source", ["alone", "shared"])
async def test_a_backup_comes_back_in_either_kind_of_place_and_sends_nothing(
    make_place: MakePlace, tmp_path: Path, sent: Sent, source: str
) -> None:
    place, archive = make_place(source), tmp_path / "all.tar"
    held, given = f"waits [held] {new_id()}", f"of a picture {new_id()}"
    async with place.open() as play:
        reference = await give_file(play, located(tmp_path / "IMG.jpg", orientation=6))
        edited = await play.run(EDIT, prompt=given, image_urls=reference, **SMALL)
        done = await play.run(prompt="a cup", seed="18446744073709551615", **SMALL)
        under_way = await play.until(await play.run(prompt=held, **SMALL), "queued")
        finished = [await play.until(run_id) for run_id in (edited, done)]
        before = await seen(play)
    in_doubt = await leave_unsent(place, under_way)

    backed_up = await place.command("backup", archive)
    assert backed_up.code == 0, backed_up.said

    same, other = make_place(source), make_place("shared" if source == "alone" else "alone")
    for target in (same, other):
        restored = await target.command("restore", archive)
        assert restored.code == 0, restored.said
        assert "2 runs may have been sent since" in restored.said
        verified = await target.command("verify")
        assert "0 missing, 0 damaged, 0 mended" in verified.said
    async with other.open() as play:
        assert await seen(play) == before
        for run in finished:
            assert await play.services.read(run.id) == run
        for run_id in in_doubt:
            page = await play.page(f"/runs/{run_id}")
            assert 'data-state="unknown"' in page
            assert "may have been sent since" in page
            assert sent.times((await play.services.read(run_id)).inputs["prompt"]) == 0
        assert (await play.services.read(under_way.id)).state == "queued"
        await sent.let_end(under_way.request_id)
        assert (await play.until(under_way.id)).state == "completed"
    assert sent.times(held) == sent.times(given) == 1


async def is_untouched(place: Place) -> bool:
    """Whether there is neither a row nor a file of anything restored."""
    database = place.database
    async with database.read() as tx:
        rows = await tx.scalar(text("select count(*) from runs"))
    await database.close()
    return rows == 0 and await place.keys() == []


async def restores(place: Place, kept: Kept) -> bool:
    """Whether the whole backup can be restored there."""
    done = await place.command("restore", kept.archive)
    assert done.code == 0, done.said
    return len(await place.keys()) == 4


def broken(kept: Kept, into: Path, change: Callable[[bytearray], object]) -> Path:
    """The backup with its bytes changed."""
    content = bytearray(kept.archive.read_bytes())
    change(content)
    into.write_bytes(content)
    return into


def change_at(place: bytes) -> Callable[[bytearray], object]:
    """Overwrites a byte behind a place in the archive."""

    def change(content: bytearray) -> None:
        content[content.index(place) + 700] ^= 1

    return change


def cut_by(size_bytes: int) -> Callable[[bytearray], object]:
    """Leaves the end of the archive out."""

    def change(content: bytearray) -> None:
        del content[-size_bytes:]

    return change


DAMAGES: dict[str, tuple[Callable[[bytearray], object], str]] = {
    "a row": (change_at(b"tables/runs/"), "It is damaged"),
    "a file": (change_at(b"files/media/"), "It is damaged"),
    "the list of files": (change_at(b"index/"), "It is damaged"),
    "its hash": (lambda content: content.__setitem__(-1500, 0x67), "It is damaged"),
    "cut off by a block": (cut_by(512), "cut off"),
    "cut off in a file": (cut_by(20_000), "cut off"),
    "nothing left": (cut_by(10**9), "cut off"),
    "more behind it": (lambda content: content.extend(b"x" * 512), "cut off"),
    "another file": (lambda content: content.__setitem__(slice(None), b"PK" * 9000), "cut off"),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_archive_is_refused_and_leaves_nothing(
    make_place: MakePlace, kept: Kept, tmp_path: Path, damage: str
) -> None:
    place = make_place("alone")
    change, sentence = DAMAGES[damage]

    done = await place.command("restore", broken(kept, tmp_path / "broken.tar", change))

    assert done.code == 1
    assert "broken.tar was not restored." in done.said
    assert sentence in done.said
    assert not (place.folder / "data").exists()


Change = Callable[[str, bytes], list[tuple[str, bytes]]]


def rewritten(kept: Kept, into: Path, change: Change) -> Path:
    """The backup with members changed by somebody who knows how it is sealed."""
    with kept.archive.open("rb") as source, into.open("wb") as target:
        writer = ArchiveWriter(target, utc_now())
        for member in members(source):
            for name, content in change(member.name, member.read(10**9)):
                writer.add(name, content)
        writer.seal()
    return into


def swapped(part: str, old: bytes, new: bytes, times: int = -1) -> Change:
    """Replaces bytes in the members whose names begin so."""

    def change(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if not name.startswith(part):
            return [(name, content)]
        assert old in content
        return [(name, content.replace(old, new, times))]

    return change


def renamed(part: str, name: str) -> Change:
    """Gives members another name."""
    return lambda old, content: [(name if old.startswith(part) else old, content)]


def without(part: str) -> Change:
    """Leaves members out."""
    return lambda name, content: [] if name.startswith(part) else [(name, content)]


def other_bytes(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """Files that are as long as they were, but others."""
    return [(name, content[::-1] if name.startswith("files/media/") else content)]


def twice(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """Each run twice, and counted so."""
    if name == "manifest.json":
        told: dict[str, Any] = json.loads(content)
        told["rows"]["runs"] *= 2
        return [(name, json.dumps(told).encode())]
    return [(name, content * 2 if name.startswith("tables/runs/") else content)]


FALSE: dict[str, tuple[Change, str]] = {
    "later": (swapped("manifest", b'"0002"', b'"9999"'), "It was made by a later release"),
    "earlier": (swapped("manifest", b'"0002"', b'"0001"'), "It was made by an earlier release"),
    "no manifest": (without("manifest"), "no backup of a playground"),
    "no end": (without("end"), "It has no end"),
    "no rows": (without("tables/media"), "rows of media"),
    "no files": (without("files"), "not in it as its list says"),
    "no list": (without("index"), "not as long as it says"),
    "a list that leads out": (
        swapped("index", b'"media/', b'"media/../'),
        "Its list of files makes no sense",
    ),
    "rows that lead out": (
        swapped("tables/media", b'"media/', b'"/etc/'),
        "names a file in a way that a playground never does",
    ),
    "a file that leads out": (
        renamed("files/media", "files/media/../../x"),
        "not in it as its list says",
    ),
    "another table": (renamed("tables/runs", "tables/secrets/000001.jsonl"), "other tables"),
    "another type": (
        swapped("tables/runs", b'"version": ', b'"version": "1", "x": '),
        "does not fit the table runs",
    ),
    "another state": (swapped("tables/runs", b'"completed"', b'"paid"'), "a state that there is"),
    "deep": (swapped("end", b"{}", b"[" * 100_000), "makes no sense"),
    # These are found out only when a part of it has been put there.
    "other bytes": (other_bytes, "is not what its name says"),
    "a row twice": (twice, "a row of runs that the database does not take"),
}


@pytest.mark.parametrize("what", FALSE)
async def test_a_false_archive_is_refused_and_leaves_nothing(
    make_place: MakePlace, kept: Kept, tmp_path: Path, what: str
) -> None:
    place = make_place("alone")
    change, sentence = FALSE[what]

    done = await place.command("restore", rewritten(kept, tmp_path / "false.tar", change))

    assert done.code == 1
    assert sentence in done.said
    if (place.folder / "data").exists():
        assert await is_untouched(place)
        assert await restores(place, kept)


async def test_a_file_that_was_deleted_during_the_backup_is_not_missed(
    make_place: MakePlace, kept: Kept, tmp_path: Path
) -> None:
    place = make_place("alone")
    gone, _, small, _ = await kept.place.keys()

    def without_them(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if name in (f"files/{gone}", f"files/{small}"):
            return []
        if name == "end.json":
            content = json.dumps({"left_out": {gone: "deleted", small: "missing"}}).encode()
        return [(name, content)]

    done = await place.command("restore", rewritten(kept, tmp_path / "part.tar", without_them))

    assert done.code == 0
    assert "1 files were missing or damaged when it was made" in done.said
    async with place.open() as play:
        after = await seen(play)
    # The one picture that is left has its small one again, whichever of the two it was.
    assert set(after.values()) - {after["page"]} <= set(kept.gallery.values())
    assert [key for key in await place.keys() if key.startswith("thumbnails/")]


async def test_what_a_killed_restore_has_left_is_no_hindrance(
    make_place: MakePlace, kept: Kept
) -> None:
    place = make_place("alone")
    for key in (await kept.place.keys())[:2]:
        async with kept.place.store.local_file(key) as path:
            await place.store.put_bytes(key, path.read_bytes()[:100])

    assert await restores(place, kept)
    assert "0 missing, 0 damaged" in (await place.command("verify")).said


@pytest.mark.parametrize("kind", ["alone", "shared"])
async def test_only_an_empty_place_takes_a_backup(
    make_place: MakePlace, kept: Kept, kind: str
) -> None:
    full, strewn = make_place(kind), make_place(kind)
    assert await restores(full, kept)
    await strewn.store.put_bytes(f"media/00/{'0' * 64}.png", b"somebody's")

    again = await full.command("restore", kept.archive)
    beside = await strewn.command("restore", kept.archive)

    assert (again.code, beside.code) == (1, 1)
    assert "There are runs, files or models in the database already" in again.said
    assert "There are files in the storage already" in beside.said
    assert len(await full.keys()) == 4
    assert await strewn.keys() == [f"media/00/{'0' * 64}.png"]


async def test_a_place_where_a_server_was_only_started_is_empty(
    make_place: MakePlace, kept: Kept
) -> None:
    place = make_place("alone")
    assert (await place.command("models")).code == 0

    assert await restores(place, kept)


async def test_a_running_server_is_not_restored_under(make_place: MakePlace, kept: Kept) -> None:
    place = make_place("alone")
    (place.folder / "data").mkdir(parents=True)

    with holding(place.folder / "data"):
        done = await place.command("restore", kept.archive)

    assert done.code == 1
    assert "A playground is running" in done.said
    assert await restores(place, kept)


async def test_a_running_replica_is_not_restored_under(make_place: MakePlace, kept: Kept) -> None:
    place = make_place("shared")
    assert (await place.command("models")).code == 0
    beat = (
        "insert into replicas (id, name, version, state, started_at, beat_at, follows,"
        " key_mark)"
        " values ('one', 'web-1', '1', 'ready', now(), now() - interval '4 seconds', 0, '0')"
    )
    await written(place, beat)

    done = await place.command("restore", kept.archive)
    await written(place, "update replicas set state = 'gone'")

    assert done.code == 1
    assert "A playground is running on this database. Stop it, then restore." in done.said
    assert await restores(place, kept)


async def written(place: Place, statement: str) -> None:
    """Change the place's database as another process would."""
    database = place.database
    async with database.begin() as tx:
        await tx.execute(text(statement))
    await database.close()


async def test_what_cannot_be_read_is_named(make_place: MakePlace, tmp_path: Path) -> None:
    done = await make_place("alone").command("restore", tmp_path / "nothing.tar")

    assert done.code == 1
    assert "nothing.tar cannot be read: No such file or directory." in done.said
