"""Whose a kept file is, written down once."""

from dataclasses import replace

from sqlalchemy import insert

from app.db.columns import new_id, utc_now
from app.db.engine import Database
from app.db.tables import runs, schemas
from app.media import queries
from app.media.decoding import Measures
from app.media.keep import Kept
from app.media.queries import Thumbnail
from app.media.sniff import Kind

KEPT = Kept(
    sha256="ab" * 32,
    size_bytes=3_000_000_000,
    kind=Kind("video", "video/mp4", "mp4"),
    measures=Measures(1920, 1080, 5.25),
    storage_key=f"media/ab/{'ab' * 32}.mp4",
)


async def saved_run(database: Database) -> str:
    """A run that media can belong to; only what the table demands."""
    run_id, schema_id = new_id(), new_id()
    async with database.begin() as tx:
        await tx.execute(
            insert(schemas).values(
                id=schema_id, model_id="a/model", input_schema={}, created_at=utc_now()
            )
        )
        await tx.execute(
            insert(runs).values(
                id=run_id,
                owner_id="owner",
                model_id="a/model",
                schema_id=schema_id,
                form_key=run_id,
                state="running",
                version=1,
                simulated=True,
                inputs={},
                rolled=[],
                cancel_refused=False,
                created_at=utc_now(),
                updated_at=utc_now(),
            )
        )
    return run_id


async def test_a_file_is_found_as_it_was_written_down(database: Database) -> None:
    async with database.begin() as tx:
        recorded = await queries.record(
            tx, KEPT, owner_id="owner", run_id=None, position=0, origin="input"
        )

    async with database.read() as tx:
        found = await queries.by_id(tx, recorded.id)
        assert await queries.by_id(tx, new_id()) is None
    assert found == recorded
    assert (found.size_bytes, found.duration_seconds) == (3_000_000_000, 5.25)
    assert (found.kind, found.origin, found.thumbnail) == ("video", "input", None)


async def test_a_position_of_a_run_is_filled_once(database: Database) -> None:
    run_id = await saved_run(database)
    async with database.begin() as tx:
        first = await queries.record(tx, KEPT, owner_id="owner", run_id=run_id, position=0)
        other = replace(KEPT, sha256="cd" * 32)
        again = await queries.record(tx, other, owner_id="owner", run_id=run_id, position=0)

    assert again == first
    async with database.read() as tx:
        assert await queries.of_run(tx, run_id) == [first]


async def test_files_of_runs_come_in_order(database: Database) -> None:
    one, two = await saved_run(database), await saved_run(database)
    async with database.begin() as tx:
        for run_id, position in (one, 2), (two, 0), (one, 0), (one, 1):
            await queries.record(tx, KEPT, owner_id="owner", run_id=run_id, position=position)

    async with database.read() as tx:
        found = await queries.of_runs(tx, [one, two])
    assert [media.position for media in found[one]] == [0, 1, 2]
    assert [media.position for media in found[two]] == [0]
    assert found["another"] == []


async def test_a_thumbnail_is_noted_for_every_copy_of_the_content(database: Database) -> None:
    async with database.begin() as tx:
        kept = [
            await queries.record(tx, KEPT, owner_id=owner, run_id=None, position=0)
            for owner in ("one", "two")
        ]
        await queries.set_thumbnail(tx, KEPT.sha256, Thumbnail("thumbnails/ab/x.webp", 512, 288))

    async with database.read() as tx:
        for media in kept:
            found = await queries.by_id(tx, media.id)
            assert found is not None
            assert found.thumbnail == Thumbnail("thumbnails/ab/x.webp", 512, 288)
