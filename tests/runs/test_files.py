"""A run's files: taken with the form, checked, handed over each way, really used."""

import asyncio
import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app.media import queries as media_queries
from app.media.links import LINK_SECONDS, Held
from app.simulator.beside import simulator_beside
from tests.media.samples import located, picture, plain_picture, video
from tests.support.command import command
from tests.support.plain import PLAIN
from tests.support.playground import (
    EDIT,
    HTMX,
    Playground,
    accepted,
    playground,
    quick_playground,
)
from tests.support.processes import free_port
from tests.support.serve import Server
from tests.support.swift import Swift

FORM = f"/models/{EDIT}/runs"
RULED = "meadow/aster-2/studio/edit"
FRAMES = "tidewater/keyframes/image-to-video"
TIMES = {"queue_seconds": 0.1, "run_seconds": 0.2, "rough": True}


async def upload(play: Playground, path: Path) -> dict[str, Any]:
    """A file given beforehand."""
    answer = await play.client.post(
        "/uploads",
        files=[("file", (path.name, path.read_bytes()))],
        headers={"accept": "application/json"},
    )
    found: dict[str, Any] = answer.json()["files"][0]
    assert found["kept"], found
    return found


def parts(*given: tuple[str, Path | str]) -> list[tuple[str, Any]]:
    """A form in parts, in this order: texts and files."""
    return [
        (name, (value.name, value.read_bytes()) if isinstance(value, Path) else (None, value))
        for name, value in given
    ]


