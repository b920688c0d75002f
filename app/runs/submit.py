"""Checked values -> a `saved` run, which is sent when its turn comes."""

import secrets
from dataclasses import dataclass
from typing import Any

from app.catalogue.prices import estimate
from app.catalogue.queries import Model
from app.db.columns import new_id, utc_now
from app.errors import Conflict
from app.inputs.sizes import expected_size
from app.media.use_queries import note_uses
from app.runs import queries
from app.runs.files import given_ids
from app.runs.queries import Run
from app.runs.services import Services
from app.runs.states import State
from app.team.access import Person, may_see


@dataclass(frozen=True)
class Order:
    """What a person wants run: checked inputs, the names rolled here, the form's one-time key."""

    model: Model
    inputs: dict[str, Any]
    rolled: list[str]
    form_key: str | None


async def submit(services: Services, order: Order, by: Person) -> Run:
    """Save the run, commit, and have it sent. The same form sent twice makes one run.

    Raises DatabaseUnavailable, FileDeleted; then nothing is saved and nothing will be sent.
    """
    run = _new_run(services, order, by)
    given = await given_ids(services, run)
    async with services.database.begin() as tx:
        saved = await queries.save(tx, run)
        if saved:
            await note_uses(tx, run.id, run.owner_id, given)
        earlier = None if saved else await queries.by_form_key(tx, run.form_key)
    if earlier is not None:
        if not may_see(by, earlier.owner_id):
            raise Conflict("This form was sent before. Open the model again for a fresh one.")
        return earlier
    services.published(run)
    return run


def new_key() -> str:
    """A one-time key for a form."""
    return secrets.token_urlsafe(18)


def draw(low: int, high: int) -> int:
    """A random whole number from `low` to `high`, both included."""
    return low + secrets.randbelow(high - low + 1)


def _new_run(services: Services, order: Order, by: Person) -> Run:
    size, now = expected_size(order.inputs), utc_now()
    return Run(
        id=new_id(),
        owner_id=by.id,
        model_id=order.model.model_id,
        schema_id=order.model.schema_id,
        form_key=order.form_key or new_key(),
        state=State.SAVED,
        phase=None,
        version=1,
        simulated=services.settings.simulated,
        inputs=order.inputs,
        rolled=order.rolled,
        width=size[0] if size else None,
        height=size[1] if size else None,
        estimate_usd=estimate(order.model, order.inputs),
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
        created_at=now,
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
        updated_at=now,
    )
