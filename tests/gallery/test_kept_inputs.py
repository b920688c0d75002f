"""Kept inputs: searched by name, deleted when no run was given them, and never otherwise."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from app.db.columns import first_id_at, utc_now
from app.db.tables import media
from app.media import removing
from app.media.folder import FolderStore
from app.media.queries import Media
from app.media.receiving import Arrived
from app.media.use_queries import FileDeleted, forget_unused, note_uses
from tests.media.samples import located, plain_picture
from tests.support.playground import EDIT, HTMX, SMALL, Playground, quick_playground

JSON = {"accept": "application/json"}
PAGE = 48


async def give(play: Playground, path: Path) -> dict[str, Any]:
    files = [("file", (path.name, path.read_bytes()))]
    answer = await play.client.post("/uploads", files=files, headers=JSON)
    [one] = answer.json()["files"]
    assert one["kept"], one
    return dict(one)


def an_input(number: int, **values: Any) -> dict[str, Any]:
    """A row as an upload of some time ago left it; its bytes are not there."""
    long_ago = utc_now() - timedelta(days=2)
    plain = {
        "id": first_id_at(long_ago)[:10] + f"{number:016}",
        "owner_id": "owner",
        "position": 0,
        "origin": "input",
        "sha256": f"{number:064}",
        "size_bytes": 1000,
        "kind": "image",
        "media_type": "image/png",
        "extension": "png",
        "width": 600,
        "height": 400,
        "storage_key": f"given/{number:064}.png",
        "name": f"old {number}.png",
        "plain_name": f"old {number}.png",
        "created_at": long_ago,
    }
    return plain | values


def stored(play: Playground) -> set[str]:
    """The keys of all that is stored."""
    folder = play.folder / "data" / "media"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def names(page: str) -> list[str]:
    return re.findall(r'<p class="b sm cut" title="([^"]+)"', page)


async def test_inputs_are_found_by_parts_of_their_names(shared: Playground, tmp_path: Path) -> None:
    for number, name in enumerate(("Büste, 100%.png", "BUSTE alt.png", "vase.png")):
        await give(shared, plain_picture(tmp_path / name, (number, 7, 70)))

    async def found(q: str) -> list[str]:
        answer = await shared.client.get("/gallery", params={"show": "inputs", "q": q})
        return sorted(names(answer.text))

    assert await found("büs") == ["BUSTE alt.png", "Büste, 100%.png"]
    assert await found("Buste PNG") == ["BUSTE alt.png", "Büste, 100%.png"]
    assert await found("0%") == ["Büste, 100%.png"]
    assert await found("b_ste") == []
    typed = await shared.client.get("/gallery?show=inputs&q=VAS", headers=HTMX)
    assert names(typed.text) == ["vase.png"]
    assert "1 found" in typed.text
    assert "<html" not in typed.text
    assert typed.headers["hx-replace-url"] == "/gallery?show=inputs&q=VAS"
    nothing = await shared.page("/gallery?show=inputs&q=%3Cb%3E")
    assert "No file here has “&lt;b&gt;” in its name." in nothing


async def test_the_picker_searches_too_and_keeps_what_it_is_for(
    shared: Playground, tmp_path: Path
) -> None:
    await give(shared, plain_picture(tmp_path / "picked harbour.png", (1, 70, 7)))
    asked = {"model": EDIT, "for": "image_urls", "kind": "image", "show": "inputs", "q": "HARB"}

    page = await shared.client.get("/gallery/pick", params=asked)
    typed = await shared.client.get(
        "/gallery/pick", params=asked, headers={**HTMX, "hx-target": "picks"}
    )

    assert f'<input type="hidden" name="model" value="{EDIT}">' in page.text
    assert page.text.count('name="image_urls"') == 1
    assert typed.text.count('name="image_urls"') == 1
    assert "<form" not in typed.text


async def test_older_pages_of_a_search_hold_the_rest(shared: Playground) -> None:
    rows = [an_input(1000 + one, plain_name=f"paged {one}.png") for one in range(PAGE + 3)]
    async with shared.services.database.begin() as tx:
        await tx.execute(insert(media), rows)

    first = await shared.page("/gallery?show=inputs&q=paged")
    [older] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = await shared.client.get(older.replace("&amp;", "&"), headers=HTMX)

    assert (len(names(first)), len(names(second.text))) == (PAGE, 3)
    assert 'rel="next"' not in second.text


async def test_what_no_run_was_given_is_deleted_with_all_that_was_made_of_it(
    shared: Playground, tmp_path: Path
) -> None:
    before = stored(shared)
    one = await give(shared, located(tmp_path / "seen from here.jpg", orientation=6))
    await shared.client.get(one["thumbnail"])
    kinds = {key.split("/")[0] for key in stored(shared) - before}

    page = await shared.page(f"/gallery/inputs/{one['id']}")
    answer = await shared.client.post(f"/gallery/inputs/{one['id']}/delete")

    assert kinds == {"given", "prepared", "thumbnails"}
    assert "Delete seen from here.jpg?" in page
    assert answer.headers["location"] == "/gallery?show=inputs&deleted=1"
    assert stored(shared) == before
    assert (await shared.client.get(f"/media/{one['id']}/a.jpg")).status_code == 404
    assert (await shared.client.get(f"/gallery/inputs/{one['id']}")).status_code == 404
    assert "1 file deleted." in await shared.page(answer.headers["location"])
    again = await shared.client.post(
        f"/models/{EDIT}/runs", data={"prompt": "with it", "image_urls": one["reference"]}
    )
    assert again.status_code == 422
    assert "This file is not kept here any more. Choose it again." in again.text


async def test_what_a_run_was_given_stays_and_says_why(shared: Playground, tmp_path: Path) -> None:
    one = await give(shared, plain_picture(tmp_path / "needed.png", (7, 7, 70)))
    run_id = await shared.run(EDIT, prompt="needs it", image_urls=one["reference"])

    shelf = await shared.page("/gallery?show=inputs&q=needed.png")
    page = await shared.page(f"/gallery/inputs/{one['id']}")
    answer = await shared.client.post(f"/gallery/inputs/{one['id']}/delete")

    assert "Used in 1 run<" in shelf
    assert f'href="/media/{one["id"]}/use"' in shelf
    assert "It was given to 1 run, so it stays" in page
    assert f'href="/runs/{run_id}"' in page
    assert "/delete" not in page
    assert answer.status_code == 409
    assert "A run was given this file, so it stays." in answer.text
    assert (await shared.client.get(f"/media/{one['id']}/a.png")).status_code == 200


async def test_somebody_else_s_input_is_not_there_and_equal_bytes_stay_for_them(
    shared: Playground, tmp_path: Path
) -> None:
    path = plain_picture(tmp_path / "both have it.png", (70, 7, 7))
    mine = await give(shared, path)
    theirs = await taken(shared, path, "somebody else")

    answers = [
        await shared.client.get(f"/gallery/inputs/{theirs.id}"),
        await shared.client.post(f"/gallery/inputs/{theirs.id}/delete"),
        await shared.client.post(f"/gallery/inputs/{mine['id']}/delete"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 303]
    assert await shared.services.media.store.exists(theirs.storage_key)


async def test_a_result_given_again_is_stored_once_and_outlives_the_input(
    shared: Playground, tmp_path: Path
) -> None:
    run = await shared.until(await shared.run(prompt="given back", **SMALL))
    page = await shared.page(f"/runs/{run.id}")
    [address] = set(re.findall(r'src="(/media/\w{26}/[^"]+\.png)"', page))
    path = tmp_path / "result.png"
    path.write_bytes((await shared.client.get(address)).content)
    before = stored(shared)
    one = await give(shared, path)
    given = {key for key in stored(shared) - before if not key.startswith("thumbnails/")}

    answer = await shared.client.post(f"/gallery/inputs/{one['id']}/delete")

    assert given == set()
    assert answer.status_code == 303
    assert (await shared.client.get(address)).content == path.read_bytes()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
async def either(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Playground]:
    """A playground on SQLite, then on Postgres."""
    url = ""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").fresh_database()
    async with quick_playground(tmp_path_factory.mktemp("either"), database_url=url) as running:
        yield running


async def test_all_that_nothing_uses_goes_at_once_but_what_is_new(
    either: Playground, tmp_path: Path
) -> None:
    fresh = await give(either, plain_picture(tmp_path / "fresh.png"))
    rows = [an_input(number) for number in range(45)]
    theirs = an_input(99, owner_id="somebody else")
    async with either.services.database.begin() as tx:
        await tx.execute(insert(media), [*rows, theirs])
    used = await either.run(EDIT, prompt="old", image_urls=f"media:{rows[7]['id']}")

    page = await either.page("/gallery/unused")
    [before] = re.findall(r'name="before" value="(\w{26})"', page)
    answer = await either.client.post("/gallery/unused", data={"before": before})
    shelf = await either.page(answer.headers["location"])
    async with either.services.database.read() as tx:
        left = {row[0] for row in await tx.execute(media.select().with_only_columns(media.c.id))}

    assert "44 files, 44 KB" in page
    assert "44 files deleted." in shelf
    assert sorted(names(shelf)) == ["fresh.png", "old 7.png"]
    assert {fresh["id"], rows[7]["id"], theirs["id"]} <= left
    assert f"/runs/{used}" in await either.page(f"/gallery/inputs/{rows[7]['id']}")
    assert "There is nothing to delete" in await either.page("/gallery/unused")


async def taken(play: Playground, path: Path, owner_id: str) -> Media:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    arrived = Arrived(path.name, path, digest, path.stat().st_size)
    return await play.services.uploads.take(arrived, owner_id=owner_id)


async def test_a_run_and_a_deletion_at_the_same_moment_never_both_succeed(
    either: Playground, tmp_path: Path
) -> None:
    for number in range(6):
        one = await give(either, plain_picture(tmp_path / f"{number}.png", (number, 1, 1)))
        values = {"prompt": f"raced {number}", "image_urls": one["reference"]}

        sent, deleted = await asyncio.gather(
            either.client.post(f"/models/{EDIT}/runs", data=values),
            either.client.post(f"/gallery/inputs/{one['id']}/delete"),
        )

        outcome = (sent.status_code, deleted.status_code)
        assert outcome in {(303, 409), (422, 303)}
        is_there = await either.client.get(f"/media/{one['id']}/a.png")
        assert is_there.status_code == (200 if outcome == (303, 409) else 404)


async def test_a_deletion_waits_for_the_run_that_is_being_saved(
    either: Playground, tmp_path: Path
) -> None:
    one = await taken(either, plain_picture(tmp_path / "waited for.png"), "owner")
    run = await either.services.read(await either.run(prompt="a run"))

    async with either.services.database.begin() as tx:
        await note_uses(tx, run.id, "owner", [one.id])
        deletion = asyncio.create_task(removing.remove(either.services.media, "owner", [one.id]))
        done, _ = await asyncio.wait([deletion], timeout=0.2)

    assert not done
    assert await deletion == []
    assert await either.services.media.store.exists(one.storage_key)


async def test_a_run_waits_for_the_deletion_and_is_then_not_saved(
    either: Playground, tmp_path: Path
) -> None:
    one = await taken(either, plain_picture(tmp_path / "going.png", (9, 9, 1)), "owner")
    run = await either.services.read(await either.run(prompt="another run"))

    async def use_it() -> None:
        async with either.services.database.begin() as tx:
            await note_uses(tx, run.id, "owner", [one.id])

    async with either.services.database.begin() as tx:
        gone = await forget_unused(tx, "owner", [one.id])
        use = asyncio.create_task(use_it())
        done, _ = await asyncio.wait([use], timeout=0.2)

    assert [media.id for media in gone] == [one.id]
    assert not done
    with pytest.raises(FileDeleted):
        await use


class _SlowFolder(FolderStore):
    """A folder whose answer to a file just put takes its time."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.put, self.answers = asyncio.Event(), asyncio.Event()

    async def put_file(self, key: str, path: Path) -> None:
        await super().put_file(key, path)
        self.put.set()
        await self.answers.wait()


async def test_equal_bytes_that_somebody_gives_at_that_moment_are_there_afterwards(
    either: Playground, tmp_path: Path
) -> None:
    room = either.services.media
    path = located(tmp_path / "equal.jpg")
    mine = await taken(either, path, "owner")
    usual, slow = room.store, _SlowFolder(either.folder / "data" / "media")

    room.store = slow
    giving = asyncio.create_task(taken(either, path, "somebody else"))
    await slow.put.wait()
    gone = await removing.remove(room, "owner", [mine.id])
    slow.answers.set()
    theirs = await giving
    room.store = usual

    assert len(gone) == 1
    assert await usual.exists(theirs.storage_key)
    assert await usual.exists(theirs.sent.key)
    assert theirs.sent.key.startswith("prepared/")
