"""What is known from memory about runs, and when the database has to be asked."""

from dataclasses import replace

from app.runs.states import State
from app.runs.versions import Seen, Versions, Written
from tests.runs.samples import run


def test_the_newest_version_is_known_with_who_may_see_it() -> None:
    versions, one = Versions(), run(version=3, owner_id="someone")

    versions.changed(one)

    assert versions.of(one.id) == Seen(3, "someone")
    assert versions.of("another") is None


def test_an_older_version_read_late_does_not_hide_a_newer_one() -> None:
    versions, one = Versions(), run(version=3)
    versions.changed(one)

    versions.read(replace(one, version=2))

    assert versions.of(one.id) == Seen(3, "owner")


def test_reading_counts_as_no_change() -> None:
    versions, one = Versions(), run(version=3)

    versions.read(one)

    assert versions.of(one.id) == Seen(3, "owner")
    assert versions.changes(one.owner_id, one.model_id) == 0


def test_changes_are_counted_for_each_person_and_model() -> None:
    versions, one = Versions(), run()

    versions.changed(one)
    versions.changed(replace(one, version=2))

    assert versions.changes("owner", one.model_id) == 2
    assert versions.changes("another", one.model_id) == 0
    assert versions.changes("owner", "another/model") == 0


def test_completed_runs_are_counted_for_each_model() -> None:
    versions, one = Versions(), run()

    versions.changed(one)
    versions.changed(replace(one, version=2, state=State.COMPLETED))

    assert versions.completed(one.model_id) == 1


def test_only_so_many_runs_are_remembered_the_newest_ones() -> None:
    versions, first = Versions(), run(id="first")
    versions.changed(first)

    for number in range(20_000):
        versions.read(run(id=f"run-{number}"))

    assert versions.of("first") is None
    assert versions.of("run-19999") is not None


def test_a_run_on_its_way_is_known_whole_until_another_process_changes_it_or_it_ends() -> None:
    versions = Versions()
    one = run(state="queued", version=4)

    versions.changed(one)
    known = versions.latest(one.id)
    versions.heard(Written(one.id, one.owner_id, one.model_id, one.state, 5))

    assert known == one
    assert versions.latest(one.id) is None
    versions.changed(replace(one, state=State.COMPLETED, version=6))
    assert versions.latest(one.id) is None
