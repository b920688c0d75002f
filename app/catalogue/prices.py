"""What a run is about to cost, as far as the catalogue tells."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.catalogue.queries import Model


def estimate(model: Model, inputs: Mapping[str, Any]) -> Decimal | None:
    """The price of one run in US dollars, or None: an unknown price is not zero.

    Source: the price table of RunComfy's own node, which gives a total for `output` (the
    price itself) and for `second` (times a numeric `duration`), and for nothing else.
    """
    if model.price_usd is None:
        return None
    if model.price_unit == "output":
        return model.price_usd * _outputs(inputs)
    if model.price_unit == "second":
        seconds = _number(inputs.get("duration"))
        return None if seconds is None else model.price_usd * seconds
    return None


def _outputs(inputs: Mapping[str, Any]) -> Decimal:
    for name in ("num_images", "num_outputs", "n"):
        wanted = _number(inputs.get(name))
        if wanted is not None:
            return wanted
    return Decimal(1)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None
