"""Whether a form can show inputs as they are: what would come back changed, and where."""

from collections.abc import Iterator

from app.inputs.form import Form
from app.inputs.prefill import from_inputs
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.values import read_posted
from app.inputs.ways import Way


def lost_in_form(form: Form, inputs: JsonObject) -> list[Way]:
    """The ways to the values that the form would not give back as they are.

    Such as a text where a number belongs, or a name that no control has.
    """
    back = read_posted(form, from_inputs(form, inputs).items()).inputs
    return list(_differences(inputs, back, ()))


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values mean the same: 1 and 1.0 do, 1 and true do not."""
    return not any(_differences(one, other, ()))


def _differences(one: JsonValue, other: JsonValue, way: Way) -> Iterator[Way]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            if name in one and name in other:
                yield from _differences(one[name], other[name], (*way, name))
            else:
                yield (*way, name)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (each, its_other) in enumerate(zip(one, other, strict=True)):
            yield from _differences(each, its_other, (*way, number))
    elif isinstance(one, bool) != isinstance(other, bool) or one != other:
        yield way
    elif isinstance(one, str) and "\r" in one:
        # Browsers make one kind of line end of all.
        yield way
