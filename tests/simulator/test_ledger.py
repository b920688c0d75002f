"""What was accepted, and for how long it is known."""

import os
from pathlib import Path

from app.simulator.ledger import KEPT_SECONDS, Accepted, Ledger, new_request_id
from app.simulator.models import Catalogue

MODELS = Catalogue()
MODEL = "blackforestlabs/flux-2/flash/text-to-image"
DAY = 86_400


def accept(ledger: Ledger, came: float) -> Accepted:
    accepted = Accepted(
        new_request_id(came), MODEL, {"prompt": "a cup"}, "http://here", MODELS.found(MODEL) or {}
    )
    ledger.accept(accepted)
    return accepted


def test_another_process_knows_the_same_request(tmp_path: Path) -> None:
    accepted = accept(Ledger(tmp_path, MODELS), 1000.0)

    assert Ledger(tmp_path, MODELS).find(accepted.request_id, 1001.0) == accepted


def test_a_request_is_forgotten_after_seven_days(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, MODELS)
    accepted = accept(ledger, 1000.0)

    assert ledger.find(accepted.request_id, 1000.0 + KEPT_SECONDS - 1) == accepted
    assert ledger.find(accepted.request_id, 1000.0 + KEPT_SECONDS + 1) is None


def test_old_files_are_deleted_and_young_ones_stay(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, MODELS)
    now = ledger.files.stat().st_mtime
    old, young = (accept(ledger, came) for came in (now - 8 * DAY, now))
    picture = ledger.files / "old"
    picture.write_bytes(b"")
    for path in (tmp_path / "requests" / f"{old.request_id}.json", picture):
        os.utime(path, (now - 8 * DAY, now - 8 * DAY))

    ledger.sweep(now + DAY)

    assert sorted(path.name for path in tmp_path.glob("*/*")) == [f"{young.request_id}.json"]
    assert (tmp_path / "journal.jsonl").read_text().count(young.request_id) == 1
    assert old.request_id not in (tmp_path / "journal.jsonl").read_text()


def test_a_line_half_written_by_a_killed_process_hurts_nobody(tmp_path: Path) -> None:
    accept(Ledger(tmp_path, MODELS), 1_800_000_000.0)
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('{"request_id": "sim-')

    assert Ledger(tmp_path, MODELS).spent_usd == 0.005


def test_a_cancelled_request_costs_nothing_however_often_it_is_cancelled(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, MODELS)
    accepted = accept(ledger, 1_800_000_000.0)

    ledger.cancel(accepted)
    ledger.cancel(accepted)

    assert ledger.spent_usd == 0.0
    assert Ledger(tmp_path, MODELS).spent_usd == 0.0


def test_ids_from_outside_never_become_paths(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    ledger = Ledger(tmp_path, MODELS)

    for request_id in ("../secret", "sim-../../secret", "", "sim-00000000001-000000000000000g"):
        assert ledger.find(request_id, 1.0) is None
