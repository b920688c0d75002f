"""Runs for tests that need one and do not care how it came about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.db.columns import new_id
from app.runs.queries import Run
from app.runs.states import State

NOON = datetime(2026, 11, 3, 12, 0, 0, tzinfo=UTC)


def run(**values: Any) -> Run:
    """A `saved` run of FLUX.2 Flash, with some values changed."""
    run_id = values.get("id") or new_id()
    plain = Run(
        id=run_id,
        owner_id="owner",
        model_id="blackforestlabs/flux-2/flash/text-to-image",
        schema_id="s" * 64,
        form_key=f"key-{run_id}",
        state=State.SAVED,
        phase=None,
        version=1,
        simulated=False,
        inputs={"prompt": "a yellow cup", "seed": 7},
        rolled=["seed"],
        width=None,
        height=None,
        estimate_usd=None,
        cost_usd=None,
        request_id=None,
        queue_position=None,
        queue_position_before=None,
        queue_moved_at=None,
        words=None,
        words_from=None,
        http_status=None,
        retry_after_seconds=None,
        output=None,
        missing=None,
        sent_again_as=None,
        cancel_refused=False,
        created_at=NOON,
        sent_by=None,
        body_sha256=None,
        body_bytes=None,
        balance_before_usd=None,
        balance_before_at=None,
        balance_after_usd=None,
        balance_after_at=None,
        others_between=None,
        doubted_at=None,
        excerpt=None,
        decision=None,
        decided_at=None,
        sends_again=None,
        sent_at=None,
        answered_at=None,
        running_at=None,
        ended_there_at=None,
        ended_at=None,
        held_up=None,
        next_try_at=None,
        updated_at=NOON,
    )
    return replace(plain, **values)
