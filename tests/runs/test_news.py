"""What an open page hears: nothing, a small fragment, or the whole run at its end."""

import re

from tests.support.playground import HTMX, SMALL, Playground

LONG = "waits [takes 60]"


async def running(play: Playground) -> tuple[str, int]:
    """A run that goes on for a minute: its id and its version."""
    run_id = await play.run(prompt=LONG)
    run = await play.until(run_id, "running")
    return run_id, run.version


async def ended(play: Playground) -> tuple[str, int]:
    """A completed run: its id and its version."""
    run = await play.until(await play.run(prompt="ends", **SMALL))
    return run.id, run.version


async def test_nothing_new_is_204_without_a_body(shared: Playground) -> None:
    run_id, version = await running(shared)

    answer = await shared.client.get(f"/runs/{run_id}?seen={version}", headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")


async def test_nothing_new_for_a_matching_tag_is_304(shared: Playground) -> None:
    run_id, _ = await running(shared)
    first = await shared.client.get(f"/runs/{run_id}", headers=HTMX)

    again = await shared.client.get(
        f"/runs/{run_id}", headers={**HTMX, "if-none-match": first.headers["etag"]}
    )

    assert first.status_code == 200
    assert (again.status_code, again.content) == (304, b"")


async def test_something_new_of_a_run_that_goes_on_is_its_small_fragment(
    shared: Playground,
) -> None:
    run_id, version = await running(shared)

    answer = await shared.client.get(f"/runs/{run_id}?seen={version - 1}", headers=HTMX)

    assert answer.status_code == 200
    assert re.search(rf'data-run="{run_id}" data-state="running"', answer.text)
    assert f'hx-get="/runs/{run_id}?seen={version}' in answer.text
    assert "hx-retarget" not in answer.headers
    assert "<form" not in answer.text
    assert len(answer.content) < 6000


async def test_a_fragment_that_grows_old_is_made_anew_although_nothing_is_new(
    shared: Playground,
) -> None:
    run_id, version = await running(shared)
    asked = f"/runs/{run_id}?seen={version}&until="

    assert (await shared.client.get(f"{asked}1", headers=HTMX)).status_code == 200
    assert (await shared.client.get(f"{asked}99999999999", headers=HTMX)).status_code == 204
    assert (await shared.client.get(f"{asked}nonsense", headers=HTMX)).status_code == 204


async def test_the_end_is_the_whole_run_aimed_at_the_run_and_asks_no_more(
    shared: Playground,
) -> None:
    run_id, version = await ended(shared)

    answer = await shared.client.get(f"/runs/{run_id}?seen={version - 1}", headers=HTMX)

    assert answer.status_code == 200
    assert answer.headers["hx-retarget"] == f"#run-{run_id}"
    assert f'id="run-{run_id}"' in answer.text
    assert '<img src="/media/' in answer.text
    # What stands there for a press, "Use as input", is no question that is asked by itself.
    assert 'hx-trigger="every' not in answer.text


async def test_a_page_that_saw_the_end_hears_nothing_more(shared: Playground) -> None:
    run_id, version = await ended(shared)

    answer = await shared.client.get(f"/runs/{run_id}?seen={version}", headers=HTMX)

    assert answer.status_code == 204


async def test_the_changes_of_many_runs_come_in_one_answer(shared: Playground) -> None:
    going, version = await running(shared)
    first, _ = await ended(shared)
    second, second_version = await ended(shared)
    asked = [f"{going}:{version}", first, f"{second}:{second_version - 1}", "0" * 26]

    answer = await shared.client.get("/runs/changes", params={"run": asked}, headers=HTMX)

    assert answer.status_code == 200
    swapped = re.findall(r'hx-swap-oob="outerHTML:#run-(\w{26})"', answer.text)
    assert sorted(swapped) == sorted([first, second])


async def test_no_change_of_many_runs_is_204(shared: Playground) -> None:
    going, version = await running(shared)
    done, done_version = await ended(shared)
    asked = [f"{going}:{version}", f"{done}:{done_version}"]

    answer = await shared.client.get("/runs/changes", params={"run": asked}, headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")


async def test_changes_of_runs_that_nobody_has_are_none(shared: Playground) -> None:
    answer = await shared.client.get("/runs/changes", params={"run": ["x", "y:1"]}, headers=HTMX)

    assert answer.status_code == 204
