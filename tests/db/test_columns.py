"""What is written comes back the same from both databases: times, JSON, money."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.db.columns import new_id, utc_now
from app.db.engine import Database
from app.db.tables import models, schemas

NOON = datetime(2026, 3, 29, 12, 30, 15, 123456, tzinfo=UTC)
AWKWARD = {
    "z": 2**63 - 1,
    "a": -(2**63),
    "exact": 7.25,
    "words": "café 🦊 مرحبا\nsecond line",
    "empty": ["", None, {}, []],
    "b": {"y": 1, "x": True},
}


async def kept(database: Database, **values: Any) -> Any:
    """A model written with some values, read back."""
    usual = {
        "model_id": new_id(),
        "display_name": "A model",
        "description": "",
        "categories": [],
        "schema_id": new_id(),
        "source": "shipped",
        "created_at": NOON,
        "updated_at": NOON,
    }
    row = usual | values
    async with database.begin() as tx:
        described = {"id": row["schema_id"], "model_id": "x", "input_schema": {}}
        await tx.execute(insert(schemas).values(**described, created_at=NOON))
        await tx.execute(insert(models).values(**row))
    async with database.read() as tx:
        found = await tx.execute(select(models).where(models.c.model_id == row["model_id"]))
        return found.one()


async def test_a_time_comes_back_aware_in_utc_to_the_microsecond(database: Database) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-7)))

    row = await kept(database, updated_at=elsewhere)

    assert row.updated_at == NOON
    assert row.updated_at.tzinfo == UTC
    assert row.updated_at.isoformat() == "2026-03-29T12:30:15.123456+00:00"


async def test_times_are_compared_as_moments_whatever_zone_is_asked_in(database: Database) -> None:
    await kept(database, model_id="early", updated_at=NOON)
    await kept(database, model_id="late", updated_at=NOON + timedelta(hours=2))
    hour_later_elsewhere = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=9)))

    async with database.read() as tx:
        query = select(models.c.model_id).where(models.c.updated_at > hour_later_elsewhere)
        found = list((await tx.execute(query)).scalars())

    assert found == ["late"]


async def test_json_keeps_its_order_its_integers_and_every_script(database: Database) -> None:
    row = await kept(database, categories=AWKWARD)

    assert row.categories == AWKWARD
    assert list(row.categories) == list(AWKWARD)
    assert list(row.categories["b"]) == ["y", "x"]


async def test_absent_json_and_money_stay_absent(database: Database) -> None:
    row = await kept(database)

    assert row.price_usd is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [("0.005", "0.005"), ("12.50", "12.5"), ("0.000000001", "1E-9"), ("90071992.54740993", None)],
)
async def test_money_is_exact(database: Database, written: str, shown: str | None) -> None:
    row = await kept(database, price_usd=Decimal(written))

    assert row.price_usd == Decimal(written)
    assert str(row.price_usd) == (shown or written)


async def test_money_is_summed_by_the_database_without_a_rounding_error(database: Database) -> None:
    for _ in range(3):
        await kept(database, price_usd=Decimal("0.1"))

    async with database.read() as tx:
        total = (await tx.execute(select(func.sum(models.c.price_usd)))).scalar_one()

    assert total == Decimal("0.3")


def test_ids_sort_by_the_time_of_their_making_and_never_repeat() -> None:
    made = [new_id() for _ in range(1000)]

    assert len(set(made)) == 1000
    assert {len(one) for one in made} == {26}
    assert made[0][:8] <= made[-1][:8]


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)
