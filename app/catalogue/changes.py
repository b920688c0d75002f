"""What one version of a model's schema has that another had not; pure."""

from typing import Any

from app.catalogue.queries import Model


def changed(before: Model, after: Model) -> dict[str, list[str]] | None:
    """The names of the inputs that are new, gone and changed; None when all are as they were.

    The order of inputs is no change: RunComfy's catalogue and its pages differ in it.
    """
    old, new = _inputs(before), _inputs(after)
    found = {
        "new": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and new[name] != old[name]],
    }
    return found if any(found.values()) else None


def _inputs(model: Model) -> dict[str, Any]:
    properties = model.input_schema.get("properties")
    required = model.input_schema.get("required")
    needed = required if isinstance(required, list) else []
    if not isinstance(properties, dict):
        return {}
    return {name: (described, name in needed) for name, described in properties.items()}
