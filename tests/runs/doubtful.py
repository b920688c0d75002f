"""Runs in doubt for tests: made by a lost answer, or put into the database as they are."""

import json

import httpx
from sqlalchemy import update

from app.db.columns import utc_now
from app.db.tables import runs
from app.runs import queries
from app.runs.queries import Run
from app.runs.states import State
from tests.runs import samples
from tests.support.playground import FLASH, SMALL, Playground

DESK = "/runs?state=unknown"
FROM_DESK = {"_from": "desk"}


async def in_doubt(play: Playground, prompt: str) -> Run:
    """A run in doubt, after which the balance has been read; the prompt must call for it."""
    run_id = await play.run(prompt=prompt, **SMALL)
    return await play.until_it(
        run_id, lambda run: run.state == "unknown" and run.balance_after_at is not None
    )


async def saved(play: Playground, **values: object) -> Run:
    """A run put into the database as it is, in doubt since just now unless told otherwise."""
    now = utc_now()
    times = dict.fromkeys(("created_at", "sent_at", "doubted_at", "updated_at"), now)
    schema_id = play.services.shelf.get(FLASH).schema_id
    usual = {"schema_id": schema_id, "state": State.UNKNOWN, "words_from": "playground", **times}
    run = samples.run(**{**usual, **values})
    async with play.services.database.begin() as tx:
        assert await queries.save(tx, run)
        # The table's own clock says when it was written; these tests choose another moment.
        written = {"updated_at": run.updated_at}
        await tx.execute(update(runs).where(runs.c.id == run.id).values(written))
    return run


async def decide(play: Playground, run: Run, what: str, **data: str) -> httpx.Response:
    """Press a button on the desk, in a browser without scripts."""
    return await play.client.post(f"/runs/{run.id}/{what}", data={**FROM_DESK, **data})


def request_id(play: Playground, prompt: str) -> str:
    """RunComfy's own name for the request with this prompt."""
    journal = (play.folder / "simulator" / "journal.jsonl").read_text().splitlines()
    [line] = [json.loads(line) for line in journal if prompt in line]
    found: str = line["request_id"]
    return found
