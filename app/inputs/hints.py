"""The words beside a label: whether it is required, its limits, its usual value."""

from app.inputs.field import Field
from app.inputs.labels import MINUS, figure

_SEED = "Same seed, same inputs: near the same picture"


def hint_for(field: Field) -> str:
    """The facts of a field in a few words, e.g. "Required · 0 to 20 · usually 2.5"."""
    facts: list[str] = []
    if not field.described:
        facts.append("required, not described")
    elif field.required and field.kind != "boolean":
        facts.append("Required")
    if field.when:
        facts.append(f"when {field.when}")
    if field.rolled:
        facts.append(_seed_hint(field))
    elif field.kind in ("whole", "number"):
        facts.append(_limits(field))
        facts += [f"in steps of {figure(field.step)}"] if field.step is not None else []
        facts += [f"usually {field.usual.replace('-', MINUS, 1)}"] if field.usual else []
    elif field.kind == "list" and field.min_items > 1:
        facts.append(f"at least {figure(field.min_items)}")
    if field.media == "image" and field.kind == "list" and field.max_items != 1:
        facts.append("first is the main one")
    return " · ".join(fact for fact in facts if fact)


def _seed_hint(field: Field) -> str:
    if field.minimum is not None and field.maximum is not None:
        return f"{figure(field.minimum)} to {figure(field.maximum)}"
    return "0 is a seed like any other" if field.usual == "0" else _SEED


def _limits(field: Field) -> str:
    if field.minimum is not None and field.maximum is not None:
        return f"{figure(field.minimum)} to {figure(field.maximum)}"
    above, below = field.schema.get("exclusiveMinimum"), field.schema.get("exclusiveMaximum")
    low = f"{figure(field.minimum)} or more" if field.minimum is not None else ""
    high = f"{figure(field.maximum)} or less" if field.maximum is not None else ""
    if isinstance(above, int | float):
        low = f"above {figure(above)}"
    if isinstance(below, int | float):
        high = f"below {figure(below)}"
    return ", ".join(limit for limit in (low, high) if limit)