async def result(play: Playground, run_id: str) -> Image.Image:
    """The first picture that a run has made."""
    run = await play.until(run_id)
    assert run.state == "completed", run.words
    async with play.services.database.read() as tx:
        [media] = await media_queries.of_run(tx, run_id)
    answer = await play.client.get(f"/media/{media.id}/x")
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def is_made_from_halves(made: Image.Image) -> bool:
    """Whether blue is above and red below, as in the upright input."""
    wide, high = made.size
    above = made.resize((1, 1), box=(0, 0, wide, high // 3)).getpixel((0, 0))
    below = made.resize((1, 1), box=(0, high * 2 // 3, wide, high)).getpixel((0, 0))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    return high > wide and above[2] > above[0] + 40 and below[0] > below[2] + 40


async def test_a_file_in_the_form_travels_inside_the_request_and_is_used(
    shared: Playground, tmp_path: Path
) -> None:
    path = located(tmp_path / "IMG_1.jpg", orientation=6)

    answer = await shared.client.post(
        FORM, files=parts(("prompt", "soft inside"), ("image_urls", ""), ("image_urls", path))
    )

    assert answer.status_code == 303, answer.text
    run_id = answer.headers["location"].rsplit("/", 1)[-1]
    assert is_made_from_halves(await result(shared, run_id))
    [sent] = shared.sent("soft inside")
    assert sent["image_urls"][0].startswith("sha256:")
    run = await shared.services.read(run_id)
    assert re.fullmatch(r"media:\w{26}", run.inputs["image_urls"][0])
    assert ">IMG_1.jpg</a>" in await shared.page(f"/runs/{run_id}")


async def test_what_reaches_runcomfy_tells_no_place(shared: Playground, tmp_path: Path) -> None:
    one = await upload(shared, located(tmp_path / "x.jpg", orientation=6))
    run_id = await shared.run(EDIT, prompt="no place", image_urls=one["reference"])
    await shared.until(run_id)

    [sent] = shared.sent("no place")
    given = (shared.folder / "simulator").rglob(sent["image_urls"][0].removeprefix("sha256:"))
    with Image.open(next(given)) as received:
        assert received.size == (400, 600)
        assert not received.getexif()


async def test_files_and_addresses_stand_in_their_order(shared: Playground, tmp_path: Path) -> None:
    first = plain_picture(tmp_path / "first.png", (10, 20, 30))
    last = plain_picture(tmp_path / "last.png", (30, 20, 10))
    offered = shared.services.offers[0]

    answer = await shared.client.post(
        FORM,
        files=parts(
            ("prompt", "in order"),
            ("image_urls", first),
            ("image_urls", offered),
            ("image_urls", last),
        ),
    )

    run = await shared.services.read(answer.headers["location"].rsplit("/", 1)[-1])
    named = run.inputs["image_urls"]
    assert named[1] == offered
    async with shared.services.database.read() as tx:
        found = await media_queries.by_ids(tx, (one.removeprefix("media:") for one in named))
    assert [found[named[at][6:]].name for at in (0, 2)] == ["first.png", "last.png"]


async def test_a_bad_file_is_named_beside_its_control_and_the_rest_kept(
    shared: Playground, tmp_path: Path
) -> None:
    good = plain_picture(tmp_path / "good.png", (1, 1, 9))
    words = tmp_path / "words.png"
    words.write_text("only words")

    answer = await shared.client.post(
        FORM,
        files=parts(("prompt", "two files"), ("image_urls", good), ("image_urls", words)),
        headers=HTMX,
    )

    assert answer.status_code == 422
    assert "“words.png”: This is a text file named .png. It was not taken." in answer.text
    assert "two files" in answer.text
    assert len(re.findall(r'name="image_urls" value="media:\w{26}"', answer.text)) == 1
    assert "good.png" in answer.text
    assert shared.sent("two files") == []


async def test_only_a_bad_file_is_not_called_missing_too(
    shared: Playground, tmp_path: Path
) -> None:
    (tmp_path / "empty.png").touch()

    answer = await shared.client.post(
        FORM, files=parts(("prompt", "empty one"), ("image_urls", tmp_path / "empty.png"))
    )

    assert answer.status_code == 422
    assert "“empty.png”: The file is empty." in answer.text
    assert "Add an image" not in answer.text


async def test_a_file_where_none_is_taken_is_named(shared: Playground, tmp_path: Path) -> None:
    answer = await shared.client.post(
        FORM,
        files=parts(
            ("prompt", plain_picture(tmp_path / "x.png")), ("image_urls", "https://a.example/x.png")
        ),
    )

    assert answer.status_code == 422
    assert "“x.png” came as a file, and this input takes none." in answer.text


async def test_eleven_files_in_ten_are_all_kept_and_counted(
    shared: Playground, tmp_path: Path
) -> None:
    given = [plain_picture(tmp_path / f"{n}.png", (n, 0, 0)) for n in range(11)]

    answer = await shared.client.post(
        FORM, files=parts(("prompt", "eleven"), *(("image_urls", path) for path in given))
    )

    assert answer.status_code == 422
    assert "11 of at most 10 images. Remove 1." in answer.text
    assert len(re.findall(r'name="image_urls" value="media:', answer.text)) == 11


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("media:01ARZ3NDEKTSV4RRFFQ69G5FAV", "This file is not kept here any more."),
        ("media:short", "is not an address"),
    ],
)
async def test_a_reference_to_nothing_is_refused(
    shared: Playground, reference: str, sentence: str
) -> None:
    answer = await shared.client.post(FORM, data={"prompt": "gone", "image_urls": reference})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{reference}"' in answer.text


async def test_a_video_is_not_taken_for_a_picture(shared: Playground, tmp_path: Path) -> None:
    one = await upload(shared, video(tmp_path / "clip.mp4", seconds=0.5))

    answer = await shared.client.post(
        FORM, data={"prompt": "a clip", "image_urls": one["reference"]}
    )

    assert answer.status_code == 422
    assert "This is a video; images are taken here." in answer.text


async def test_another_s_file_is_as_good_as_none(shared: Playground, tmp_path: Path) -> None:
    one = await upload(shared, plain_picture(tmp_path / "x.png", (7, 7, 7)))
    async with shared.services.database.begin() as tx:
        await tx.exec_driver_sql("UPDATE media SET owner_id = 'another' WHERE id = ?", (one["id"],))

    answer = await shared.client.post(
        FORM, data={"prompt": "another's", "image_urls": one["reference"]}
    )

    assert answer.status_code == 422
    assert "This file is not kept here any more." in answer.text
    assert "x.png" not in answer.text


async def test_a_result_is_used_as_the_next_input(shared: Playground, tmp_path: Path) -> None:
    one = await upload(shared, located(tmp_path / "x.jpg", orientation=6))
    first = await shared.run(EDIT, prompt="soft once", image_urls=one["reference"])
    await shared.until(first)
    async with shared.services.database.read() as tx:
        [made] = await media_queries.of_run(tx, first)

    page = await shared.page(f"/models/{EDIT}?image_urls={made.reference}")
    second = await shared.run(EDIT, prompt="soft again", image_urls=made.reference)

    assert f'name="image_urls" value="{made.reference}"' in page
    assert is_made_from_halves(await result(shared, second))


async def test_a_prompt_that_looks_like_a_reference_is_sent_as_written(
    shared: Playground, tmp_path: Path
) -> None:
    one = await upload(shared, plain_picture(tmp_path / "x.png", (5, 6, 7)))
    for prompt in one["reference"], "media:01ARZ3NDEKTSV4RRFFQ69G5FAV":
        await shared.until(await shared.run(prompt=prompt), "queued", "running")

        assert len(shared.sent(prompt)) == 1


async def test_what_does_not_fit_inside_is_said_before_anything_is_saved(
    shared: Playground, tmp_path: Path
) -> None:
    large = picture(tmp_path / "large.png", "PNG", size=(1800, 1300))
    assert large.stat().st_size > 6 * 1024 * 1024
    one = await upload(shared, large)

    answer = await shared.client.post(
        FORM, data={"prompt": "too large", "image_urls": one["reference"]}
    )

    assert answer.status_code == 422
    assert "6 MB fit inside a request." in answer.text
    assert "set PLAYGROUND_PUBLIC_URL" in answer.text
    async with shared.services.database.read() as tx:
        saved = await tx.exec_driver_sql(
            "SELECT count(*) FROM runs WHERE inputs LIKE '%too large%'"
        )
        assert saved.scalar_one() == 0


async def test_an_inputs_own_rules_are_told_with_the_file_and_again_before_sending(
    shared: Playground, tmp_path: Path
) -> None:
    small = picture(tmp_path / "small.png", "PNG", size=(200, 200))
    rule = "A picture must be at least 240 pixels wide."
    texts = {"model": RULED, "name": "image_urls", "as": "row"}
    given = {"file": (small.name, small.read_bytes())}

    row = await shared.client.post("/uploads", data=texts, files=given)
    [reference] = re.findall(r"media:\w{26}", row.text)
    asked = {"file": reference, "name": "image_urls", "model": RULED, "first": "3"}
    again = await shared.client.get("/uploads/rows", params=asked)
    values = {"prompt": "too narrow", "image_urls": reference}
    answer = await shared.client.post(f"/models/{RULED}/runs", data=values)

    assert all(rule in one.text and "small.png" in one.text for one in (row, again, answer))
    assert (row.status_code, again.status_code, answer.status_code) == (200, 200, 422)
    assert shared.sent("too narrow") == []


async def test_a_row_of_a_file_that_is_gone_says_so(shared: Playground) -> None:
    answer = await shared.client.get("/uploads/rows", params={"file": f"media:{'0' * 26}"})

    assert "This file is not kept here any more. Choose it again." in answer.text


async def test_files_inside_rows_are_taken_with_the_form_and_handed_over(
    shared: Playground, tmp_path: Path
) -> None:
    first, last = (plain_picture(tmp_path / f"{n}.png", (n, 9, 90)) for n in (1, 2))

    answer = await shared.client.post(
        f"/models/{FRAMES}/runs",
        files=parts(
            ("prompt", "inside rows"),
            ("keyframes.0.image", ""),
            ("keyframes.0.image", first),
            ("keyframes.0.time", "0"),
            ("keyframes.1.image", last),
            ("keyframes.1.time", "2"),
        ),
    )

    assert answer.status_code == 303, answer.text
    await shared.until(answer.headers["location"].rsplit("/", 1)[-1])
    [sent] = shared.sent("inside rows")
    assert all(frame["image"].startswith("sha256:") for frame in sent["keyframes"])


async def test_a_file_added_while_the_form_is_reworked_stays(
    shared: Playground, tmp_path: Path
) -> None:
    blank = ("keyframes.0.image", ("", b""))
    path = plain_picture(tmp_path / "a.png", (7, 7, 70))
    given: list[tuple[str, Any]] = [
        ("_do", (None, "add keyframes")),
        ("keyframes.0.image", (None, "")),
        (
            "keyframes.0.image",
            ("a.png", path.read_bytes()),
        ),
        blank,
    ]

    answer = await shared.client.post(f"/models/{FRAMES}/form", files=given)

    assert answer.status_code == 200
    assert re.search(r'name="keyframes.0.image" value="media:\w{26}"', answer.text)
    assert "a.png" in answer.text


async def test_a_file_lost_before_sending_ends_the_run_unsent(
    tmp_path: Path, simulator: str
) -> None:
    async with playground(tmp_path, runcomfy_base_url=simulator) as play:
        one = await upload(play, plain_picture(tmp_path / "x.png"))
        for path in (tmp_path / "data" / "media" / "given").rglob("*.png"):
            path.unlink()

        run_id = await play.run(EDIT, prompt="lost", image_urls=one["reference"])
        run = await play.until(run_id)

        assert (run.state, run.sent_at) == ("failed", None)
        assert "A file of this run cannot be sent." in str(run.words)
        assert play.sent("lost") == []
        page = await play.page(f"/runs/{run_id}")
        assert "Nothing was sent or charged. Give the file again, or another one." in page


@pytest.fixture
def by_link(tmp_path: Path) -> Iterator[Server]:
    """A playground that RunComfy can reach, on a sub-path of its own."""
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    with simulator_beside(tmp_path / "simulator", fetch_origins=[public], **TIMES) as address:
        settings = {
            "RUNCOMFY_BASE_URL": address,
            "PLAYGROUND_PUBLIC_URL": f"{public}/outside",
            "PLAYGROUND_POLL_SECONDS": "0.5",
        }
        server = Server(tmp_path, settings, port=port)
        server.start()
        try:
            yield server
        finally:
            server.stop()


async def test_runcomfy_fetches_a_file_by_its_signed_link(by_link: Server, tmp_path: Path) -> None:
    path = located(tmp_path / "secret name.jpg", orientation=6)
    async with httpx.AsyncClient(base_url=by_link.address, timeout=30, **PLAIN) as client:
        form = parts(("prompt", "soft link"), ("image_urls", path), ("output_format", "png"))
        answer = await client.post(FORM, files=form)
        assert answer.status_code == 303, answer.text
        page = await _ended(client, answer.headers["location"])
        found = re.search(r'<img src="(/media/[^"]+)"', page)
        assert found is not None, page
        made = Image.open(io.BytesIO((await client.get(found[1])).content)).convert("RGB")

    assert is_made_from_halves(made)
    [sent] = accepted(tmp_path / "simulator")
    [link] = sent["inputs"]["image_urls"]
    assert link.startswith(f"{by_link.address}/outside/files/")
    assert "secret" not in link
    async with httpx.AsyncClient(**PLAIN) as anybody:
        fetched = await anybody.get(link)
        token = link.split("/")[-2]
        forged = await anybody.get(link.replace(token, token.swapcase()))
        listing = await anybody.get(f"{by_link.address}/outside/files/")
    assert Image.open(io.BytesIO(fetched.content)).size == (400, 600)
    assert fetched.headers["content-type"] == "image/jpeg"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in fetched.headers["content-security-policy"]
    assert (forged.status_code, listing.status_code) == (404, 404)
    assert token not in by_link.log


async def _ended(client: httpx.AsyncClient, path: str) -> str:
    async with asyncio.timeout(30):
        while True:
            page = (await client.get(path)).text
            if 'data-state="completed"' in page or 'data-state="failed"' in page:
                return page
            await asyncio.sleep(0.1)


async def test_check_fetches_a_link_by_the_public_address(
    by_link: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {
        "PLAYGROUND_PUBLIC_URL": f"{by_link.address}/outside",
        "PLAYGROUND_DATA_DIR": str(tmp_path / "data"),
    }

    fine = await command("check", settings=settings)
    by_link.stop()
    broken = await command("check", settings=settings)
    by_link.start()

    assert f"files: a file was fetched by its link, from 127.0.0.1:{by_link.port}" in fine.said
    assert fine.code == 0
    assert "files: NOT in order. Nothing answers there" in broken.said
    assert "look at PLAYGROUND_PUBLIC_URL" in broken.said
    assert broken.code == 1
    assert (tmp_path / "data" / "secret.key").read_text() not in fine.said + broken.said


async def test_a_link_ends(shared: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    links = shared.services.links
    token = (await links.address_of(Held("media/aa/x.png", "image/png"))).split("/")[-2]

    assert links.open(token) == Held("media/aa/x.png", "image/png")
    later = time.time() + LINK_SECONDS + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert links.open(token) is None
    assert (await shared.client.get(f"/files/{token}/x.png")).status_code == 404


async def test_at_the_public_address_nothing_but_files_is_answered(tmp_path: Path) -> None:
    public = "https://files.example.com"
    async with quick_playground(tmp_path, public_url=public) as play:
        there = {"host": "files.example.com"}
        refused = await play.client.get("/gallery", headers=there)
        no_file = await play.client.get("/files/forged/x.png", headers=there)

    assert (refused.status_code, no_file.status_code) == (403, 404)


async def test_runcomfy_fetches_a_file_from_the_bucket(
    tmp_path: Path, s3: Swift, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3.fresh_bucket()
    for name, value in s3.s3_environment(bucket).items():
        monkeypatch.setenv(name, value)
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    with simulator_beside(tmp_path / "simulator", fetch_origins=[endpoint], **TIMES) as address:
        settings = {"storage_url": f"s3://{bucket}/kept", "storage_public": True}
        async with playground(tmp_path, runcomfy_base_url=address, **settings) as play:
            one = await upload(play, located(tmp_path / "x.jpg", orientation=6))
            run_id = await play.run(EDIT, prompt="soft bucket", image_urls=one["reference"])

            assert is_made_from_halves(await result(play, run_id))
            [sent] = play.sent("soft bucket")
            assert sent["image_urls"][0].startswith(endpoint)
            async with httpx.AsyncClient(**PLAIN) as anybody:
                fetched = await anybody.get(sent["image_urls"][0])
            assert fetched.headers["content-type"] == "image/jpeg"
            run = await play.services.read(run_id)
            assert run.inputs["image_urls"] == [one["reference"]]
