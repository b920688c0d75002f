"""A form as an address carries it: only what differs from the untouched form, and no secret."""

from app.inputs.form import Form
from app.inputs.names import is_inside
from app.inputs.prefill import from_inputs, is_secret, untouched
from app.inputs.schema import JsonObject

# Browsers take more, proxies and chat programs do not.
LONGEST_LINK = 8_000


def link_pairs(form: Form, inputs: JsonObject) -> list[tuple[str, str]]:
    """The names and texts that `from_link` makes the same inputs of."""
    opened, filled = untouched(form).texts, from_inputs(form, inputs).texts
    differing = [name for name in (filled | opened) if filled.get(name) != opened.get(name)]
    # Rows and branches stand for the whole list or union, so they are given whole.
    whole = [
        field.name
        for field in form.named.values()
        if field.kind in ("rows", "union") and any(is_inside(one, field.name) for one in differing)
    ]
    given = {
        name: texts
        for name, texts in filled.items()
        if (name in differing or _is_in_any(name, whole)) and not is_secret(form, name)
    }
    emptied = [name for name in differing if name not in filled and not _is_in_any(name, whole)] + [
        outer for outer in whole if not any(is_inside(name, outer) for name in filled)
    ]
    return [(name, text) for name, texts in given.items() for text in texts] + [
        (name, "") for name in emptied
    ]


def _is_in_any(name: str, outer: list[str]) -> bool:
    return any(is_inside(name, one) for one in outer)
