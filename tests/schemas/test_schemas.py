"""Each shape of schema that was ever met: its controls, what it sends, and what it refuses.

One file a shape. `filled` are the pairs that a person's values are posted as, in place of
those of the untouched form; `sends` is the body that must come of it, to the letter;
`refused` are pairs that must not pass, each with the control that says so; `shown` is what
the form begins with; `notes` counts what is said of the schema itself.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.inputs.check import check, check_posted
from app.inputs.fields import Form, make_form
from app.inputs.posted import Posted
from app.inputs.prefill import from_inputs, untouched
from app.inputs.values import read_posted
from app.paths import TEMPLATES
from tests.support.forms import filled, posted_by

FILES = sorted(Path(__file__).parent.glob("*.json"))
PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_schema_becomes_a_form_that_sends_what_is_meant(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    form = make_form(case["input_schema"])
    opened = posted_by(shown(form, untouched(form)))

    posted = read_posted(form, filled(opened, case["filled"]))

    assert check_posted(form, posted) == []
    assert as_sent(posted.inputs) == as_sent(case["sends"])
    assert {name: form.named[name].control for name in case["controls"]} == case["controls"]
    assert boxes(form) <= {name for name, kind in case["controls"].items() if kind == "json"}
    first = case.get("shown", [])
    assert [field.name for field in form.fields][: len(first)] == first
    assert len(form.notes) == case.get("notes", 0)
    # What was sent fills the form again, so that it would send the same once more.
    again = posted_by(shown(form, from_inputs(form, posted.inputs)))
    assert as_sent(read_posted(form, again).inputs) == as_sent(case["sends"])
    assert check(form, posted.inputs) == []


# None of these can show what it does not offer; the message quotes it.
TICKED = ("segments", "radios", "shapes", "checkbox", "fixed")
REFUSED = [
    (path, number)
    for path in FILES
    for number in range(len(json.loads(path.read_text(encoding="utf-8")).get("refused", [])))
]


@pytest.mark.parametrize(("path", "number"), REFUSED, ids=lambda one: getattr(one, "stem", one))
def test_what_does_not_fit_is_told_at_its_control(path: Path, number: int) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    form, refused = make_form(case["input_schema"]), case["refused"][number]
    opened = posted_by(shown(form, untouched(form)))

    posted = read_posted(form, filled(opened, refused["filled"]))
    problems = check_posted(form, posted)
    page = shown(form, posted, problems)

    assert refused["at"] in [problem.name for problem in problems]
    assert all(problem.message and problem.short for problem in problems)
    assert 'aria-invalid="true"' in page
    typed = {
        (name, text.replace("\r\n", "\n"))
        for name, text in refused["filled"]
        if name not in form.named or form.named[name].control not in TICKED
    }
    assert typed <= set(posted_by(page))


def shown(form: Form, posted: Posted, problems: Any = ()) -> str:
    """The form's markup."""
    return PAGES.get_template("inputs/_fields.html").render(
        form=form, posted=posted, problems=list(problems)
    )


def boxes(form: Form) -> set[str]:
    """The names of all inputs that are offered as nothing better than JSON."""
    return {field.name for field in form.named.values() if field.control == "json"}


def as_sent(inputs: Any) -> str:
    """The body as text, in which 2 and 2.0 and the order of keys are told apart."""
    return json.dumps(inputs, ensure_ascii=False)
