"""The unknown desk: every run in doubt, and the way to decide about it."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.db.columns import new_id, utc_now
from app.db.tables import runs
from app.runs.states import Decision, State
from tests.runs.doubtful import DESK, FROM_DESK, decide, in_doubt, request_id, saved
from tests.support.playground import FLASH, HTMX, SMALL, Playground


async def clear(play: Playground) -> None:
    """Leave nothing on the desk."""
    async with play.services.database.begin() as tx:
        await tx.execute(update(runs).where(runs.c.state == "unknown").values(state="failed"))


async def counts(play: Playground) -> list[int]:
    """How many runs were found, sent again and written off this month, as the desk says."""
    said = re.search(r"(\d+) found, (\d+) sent again, (\d+) written off", await play.page(DESK))
    assert said is not None
    return [int(count) for count in said.groups()]


async def test_an_empty_desk_says_so(shared: Playground) -> None:
    await clear(shared)

    assert "Nothing to decide" in await shared.page(DESK)
    assert "for your decision" not in await shared.page("/")


async def test_the_desk_is_paged_oldest_first_and_says_the_sum(shared: Playground) -> None:
    await clear(shared)
    made = [await saved(shared, estimate_usd=Decimal("0.25")) for _ in range(22)]
    made.append(await saved(shared))
    await saved(shared, owner_id="somebody else", estimate_usd=Decimal(100))
    made.sort(key=lambda run: run.id)

    first = await shared.page(DESK)
    [later] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = await shared.page(later.replace("&amp;", "&"))

    shown = [re.findall(r'<article class="case" id="case-(\w+)"', page) for page in (first, second)]
    assert shown == [[run.id for run in made[:20]], [run.id for run in made[20:]]]
    assert "<dd>23<small>" in first
    assert "$5.50<small>at most, beside 1 whose price is unknown" in first
    assert 'rel="next"' not in second
    assert "23 runs wait for your decision" in await shared.page("/")
    assert "23 runs wait for your decision" in await shared.page("/models")


async def test_what_is_decided_on_the_desk_leads_back_to_it_and_is_counted(
    shared: Playground,
) -> None:
    before = await counts(shared)
    off, again, found = [await in_doubt(shared, f"number {n} [500]") for n in range(3)]
    own_id = request_id(shared, "number 2 [500]")

    answers = [
        await decide(shared, off, "write-off"),
        await decide(shared, again, "send-again"),
        await decide(shared, found, "attach", request_id=own_id),
    ]

    told = [await shared.page(answer.headers["location"]) for answer in answers]
    assert "<b>Written off.</b>" in told[0]
    assert "<b>Sent again.</b>" in told[1]
    assert "<b>Attached.</b>" in told[2]
    await shared.until(found.id)
    after = await counts(shared)
    assert [after[n] - before[n] for n in range(3)] == [1, 1, 1]


async def test_with_scripts_the_card_gives_way_to_what_was_decided(shared: Playground) -> None:
    run = await saved(shared)

    answer = await shared.client.post(f"/runs/{run.id}/write-off", data=FROM_DESK, headers=HTMX)

    assert answer.status_code == 200
    assert f'id="case-{run.id}" role="status" tabindex="-1" autofocus' in answer.text
    assert "<b>Written off.</b>" in answer.text


@pytest.mark.parametrize("typed", ["two words", "", "é\u0000"])
@pytest.mark.parametrize("came_from", ["desk", ""])
async def test_a_wrong_request_id_is_kept_with_the_message_beside_it(
    shared: Playground, typed: str, came_from: str
) -> None:
    run = await saved(shared)
    data = {"request_id": typed, "_from": came_from}

    plain = await shared.client.post(f"/runs/{run.id}/attach", data=data)
    swapped = await shared.client.post(f"/runs/{run.id}/attach", data=data, headers=HTMX)

    assert swapped.headers["hx-retarget"] == f"#attach-{run.id}"
    for answer in (plain, swapped):
        assert answer.status_code == 422
        assert f'name="request_id" value="{typed}"' in answer.text
        assert f'aria-describedby="attach-{run.id}-err attach-{run.id}-hint"' in answer.text
        assert "A request id is one word of at most 200 characters." in answer.text
    assert ("<h1>Unknown runs</h1>" in plain.text) == (came_from == "desk")


async def test_a_request_that_another_run_has_is_refused_and_that_run_named(
    shared: Playground,
) -> None:
    done = await shared.until(await shared.run(prompt="has it already [takes 0]", **SMALL))
    foreign = await saved(shared, owner_id="somebody else", request_id="theirs")
    run = await saved(shared)

    mine = await decide(shared, run, "attach", request_id=done.request_id or "")
    theirs = await decide(shared, run, "attach", request_id="theirs")

    assert (mine.status_code, theirs.status_code) == (422, 422)
    assert f"belongs to another run already: {done.id}, of {FLASH}, sent" in mine.text
    assert f'href="/runs/{done.id}"' in mine.text
    assert "belongs to another person’s run already" in theirs.text
    assert foreign.id not in theirs.text
    assert (await shared.services.read(run.id)).state == "unknown"


async def test_a_request_of_another_model_ends_the_run_and_another_can_be_attached(
    shared: Playground,
) -> None:
    run = await in_doubt(shared, "its own request [500]")
    own_id = request_id(shared, "its own request [500]")
    other = await shared.until(
        await shared.run("simulated/odd/anything", prompt="of another model [500]")
    )
    other_id = request_id(shared, "of another model [500]")

    await decide(shared, run, "attach", request_id=other_id)
    failed = await shared.until(run.id)
    page = await shared.page(f"/runs/{run.id}")
    await decide(shared, run, "attach", request_id=own_id)
    found = await shared.until(run.id)

    assert other.state == "unknown"
    assert (failed.state, failed.cost_usd) == ("failed", None)
    assert "RunComfy has this request for another model, simulated/odd/anything." in page
    assert "Maybe charged" in page
    assert f'action="/runs/{run.id}/look-again"' in page
    assert f'action="/runs/{run.id}/attach"' in page
    assert (found.state, found.request_id) == ("completed", own_id)
    assert len(shared.sent("its own request [500]")) == 1


async def test_a_request_that_runcomfy_does_not_know_can_be_looked_at_again_or_replaced(
    shared: Playground,
) -> None:
    run = await saved(
        shared,
        state=State.FAILED,
        decision=Decision.ATTACHED,
        request_id=new_id(),
        http_status=404,
        words="Request not found, deleted or expired.",
        words_from="runcomfy",
        ended_at=utc_now(),
    )

    page = await shared.page(f"/runs/{run.id}")

    assert "Request not found, deleted or expired." in page
    assert "Give it another request id, or look again" in page
    assert "Maybe charged" in page
    assert f'action="/runs/{run.id}/look-again"' in page
    assert f'action="/runs/{run.id}/attach"' in page


async def test_the_new_run_and_the_one_in_doubt_name_each_other(shared: Playground) -> None:
    old = await in_doubt(shared, "twice [500]")

    await shared.client.post(f"/runs/{old.id}/send-again")

    new = await shared.services.read((await shared.services.read(old.id)).sent_again_as or "")
    await shared.until(new.id)
    assert new == replace(new, sends_again=old.id, decision=None, doubted_at=None)
    assert f'href="/runs/{new.id}"' in await shared.page(f"/runs/{old.id}")
    assert f'href="/runs/{old.id}"' in await shared.page(f"/runs/{new.id}")


async def test_nobody_decides_about_somebody_elses_run(shared: Playground) -> None:
    run = await saved(shared, owner_id="somebody else")

    for what in ("attach", "look-again", "write-off", "send-again"):
        assert (await decide(shared, run, what)).status_code == 404
    assert run.id not in await shared.page(DESK)
