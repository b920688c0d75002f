"""What a run is about to cost; what is not known is not called zero."""

from decimal import Decimal
from typing import Any

import pytest

from app.catalogue.prices import estimate
from app.catalogue.queries import Model
from tests.runs.samples import NOON


def model(price: str | None, unit: str | None) -> Model:
    usd = None if price is None else Decimal(price)
    return Model("m", "M", "", [], usd, unit, None, "s" * 64, {}, NOON)


@pytest.mark.parametrize(
    ("price", "unit", "inputs", "usd"),
    [
        (None, None, {}, None),
        (None, "output", {}, None),
        ("0.05", None, {}, None),
        ("0.05", "megapixel", {}, None),
        ("0.05", "output", {}, "0.05"),
        ("0.05", "output", {"num_images": 3}, "0.15"),
        ("0.05", "output", {"num_images": 0}, "0.05"),
        ("0.05", "output", {"num_images": True}, "0.05"),
        ("0.1", "second", {"duration": 5}, "0.5"),
        ("0.1", "second", {"duration": "2.5"}, "0.25"),
        ("0.1", "second", {"duration": "long"}, None),
        ("0.1", "second", {"duration": "NaN"}, None),
        ("0.1", "second", {}, None),
        ("0", "output", {}, "0"),
    ],
)
def test_only_a_price_that_is_told_is_an_estimate(
    price: str | None, unit: str | None, inputs: dict[str, Any], usd: str | None
) -> None:
    expected = None if usd is None else Decimal(usd)

    assert estimate(model(price, unit), inputs) == expected
