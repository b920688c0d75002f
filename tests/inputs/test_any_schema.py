"""Whatever a schema says, its form shows, reads and checks; and values come through unchanged."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.inputs.check import check, check_posted
from app.inputs.fields import Form, make_form
from app.inputs.posted import Posted
from app.inputs.prefill import from_inputs, untouched
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted
from app.paths import TEMPLATES
from tests.support.dialect import nonsense, schemas
from tests.support.forms import Pairs, filled, posted_by

PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
PATIENT = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def shown(form: Form, posted: Posted, problems: Any = ()) -> Pairs:
    """What a browser would post from the form as it is shown."""
    page = PAGES.get_template("inputs/_fields.html").render(
        form=form, posted=posted, problems=list(problems)
    )
    return posted_by(page)


@given(schemas())
@PATIENT
def test_valid_inputs_come_through_any_form_unchanged(drawn: tuple[JsonObject, Any]) -> None:
    schema, inputs = drawn
    form = make_form(schema)
    assert check(form, inputs) == []

    posted = read_posted(form, shown(form, from_inputs(form, inputs)))

    assert check_posted(form, posted) == []
    assert exact(posted.inputs) == exact(inputs)


def exact(value: Any) -> Any:
    """The same with what Python takes for equal told apart, but for 1 and 1.0, one in JSON."""
    if isinstance(value, dict):
        return {name: exact(one) for name, one in value.items()}
    if isinstance(value, list):
        return [exact(one) for one in value]
    return (type(value).__name__.replace("float", "int"), value)


# For each kind of control, a text that its values never have; what is no choice is no text.
UNFIT = {
    "whole": "1.5 apples",
    "number": "one and a half",
    "choice": "nowhere near",
    "boolean": "perhaps",
    "json": "{",
}


@given(schemas(), st.data())
@PATIENT
def test_what_does_not_fit_is_told_at_its_control_and_kept(
    drawn: tuple[JsonObject, Any], data: st.DataObject
) -> None:
    schema, inputs = drawn
    form = make_form(schema)
    texts = shown(form, from_inputs(form, inputs))
    fields = [field for field in form.fields if field.kind in UNFIT or field.media]
    if not fields:
        return
    field = data.draw(st.sampled_from(fields), label="the field that goes wrong")
    wrong = UNFIT.get(field.kind, "nowhere near")

    posted = read_posted(form, filled(texts, [(field.name, wrong)]))
    problems = check_posted(form, posted)

    assert field.name in [problem.name for problem in problems]
    assert all(problem.message and problem.short for problem in problems)
    assert wrong in posted.texts[field.name]
    # What is shown again goes wrong again in the same place, or could not be shown at all.
    again = shown(form, posted, problems)
    if (field.name, wrong) in again:
        assert field.name in [one.name for one in check_posted(form, read_posted(form, again))]


@given(
    nonsense(),
    st.sampled_from(["", "x", "1", "[]", "{", "true"]),
)
@PATIENT
def test_nonsense_becomes_a_form_that_shows_reads_and_checks(
    schema: dict[str, Any], text: str
) -> None:
    form = make_form(schema)

    pairs = shown(form, untouched(form))
    posted = read_posted(form, [(name, text) for name, _ in pairs])
    problems = check_posted(form, posted)

    shown(form, posted, problems)
    assert set(schema["properties"]) <= set(form.named)
