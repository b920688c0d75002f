"""The models the simulator offers, and whether a request's inputs fit them."""

import json
import math
from copy import deepcopy
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]

_ALL: tuple[JsonObject, ...] = tuple(
    json.loads((Path(__file__).parent / "models.json").read_text(encoding="utf-8"))
)
_BY_ID = {model["model_id"]: model for model in _ALL}
_MOST_AT_ONCE = 100


def found(model_id: str) -> JsonObject | None:
    """A model as the catalogue file has it; not to be changed."""
    return _BY_ID.get(model_id)


def published(model: JsonObject, origin: str, *, with_schema: bool) -> JsonObject:
    """A model as the API shows it: sample addresses stand at the origin that was asked."""
    shown = {name: value for name, value in model.items() if name != "plays"}
    if not with_schema:
        del shown["input_schema"]
        return shown
    shown["input_schema"] = schema = deepcopy(model["input_schema"])
    for described in schema["properties"].values():
        if isinstance(described.get("default"), list):
            described["default"] = [
                address.replace("{origin}", origin) for address in described["default"]
            ]
    return shown


def page(query: dict[str, str], origin: str) -> JsonObject:
    """One page of the catalogue: `search`, `category`, `kind`, `limit`, `offset`, `include_schema`.

    Values that make no sense are taken as left out.
    """
    wanted = [model for model in _ALL if _fits(model, query)]
    offset = _whole(query.get("offset"), 0)
    limit = max(1, min(_MOST_AT_ONCE, _whole(query.get("limit"), _MOST_AT_ONCE)))
    with_schema = query.get("include_schema", "").lower() in ("true", "1")
    models = [
        published(model, origin, with_schema=with_schema)
        for model in wanted[offset : offset + limit]
    ]
    return {"models": models, "total": len(wanted)}


def _fits(model: JsonObject, query: dict[str, str]) -> bool:
    text = " ".join((model["model_id"], model["display_name"], model["description"])).lower()
    return (
        all(word in text for word in query.get("search", "").lower().split())
        and query.get("category") in (None, "", *model["categories"])
        and query.get("kind") in (None, "", model["kind"])
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else otherwise


def categories() -> list[str]:
    return list(dict.fromkeys(name for model in _ALL for name in model["categories"]))


def complaints(model: JsonObject, inputs: JsonObject) -> list[JsonObject]:
    """What is wrong with inputs, each as `{"loc": ["body", name], "msg": words}`.

    Keys the model does not know are passed over, as most APIs do.
    """
    schema = model["input_schema"]
    wrong = []
    for name in schema["required"]:
        if inputs.get(name) in (None, "", []):
            wrong.append({"loc": ["body", name], "msg": "field required"})
    missing = {complaint["loc"][1] for complaint in wrong}
    for name, described in schema["properties"].items():
        value = inputs.get(name)
        if value is None or name in missing:
            continue
        words = _complaint(name, described, value)
        if words is not None:
            wrong.append({"loc": ["body", name], "msg": words})
    return wrong


def _complaint(name: str, described: JsonObject, value: Any) -> str | None:
    if name == "image_size" and isinstance(value, dict):
        sides: list[Any] = [value.get("width"), value.get("height")]
        fine = all(_is_a("integer", side) and side > 0 for side in sides)
        return None if fine else "width and height must be positive integers"
    if not _is_a(described["type"], value):
        return f"must be of type {described['type']}"
    if "enum" in described and value not in described["enum"]:
        return f"must be one of {', '.join(str(choice) for choice in described['enum'])}"
    if "minimum" in described and value < described["minimum"]:
        return f"must be at least {described['minimum']}"
    if "maximum" in described and value > described["maximum"]:
        return f"must be at most {described['maximum']}"
    if isinstance(value, list):
        return _list_complaint(described, value)
    return None


def _list_complaint(described: JsonObject, value: list[Any]) -> str | None:
    if len(value) < described.get("minItems", 0):
        return f"must have at least {described['minItems']} items"
    if len(value) > described.get("maxItems", math.inf):
        return f"must have at most {described['maxItems']} items"
    for place, item in enumerate(value):
        if not isinstance(item, str) or not item.startswith(("https://", "http://", "data:")):
            return f"item {place} must be an address"
    return None


def _is_a(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind in ("float", "number"):
        return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    return isinstance(value, {"string": str, "integer": int, "array": list, "object": dict}[kind])


def cost_usd(model: JsonObject, inputs: JsonObject) -> float | None:
    """What a request costs; None where the catalogue tells no price."""
    price = model.get("base_price_usd")
    if price is None:
        return None
    properties = model["input_schema"]["properties"]
    measure = {"images": "num_images", "video": "duration"}.get(model["plays"])
    count = 1 if measure is None else inputs.get(measure) or properties[measure]["default"]
    return round(float(price) * float(count), 6)
