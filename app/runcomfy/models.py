"""One model of RunComfy's catalogue, read so that no odd part spoils the rest."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, urlsplit

from app.outside.unpacking import Unreadable
from app.runcomfy.answers import money_in
from app.runcomfy.reading import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model as the catalogue tells it; what is missing or wrongly typed is empty or None.

    categories: such as `("text-to-image",)`. price_usd: per `price_unit` (`output`, `second`, …).
    input_schema, output_schema: as published, unchecked. raw: the whole entry.
    """

    model_id: str
    kind: str
    display_name: str
    description: str
    categories: tuple[str, ...]
    price_usd: Decimal | None
    price_unit: str | None
    pricing_note: str | None
    input_schema: JsonObject | None
    output_schema: JsonObject | None
    model_url: str | None
    raw: JsonObject


@dataclass(frozen=True, slots=True)
class Listing:
    """What the catalogue lists, in its order; not `whole` when it ended before its own total."""

    models: list[ModelEntry]
    whole: bool


def model_in(entry: JsonValue) -> ModelEntry | None:
    """Read one entry; None when it has no usable `model_id`."""
    if not isinstance(entry, dict):
        return None
    model_id = _text(entry, "model_id", 200)
    if not is_model_id(model_id):
        return None
    categories = entry.get("categories")
    return ModelEntry(
        model_id=model_id,
        kind=_text(entry, "kind", 100),
        display_name=_text(entry, "display_name", 200) or model_id,
        description=_text(entry, "description", 20_000),
        categories=tuple(
            category[:100]
            for category in (categories[:50] if isinstance(categories, list) else [])
            if isinstance(category, str) and category
        ),
        price_usd=money_in(entry.get("base_price_usd")),
        price_unit=_text(entry, "price_unit", 100) or None,
        pricing_note=_text(entry, "pricing_note", 5_000) or None,
        input_schema=_object(entry, "input_schema"),
        output_schema=_object(entry, "output_schema"),
        model_url=_web_address(entry.get("model_url")),
        raw=entry,
    )


def models_in(page: JsonObject) -> tuple[list[JsonValue], int | None]:
    """Read `{"models": […], "total": n}`; the total is None when it is no count.

    Raises Unreadable without a list of models.
    """
    entries, total = page.get("models"), page.get("total")
    if not isinstance(entries, list):
        raise Unreadable("it holds no list of models")
    if isinstance(total, bool) or not isinstance(total, int) or total <= 0:
        total = None
    return entries, total


def is_model_id(text: str) -> bool:
    """Whether a text can stand in a path as a model id: 1 to 200 characters, no empty segment."""
    segments = text.split("/")
    return (
        len(text) <= 200
        and text.isprintable()
        and all(segment.strip() and segment not in (".", "..") for segment in segments)
    )


def model_path(model_id: str) -> str:
    """The model's path under the API; its slashes are sent as they are."""
    return f"/v1/models/{quote(model_id, safe='/')}"


def samples_in(answer: JsonObject, origin: str) -> list[str]:
    """The simulator's sample pictures, at exactly `origin` (`http://127.0.0.1:8001`)."""
    listed = answer.get("samples")
    return [
        url
        for url in (listed[:200] if isinstance(listed, list) else [])
        if isinstance(url, str) and url.startswith(f"{origin}/") and len(url) <= 2000
    ]


def _text(entry: JsonObject, name: str, limit: int) -> str:
    value = entry.get(name)
    return value[:limit] if isinstance(value, str) else ""


def _object(entry: JsonObject, name: str) -> JsonObject | None:
    value = entry.get(name)
    return value if isinstance(value, dict) else None


def _web_address(value: JsonValue) -> str | None:
    if not isinstance(value, str) or len(value) > 2000:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme == "https" and parts.hostname else None
