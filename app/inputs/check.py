"""Typed values against the schema: what RunComfy would refuse, said before anything is sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from app.inputs.addresses import address_problem
from app.inputs.faults import located, unworded, way_of, worded
from app.inputs.field import Choose, Field, part_of
from app.inputs.form import Form
from app.inputs.formats import fault_of_format
from app.inputs.names import escaped, is_inside, parts_of, row_of
from app.inputs.posted import JSON, Posted
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sides import size_problems
from app.inputs.sizes import SIDES, size_of
from app.inputs.unions import branch_for, validator_of
from app.inputs.validator import ValidationError, Validator
from app.inputs.words import Problem, misfit, missing, problem, quote, unknown

# Nobody mends more at once, and a list of a million wrong values must not take a million steps.
MOST_PROBLEMS = 100


def check_posted(form: Form, posted: Posted, allowed_origin: str | None = None) -> list[Problem]:
    """Every problem of a posted form, in the form's order; see `check`."""
    if any(found.name == JSON for found in posted.problems):
        return posted.problems
    # What could not be read is not in the inputs, but to call it missing as well would be wrong.
    unread = [found.name for found in posted.problems]
    found = [
        one
        for one in _found(form, posted.inputs, allowed_origin, posted.chosen)
        if not any(is_inside(name, one.name) for name in unread)
    ]
    places = {field.key: place for place, field in enumerate(form.fields)}
    return sorted(posted.problems + found, key=lambda one: _place(form, places, one.name))


def _place(form: Form, places: dict[str, int], name: str) -> tuple[int, ...]:
    """Where a control stands in the form, row by row and field by field."""
    first, *others = parts_of(name)
    field = form.named.get(escaped(first))
    way = [places.get(first, len(places))]
    for part in others:
        keys = [child.key for child in field.children] if field else []
        number = row_of(part) if field and field.kind == "rows" else None
        way.append(keys.index(part) if part in keys else number or 0)
        field = field and part_of(field, part)
    return tuple(way)


def check(form: Form, inputs: JsonObject, allowed_origin: str | None = None) -> list[Problem]:
    """What is wrong with typed inputs, at most `MOST_PROBLEMS` of it; empty when all is well.

    inputs: by property name; allowed_origin: where file addresses may lie beside https, such
    as `http://127.0.0.1:8188`. Takes the same short time whatever the schema's author wrote.
    """
    return _found(form, inputs, allowed_origin, lambda union: None)


def _found(
    form: Form, inputs: JsonObject, allowed_origin: str | None, choose: Choose
) -> list[Problem]:
    strange = (unknown(name) for name in inputs if not form.takes(name))
    return list(islice(_problems(form, inputs, allowed_origin, choose), MOST_PROBLEMS)) + list(
        islice(strange, MOST_PROBLEMS)
    )


def _problems(
    form: Form, inputs: JsonObject, allowed_origin: str | None, choose: Choose
) -> Iterator[Problem]:
    for error in _validator(form).iter_errors(inputs):
        way = way_of(error)
        top = form.named.get(escaped(str(way[0]))) if way else None
        if top is None:
            yield misfit(unworded(error))
        else:
            yield from _said(top, [top.key], way[1:], error, choose)
    for top in form.fields:
        if top.key in inputs:
            for part in _parts(top, inputs[top.key], [top.key], choose):
                yield from _problems_of_part(part, allowed_origin, choose)


def _problems_of_part(
    part: "_Part", allowed_origin: str | None, choose: Choose
) -> Iterator[Problem]:
    field, value = part.field, part.value
    if part.is_branch:
        for error in validator_of(field).iter_errors(value):
            yield from _said(field, part.way, way_of(error), error, choose)
    if field.custom_size and isinstance(value, dict):
        yield from _problems_of_size(field, value, part.way)
    fault = fault_of_format(field.format, value) if field.format else None
    if fault is not None:
        said = f"{quote(str(value))} cannot be read. {fault[0]}"
        yield replace(problem(field, said, fault[1]), way=tuple(part.way))
    for found in _problems_of_files(field, value, allowed_origin) if field.media else ():
        yield replace(found, way=(*part.way, *([] if found.row is None else [found.row])))


@lru_cache(maxsize=512)
def _validator(form: Form) -> Validator:
    return Validator(form.schema)


def _said(
    start: Field,
    outer: list[str | int],
    way: list[str | int],
    error: ValidationError,
    choose: Choose,
) -> Iterator[Problem]:
    """outer: the way to where `way` starts."""
    field, rest = located(start, way)
    empty = choose(field) if field.kind == "union" and error.validator == "required" else None
    wanted = [child for child in empty.children if child.required] if empty else []
    if wanted:
        # The branch is chosen; what it lacks is said there, and not beside the choice.
        for child in wanted:
            yield replace(missing(child), way=(*outer, *way, child.key))
        return
    # A custom size is in no enum, so it is judged by itself.
    if not (field.custom_size and not rest and isinstance(error.instance, dict)):
        yield replace(worded(field, rest, error), way=(*outer, *way))


@dataclass(frozen=True, slots=True)
class _Part:
    """A field with its value, and the way to it among the inputs."""

    field: Field
    value: JsonValue
    way: list[str | int]
    is_branch: bool = False


def _parts(field: Field, value: JsonValue, way: list[str | int], choose: Choose) -> Iterator[_Part]:
    """A field and all that is inside it and has a value, where more than a schema judges it."""
    if field.kind == "union":
        if value is not None or not field.nullable:
            branch = choose(field) or branch_for(field, value)
            yield _Part(branch, value, way, is_branch=True)
            yield from islice(_parts(branch, value, way, choose), 1, None)
        return
    yield _Part(field, value, way)
    if field.kind == "object" and isinstance(value, dict):
        for child in field.children:
            if child.key in value:
                yield from _parts(child, value[child.key], [*way, child.key], choose)
    if field.kind == "rows" and isinstance(value, list) and _has_parts_to_judge(field):
        for number, one in enumerate(value):
            yield from _parts(field.row(number), one, [*way, number], choose)


@lru_cache(maxsize=2048)
def _has_parts_to_judge(field: Field) -> bool:
    """Whether anything in its rows is judged by more than the schema of the whole."""
    inner = (*field.children, *([field.item] if field.kind == "rows" and field.item else []))
    return bool(field.media or field.format or field.custom_size or field.kind == "union") or any(
        _has_parts_to_judge(one) for one in inner
    )


def _problems_of_size(field: Field, size: JsonObject, way: list[str | int]) -> Iterator[Problem]:
    if set(size) != set(SIDES) or size_of(size) is None:
        said = "A custom size is a width and a height, both in whole pixels."
        yield replace(problem(field, said, "is not a size"), way=tuple(way))
        return
    for side in field.children:
        for error in validator_of(side).iter_errors(size[side.key]):
            yield replace(worded(side, [], error), way=(*way, side.key))
    yield from size_problems(field, size)


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
