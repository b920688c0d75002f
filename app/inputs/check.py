"""Typed values against the schema: what RunComfy would refuse, said before anything is sent."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from app.inputs.addresses import address_problem
from app.inputs.faults import located, worded
from app.inputs.form import Field, Form
from app.inputs.posted import JSON, Posted
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sizes import SIDES, size_of
from app.inputs.validator import Validator
from app.inputs.words import Problem, problem, unknown

# Nobody mends more at once, and a list of a million wrong values must not take a million steps.
MOST_PROBLEMS = 100


def check_posted(form: Form, posted: Posted, allowed_origin: str | None = None) -> list[Problem]:
    """Every problem of a posted form, in the form's order; see `check`."""
    if any(found.name == JSON for found in posted.problems):
        return posted.problems
    places = _places(form)
    # What could not be read is not in the inputs, but to call it missing as well would be wrong.
    unread = {places.get(found.name) for found in posted.problems}
    found = [
        one
        for one in check(form, posted.inputs, allowed_origin)
        if places.get(one.name) not in unread
    ]
    return sorted(posted.problems + found, key=lambda one: places.get(one.name, len(places)))


def check(form: Form, inputs: JsonObject, allowed_origin: str | None = None) -> list[Problem]:
    """What is wrong with typed inputs, at most `MOST_PROBLEMS` of it; empty when all is well.

    inputs: by property name; allowed_origin: where file addresses may lie beside https, such
    as `http://127.0.0.1:8188`. Takes the same short time whatever the schema's author wrote.
    """
    strange = (unknown(name) for name in inputs if name not in form.properties)
    return list(islice(_problems(form, inputs, allowed_origin), MOST_PROBLEMS)) + list(
        islice(strange, MOST_PROBLEMS)
    )


def _problems(form: Form, inputs: JsonObject, allowed_origin: str | None) -> Iterator[Problem]:
    for error in _validator(form).iter_errors(inputs):
        field, rest = located(form, error)
        # A custom size is in no enum, so it is judged below.
        if not (field.custom_size and isinstance(error.instance, dict)):
            yield worded(field, rest, error)
    for field in form.fields:
        value = inputs.get(field.key)
        if field.custom_size and isinstance(value, dict):
            yield from _problems_of_size(field, value)
        if field.media:
            yield from _problems_of_files(field, value, allowed_origin)


@lru_cache(maxsize=512)
def _validator(form: Form) -> Validator:
    return Validator(form.schema)


@lru_cache(maxsize=512)
def _places(form: Form) -> dict[str, int]:
    """Where each control's name stands in the form, those inside a field at the field's place."""
    places: dict[str, int] = {}
    for place, top in enumerate(form.fields):
        for field in top.walk():
            places[field.name] = place
            for side in SIDES if field.custom_size else ():
                places[f"{field.name}.{side}"] = place
    return places


def _problems_of_size(field: Field, size: JsonObject) -> Iterator[Problem]:
    if set(size) != set(SIDES) or size_of(size) is None:
        said = "A custom size is a width and a height, both in whole pixels."
        yield problem(field, said, "is not a size")


def _problems_of_files(
    field: Field, value: JsonValue, allowed_origin: str | None
) -> Iterator[Problem]:
    if isinstance(value, str):
        found = [address_problem(field, value, allowed_origin)]
    else:
        rows = value if isinstance(value, list) else []
        found = [
            address_problem(field, address, allowed_origin, row)
            for row, address in enumerate(rows)
            if isinstance(address, str)
        ]
    yield from (one for one in found if one is not None)
