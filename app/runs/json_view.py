"""The form as JSON: its text, and what is wrong on which line."""

from dataclasses import dataclass, field

from app.inputs.form import Form
from app.inputs.json_check import LineProblem, json_problems, unshown
from app.inputs.json_text import write_json
from app.inputs.posted import JSON, Posted


@dataclass(frozen=True)
class JsonView:
    """Inputs as JSON.

    given, of: how many inputs it has, and how many there are.
    """

    text: str
    given: int
    of: int
    problems: list[LineProblem] = field(default_factory=list)
    is_kept_from_form: bool = False

    @property
    def lines(self) -> int:
        """How many lines the text has."""
        return self.text.count("\n") + 1

    @property
    def at_fault(self) -> set[int]:
        """The lines that need a change."""
        return {one.line for one in self.problems}


def as_json(form: Form, posted: Posted, origin: str | None = None) -> JsonView:
    """A form's state as JSON: as it was written, checked; or made of what the controls hold."""
    if JSON not in posted.texts:
        return JsonView(write_json(posted.inputs), len(posted.inputs), len(form.properties))
    text = posted.text(JSON)
    found = json_problems(form, text, origin)
    return JsonView(text, len(posted.inputs), len(form.properties), found)


def kept_from_form(form: Form, posted: Posted) -> JsonView | None:
    """JSON that the form could not show without loss, with the reasons; None when it could."""
    view = as_json(form, posted)
    unreadable = [one for one in view.problems if not one.name]
    found = unreadable or unshown(form, view.text)
    if not found:
        return None
    return JsonView(view.text, view.given, view.of, found, is_kept_from_form=True)
