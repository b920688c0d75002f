"""The operations page: what waits, what is stuck, what RunComfy answers, how the house is."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.db.columns import new_id, utc_now
from app.db.tables import chores, pauses, replicas
from app.runs import queries
from app.runs.states import State
from tests.runs import samples
from tests.support.playground import HTMX, SMALL, Playground, playground, quick_playground

TOKEN = "rc-a-token-that-nobody-may-read-0123456789"


@pytest.fixture(scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A playground with something of everything, where sending is paused."""
    folder = tmp_path_factory.mktemp("busy")
    async with quick_playground(folder, token=TOKEN, runs_at_once=5) as play:
        await play.until(await play.run(prompt="kept here", **SMALL))
        await play.until(await play.run(prompt="to be doubted [lost answer]"))
        await play.until(await play.run(prompt="repeat it [echo]"))
        await play.until(await play.run(prompt="too many [refuse 429]"))
        await fill(play)
        yield play


async def fill(play: Playground) -> None:
    """Write down what takes minutes, other people or other processes to come about."""
    now = utc_now()
    first = (await play.client.get("/gallery")).text
    [media_id, *_] = re.findall(r"/media/([0-9A-Z]{26})", first)
    kept = await play.services.media.find(media_id)
    schema_id = (await play.services.read(str(kept.run_id))).schema_id

    def run(**values: Any) -> queries.Run:
        return samples.run(schema_id=schema_id, created_at=now - timedelta(hours=2), **values)

    moments = {"answered_at": now - timedelta(minutes=42), "ended_there_at": now}
    waiting = [run(owner_id="jonas") for _ in range(36)] + [run(owner_id="ines")]
    late = run(state=State.RUNNING, request_id="late", running_at=now - timedelta(minutes=41))
    held_up = run(
        state=State.RUNNING, phase="collecting", request_id="full", held_up="full", **moments
    )
    paused = {
        "name": "sending",
        "cause": "credit",
        "words": "No <b>credit</b> left.",
        "http_status": 402,
        "since": now,
        "until": None,
        "times": 1,
    }
    told = {"file": "all-of-it.tar", "bytes": 6_100_000_000, "seconds": 192.0, "checked": True}
    async with play.services.database.begin() as tx:
        await tx.execute(pauses.delete())
        await tx.execute(pauses.insert().values(paused))
        for one in (*waiting, late, held_up):
            await queries.save(tx, one)
        await tx.execute(chores.insert().values(name="backup", at=now, told=told))
        for row in (
            replica("web-1", "ready", now, memory_bytes=148_000_000),
            replica("web-2", "ready", now - timedelta(minutes=1)),
            replica(
                "web-3",
                "gone",
                now - timedelta(minutes=9),
                taken_over_at=now - timedelta(minutes=9) + timedelta(seconds=11),
                taken_over=6,
            ),
        ):
            await tx.execute(replicas.insert().values(row))


def replica(name: str, state: str, beat_at: Any, **values: Any) -> dict[str, Any]:
    """A row of the replicas' table."""
    # What another part needs of a row and this page does not show is left to it.
    needed = {column.name: "x" for column in replicas.c if column.name == "key_mark"}
    return needed | {
        "id": new_id(),
        "name": name,
        "version": "1.4.0",
        "state": state,
        "started_at": beat_at,
        "beat_at": beat_at,
        "follows": 5,
        **values,
    }


async def test_it_tells_how_much_waits_is_under_way_is_not_kept_and_is_in_doubt(
    busy: Playground,
) -> None:
    figures = words_in(section(await busy.page("/operations"), '<dl class="figures', "</dl>"))

    assert "Waiting to send 37 longest 2 h" in figures
    assert "At RunComfy 2 0 queued, 2 running" in figures
    assert re.search(r"Not kept yet 1 first is deleted there in (7 d|6 d 23 h)", figures)
    assert "Unknown 1 a person decides" in figures


async def test_it_tells_whose_runs_wait_and_why(busy: Playground) -> None:
    waiting = section(await busy.page("/operations"), 'aria-labelledby="waiting"')

    assert re.search(r"ines 1 0 2 h jonas 36 0 2 h", words_in(waiting))
    assert "Sending is paused since" in words_in(waiting)
    assert "until somebody says so" in waiting
    assert "5 at once, fair turns" in waiting
    assert "No &lt;b&gt;credit&lt;/b&gt; left." in waiting


