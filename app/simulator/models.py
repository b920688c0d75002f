"""The models the simulator offers: those that come with it, and those of a folder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]

_FOLDER = Path(__file__).parent / "models"
_MOST_AT_ONCE = 100
_PLAYS = ("image", "edit", "images", "video", "audio", "text", "odd", "several")
"""What a model's results are drawn as."""


class Catalogue:
    """The models that one simulator offers."""

    def __init__(self, further: Path | None = None) -> None:
        """further: a folder of more models, one to a JSON file; see `_entry`."""
        listed = [*_models_in(_FOLDER), *(_models_in(further) if further else ())]
        self._by_id = {model["model_id"]: model for model in listed}

    def found(self, model_id: str) -> JsonObject | None:
        """A model as its file has it; not to be changed."""
        return self._by_id.get(model_id)

    def page(self, query: dict[str, str], origin: str) -> JsonObject:
        """One page: `search`, `category`, `kind`, `limit`, `offset`, `include_schema`.

        Values that make no sense are taken as left out.
        """
        wanted = [model for model in self._by_id.values() if _fits(model, query)]
        offset = _whole(query.get("offset"), 0)
        limit = max(1, min(_MOST_AT_ONCE, _whole(query.get("limit"), _MOST_AT_ONCE)))
        with_schema = query.get("include_schema", "").lower() in ("true", "1")
        models = [
            published(model, origin, with_schema=with_schema)
            for model in wanted[offset : offset + limit]
        ]
        return {"models": models, "total": len(wanted)}

    def categories(self) -> list[str]:
        """Every category once, in the order of the models."""
        return list(
            dict.fromkeys(name for model in self._by_id.values() for name in model["categories"])
        )


def _models_in(folder: Path) -> Iterator[JsonObject]:
    for path in sorted(folder.glob("*.json")):
        yield _entry(json.loads(path.read_text(encoding="utf-8")))


def _entry(described: JsonObject) -> JsonObject:
    """A model as the catalogue tells it, from a file that may say no more than what it takes.

    described: at least `model_id` and `input_schema`; beside them what the API tells of a
    model, or `name` and `category` in short. `plays` is how results are drawn.
    """
    categories = described.get("categories") or [described.get("category", "text-to-image")]
    return {
        "model_id": described["model_id"],
        "kind": described.get("kind", "model"),
        "display_name": described.get("display_name")
        or described.get("name")
        or described["model_id"],
        "description": described.get("description", "Played by the simulator."),
        "categories": categories,
        **{
            name: described[name]
            for name in ("base_price_usd", "price_unit", "pricing_note")
            if name in described
        },
        "plays": described.get("plays") or _played(categories[0]),
        "input_schema": described["input_schema"],
    }


def _played(category: str) -> str:
    given, _, made = category.partition("-to-")
    if made == "image" and given == "image":
        return "edit"
    return made if made in _PLAYS else "image"


def published(model: JsonObject, origin: str, *, with_schema: bool) -> JsonObject:
    """A model as the API shows it: sample addresses stand at the origin that was asked."""
    hidden = {"plays"} if with_schema else {"plays", "input_schema"}
    shown = {name: value for name, value in model.items() if name not in hidden}
    if with_schema:
        shown["input_schema"] = _at(model["input_schema"], origin)
    return shown


def _at(value: Any, origin: str) -> Any:
    """The same with `{origin}` filled in wherever a text has it."""
    if isinstance(value, dict):
        return {name: _at(inner, origin) for name, inner in value.items()}
    if isinstance(value, list):
        return [_at(inner, origin) for inner in value]
    return value.replace("{origin}", origin) if isinstance(value, str) else value


def _fits(model: JsonObject, query: dict[str, str]) -> bool:
    text = " ".join((model["model_id"], model["display_name"], model["description"])).lower()
    return (
        all(word in text for word in query.get("search", "").lower().split())
        and query.get("category") in (None, "", *model["categories"])
        and query.get("kind") in (None, "", model["kind"])
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else otherwise
