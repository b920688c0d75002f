"""A form in its other view, or with something to copy: orders that change no value."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.inputs.json_text import NotJson, read_json_text
from app.inputs.posted import DO, JSON, Posted
from app.inputs.prefill import from_inputs
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted
from app.runs.copying import LINK, copied
from app.runs.form_pages import Filled
from app.runs.json_view import as_json, kept_from_form
from app.settings import Settings

_COPY, _FORM, _AS_JSON, CHECK = "copy", "form", "json", "check"


@dataclass(frozen=True)
class Seen:
    """A form as it is shown next, and by which order."""

    filled: Filled
    order: str

    @property
    def refused(self) -> bool:
        """Whether something has to change before the order can be carried out.

        Without an order a draft is only shown again, whatever is wrong with it.
        """
        return self.order != "" and bool(
            self.filled.problems or (self.filled.json and self.filled.json.problems)
        )


def view_asked(
    settings: Settings, blank: Filled, pairs: Iterable[tuple[str, str]], origin: str | None
) -> Seen | None:
    """Carry out `_do=json`, `form`, `check` or `copy …`; None for an order that is not of these.

    blank: the model's form with nothing in it. What the other view could not show without loss
    stays where it is, with its problems. Whatever else comes with JSON, it stays JSON.
    """
    texts = list(pairs)
    order = next((text for name, text in reversed(texts) if name == DO), "")
    deed, _, kind = order.partition(" ")
    is_json = any(name == JSON for name, _ in texts)
    if not is_json and deed not in (_AS_JSON, _COPY):
        return None
    posted = read_posted(blank.form, texts)
    filled = replace(blank, posted=posted)
    if is_json and deed == _FORM:
        return Seen(_to_form(filled), deed)
    if not is_json and posted.problems:
        return Seen(replace(filled, problems=posted.problems), deed)
    if is_json or deed == _AS_JSON:
        filled = replace(filled, json=as_json(blank.form, posted, origin), focus="view-json")
    if deed != _COPY:
        return Seen(filled, deed)
    return Seen(_with_copy(settings, filled, kind), deed)


def _to_form(filled: Filled) -> Filled:
    kept = kept_from_form(filled.form, filled.posted)
    if kept is not None:
        return replace(filled, json=kept)
    posted = from_inputs(filled.form, filled.posted.inputs)
    return replace(filled, posted=posted, focus="view-form")


def _with_copy(settings: Settings, filled: Filled, kind: str) -> Filled:
    if filled.json is not None and kind == LINK:
        kept = kept_from_form(filled.form, filled.posted)
        if kept is not None:
            return replace(filled, json=kept)
    inputs = _written(filled.posted)
    if inputs is None:
        return filled
    found = copied(settings, filled.model.model_id, filled.form, inputs, kind)
    json = filled.json and replace(filled.json, problems=[])
    return replace(filled, json=json, copied=found, focus=f"copy-{kind}")


def _written(posted: Posted) -> JsonObject | None:
    """The inputs as they stand, in JSON also those that the model does not know."""
    if JSON not in posted.texts:
        return posted.inputs
    try:
        value = read_json_text(posted.text(JSON)).value
    except NotJson:
        return None
    return value if isinstance(value, dict) else None