async def test_sending_is_gone_on_with_and_paused_from_there(tmp_path: Path) -> None:
    async with quick_playground(tmp_path) as play:
        await press(play, "Pause sending")
        run_id = await play.run(prompt="waits for a word")
        paused = words_in(await play.page("/operations"))
        metrics = await play.page("/metrics")
        await press(play, "Go on sending")
        run = await play.until(run_id)

    assert "Sending is paused since" in paused
    assert "Waiting to send 1 longest" in paused
    assert "playground_sending_paused 1.0" in metrics
    assert "playground_queue_length 1.0" in metrics
    assert run.state == State.COMPLETED


async def press(play: Playground, button: str) -> None:
    """Press one of the page's buttons as a browser without JavaScript does; it comes back."""
    page = await play.page("/operations")
    [action] = re.findall(rf'action="([^"]+)"[^>]*><button[^>]*>{button}<', page)
    answer = await play.client.post(action, headers={"referer": "http://127.0.0.1:8000/operations"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/operations")


async def test_it_names_what_takes_far_too_long_and_leads_to_it(busy: Playground) -> None:
    stuck = section(await busy.page("/operations"), 'aria-labelledby="stuck"')
    [late] = re.findall(r'href="(/runs/[0-9A-Z]{26})"', stuck)

    assert "Running FLUX.2 Flash, 41 min." in words_in(stuck)
    assert "1 result, the oldest ready at RunComfy since" in words_in(stuck)
    assert 'href="/runs?state=unknown"' in stuck
    assert (await busy.client.get(late)).status_code == 200


async def test_it_tells_what_runcomfy_answers_call_by_call(busy: Playground) -> None:
    answers = section(await busy.page("/operations"), 'aria-labelledby="answers"')
    words = words_in(answers)

    assert answers.count("<i") == 60
    assert "Answering last answer" in words
    assert re.search(r"Send a run 4 3 \d+ ms|Send a run 4 3 \d+\.\d s", words)
    assert "Told by the prompt to refuse with 429. 429, once; asked to wait 2 s" in words
    assert "The connection to RunComfy was cut before an answer came. once" in words


async def test_it_tells_of_storage_backup_replicas_and_release(busy: Playground) -> None:
    # The first look begins to count; the count is there as soon as it is done.
    await busy.services.figures.counted.get(patience_seconds=30)
    page = await busy.page("/operations")
    words = words_in(page)

    assert re.search(r"Results [\d.]+ (MB|KB|B), 1 file ", words)
    assert re.search(r"free of [\d.]+ GB on the disk with the data folder", words)
    assert "Last backup:" in words
    assert "File all-of-it.tar Size 6.1 GB Took 3 min 12 s Checked yes" in words
    assert "web-1 Ready 1.4.0 5 runs 148.0 MB" in words
    assert "web-2 Silent 1.4.0" in words
    assert re.search(
        r"web-3 Gone 1.4.0 5 runs – [\d:]+ UTC; its 6 runs taken over after 11 s", words
    )
    assert "Database SQLite, a file in the data folder, at step 0" in words


async def test_the_token_and_paths_stand_nowhere_on_it_though_runcomfy_repeats_the_token(
    busy: Playground,
) -> None:
    page = await busy.page("/operations")

    assert "••••" in page
    assert TOKEN not in page
    assert str(busy.folder) not in page


async def test_it_asks_for_itself_again_and_gets_the_part_that_changes(busy: Playground) -> None:
    page = await busy.page("/operations")
    part = await busy.client.get("/operations", headers=HTMX)

    assert 'hx-get="/operations" hx-trigger="every 10s, ask from:body"' in page
    assert part.text.lstrip().startswith('<div id="board"')
    assert "<html" not in part.text


async def test_a_quiet_playground_says_so_and_a_silent_runcomfy_leaves_a_hollow_bar(
    tmp_path: Path,
) -> None:
    async with playground(tmp_path, runcomfy_base_url="http://127.0.0.1:1") as play:
        quiet = words_in(await play.page("/operations"))
        for number in range(2):
            await play.until(await play.run(prompt=f"nobody there {number}"))
        page = await play.page("/operations")

    assert "Nothing waits." in quiet
    assert "No backup was made yet." in quiet
    assert "This server alone" in quiet
    assert '<i class="bad"></i>' in page
    assert "Not answering" in words_in(page)
    assert re.search(r'aria-label="Median answer time[^"]*; no answer (at|from) [\d:]+', page)


def section(page: str, start: str, end: str = "</section>") -> str:
    """The part of a page from one mark to the next."""
    return page.split(start, 1)[1].split(end, 1)[0]


def words_in(html: str) -> str:
    """What a reader sees of it, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace(" .", ".").replace(" ;", ";")
