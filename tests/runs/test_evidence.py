"""What is known of a run in doubt: the hash of what left, and RunComfy's balance around it."""

import asyncio
import hashlib
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from app.db.columns import new_id, utc_now
from app.runs import desk_queries
from app.runs.queries import Run
from app.runs.states import State
from tests.runs.doubtful import DESK, in_doubt, saved
from tests.support.playground import SMALL, Playground


@pytest.fixture(scope="module")
async def lost(shared: Playground) -> Run:
    """The first run of a playground that has read the balance: no other can have been charged."""
    async with asyncio.timeout(30):
        while True:
            if shared.services.evidence.reading is not None:
                return await in_doubt(shared, "lost on the way [lost answer]")
            await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
async def first(lost: Run) -> None:
    """Let no other run come before it."""


async def card_of(play: Playground, run: Run) -> str:
    """The run's card on the desk."""
    page = await play.page(DESK)
    return page[page.index(f'id="case-{run.id}"') :].split("</article>")[0]


def text_of(page: str) -> str:
    """What a person reads of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_the_evidence_of_a_run_in_doubt_is_kept_and_shown(
    shared: Playground, lost: Run
) -> None:
    body = json.dumps(lost.inputs, ensure_ascii=False).encode()
    assert (lost.body_sha256, lost.body_bytes) == (hashlib.sha256(body).hexdigest(), len(body))
    assert lost.balance_before_usd is not None
    assert lost.balance_after_usd is not None
    assert lost.balance_before_usd - lost.balance_after_usd == lost.estimate_usd
    card = await card_of(shared, lost)
    for shown in (
        f'title="{lost.body_sha256}"',
        '<li class="lost">',
        "The connection to RunComfy was cut before an answer came.",
        "<b>Lower by $0.005</b>, which is about this run’s price. No other run",
        "at most $0.005",
        "At worst you pay twice, about $0.01.",
        "lost on the way [lost answer]",
    ):
        assert shown in card


async def test_the_well_says_when_the_connection_broke_and_what_each_choice_costs(
    shared: Playground, lost: Run
) -> None:
    page = text_of(await shared.page(f"/runs/{lost.id}"))

    assert lost.doubted_at is not None
    for shown in (
        "RunComfy may have this run. We cannot tell.",
        f"The connection broke at {lost.doubted_at:%H:%M:%S} UTC , after the request left here and"
        " before an answer came back. It may be running and charged (about $0.005), or it may"
        " never have arrived. It will not be sent again unless you say so.",
        "Send it again: at worst you pay twice, about $0.01.",
        "Leave it: at worst you paid once for a picture you will not see here.",
        "Yes, send it a second time",
    ):
        assert shown in page


async def test_a_difference_proves_nothing_where_another_run_was_under_way(
    shared: Playground,
) -> None:
    await shared.until(await shared.run(prompt="another [takes 0]", **SMALL))

    run = await in_doubt(shared, "not alone [500]")

    assert "so the difference proves nothing" in await card_of(shared, run)


async def test_the_start_of_an_unusable_answer_is_shown_as_text(shared: Playground) -> None:
    run = await in_doubt(shared, "a web page [html]")

    assert run.excerpt
    assert run.excerpt.startswith("<!doctype html>")
    for path in (DESK, f"/runs/{run.id}"):
        page = await shared.page(path)
        assert "&lt;!doctype html&gt;" in page
        assert run.excerpt not in page


async def test_only_what_was_under_way_between_two_moments_counts(shared: Playground) -> None:
    # Long after all that other tests have made.
    now = utc_now() + timedelta(hours=1)
    start, early = now - timedelta(minutes=1), now - timedelta(minutes=5)
    done = {"state": State.COMPLETED, "sent_at": early, "updated_at": now}
    mine = await saved(shared)
    await saved(shared, **done, ended_there_at=early)
    await saved(shared, sent_at=early, doubted_at=early, updated_at=early)
    await saved(shared, sent_at=None, state=State.FAILED)
    await saved(shared, sent_at=now + timedelta(minutes=1))
    counted = [
        await saved(shared, **done, ended_there_at=now - timedelta(seconds=9)),
        await saved(shared, state=State.RUNNING, request_id=new_id(), updated_at=early),
        await saved(shared, sent_at=now, doubted_at=now, updated_at=now),
    ]

    async with shared.services.database.read() as tx:
        found = await desk_queries.others_between(tx, mine.id, start, now)

    assert found == len(counted)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, None, "Could not be read."),
        ("41.62", None, "$41.62 before · could not be read after."),
        (None, "41.62", "Could not be read before · $41.62, 5.0 s later."),
        ("41.62", "41.62", "Not lower yet; charges can follow by minutes."),
        ("41.62", "61.62", "It has grown by $20.00, so it proves nothing."),
        ("41.62", "41", "which is not this run’s price, $0.005."),
    ],
)
async def test_the_balance_says_what_it_can_prove(
    shared: Playground, before: str | None, after: str | None, said: str
) -> None:
    now = utc_now()
    run = await saved(
        shared,
        estimate_usd=Decimal("0.005"),
        doubted_at=now,
        balance_before_usd=Decimal(before) if before else None,
        balance_before_at=now,
        balance_after_usd=Decimal(after) if after else None,
        balance_after_at=now + timedelta(seconds=5),
        others_between=0,
    )

    assert said in text_of(await card_of(shared, run))
