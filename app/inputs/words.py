"""What is said about a value that cannot be sent: beside its control, and in the summary."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from app.inputs.choices import text_of
from app.inputs.field import Field
from app.inputs.labels import figure, in_sentence, label_for, with_article
from app.inputs.schema import JsonValue

LONGEST_QUOTE = 60
MOST_NAMED = 5
_FILES = {
    "image": ("an image", "images"),
    "video": ("a video", "videos"),
    "audio": ("a sound", "sounds"),
    "file": ("a file", "files"),
}
_VALUES = ("a value", "values")


@dataclass(frozen=True, slots=True)
class Problem:
    """One input that needs a change.

    name: of the control, as posted; id: of the control in the page, empty where it has none;
    row: the position in a list, from 0; message: beside the control; short: in the summary;
    way: to the value among the inputs, where the checking tells it.
    """

    name: str
    label: str
    message: str
    short: str
    id: str = ""
    row: int | None = None
    way: tuple[str | int, ...] = ()


def problem(field: Field, message: str, short: str, row: int | None = None) -> Problem:
    """A problem with a field, or with one row of it. `short` goes on after the label."""
    row_id = field.id if row is None else f"{field.id}-{row + 1}"
    label = field.said if row is None else f"{field.said}, {row + 1}"
    return Problem(field.name, field.label, message, f"{label} {short}", row_id, row)


def misfit(said: str) -> Problem:
    """Something wrong with all inputs together rather than with one of them."""
    return Problem("", "Inputs", said, f"All inputs together: {said}")


def unknown(name: str) -> Problem:
    """A name that the model does not have."""
    shown = name if len(name) <= LONGEST_QUOTE else f"{name[:LONGEST_QUOTE]}…"
    sentence = f"“{shown}” is not an input of this model"
    return Problem(name, shown, f"{sentence}.", sentence, way=(name,))


def missing(field: Field) -> Problem:
    """A required input that was left empty."""
    label = in_sentence(field.label)
    if field.media or (field.kind in ("list", "rows") and field.item):
        one, several = _things(field)
        if field.min_items > 1:
            least = figure(field.min_items)
            return problem(
                field, f"Add {least} {several}. This model requires {least}.", "is empty"
            )
        return problem(field, f"Add {one}. This model requires one.", "is empty")
    message = f"Fill in the {label}. This model requires it."
    if field.key == "prompt":
        message = "Write a prompt. This model requires one."
    elif field.kind == "text":
        message = f"Write the {label}. This model requires it."
    elif field.kind in ("whole", "number"):
        message = f"Enter a {_numeral(field)}. This model requires one."
    elif field.kind in ("choice", "boolean"):
        return problem(field, "Choose one. This model requires it.", "is not chosen")
    return problem(field, message, "is empty")


def needed(field: Field, condition: str) -> Problem:
    """An input that is required only under a condition, and was left empty."""
    said = f"Needed when {condition}." if condition else "Needed with these inputs."
    return problem(field, said, "is empty")


def under(found: Problem, condition: str) -> Problem:
    """A problem that is none as soon as the condition does not hold."""
    if not condition:
        return found
    return replace(found, message=f"{found.message} This holds when {condition}.")


def one_of_several(field: Field, names: list[str]) -> Problem:
    """Several inputs of which one is required, and all were left empty."""
    labels = [in_sentence(label_for(name, None)) for name in names]
    said = f"Fill in {' or '.join(labels[:MOST_NAMED])}. This model requires one of them."
    return problem(field, said, "is empty, and so is what may stand for it")


def files(field: Field, count: int) -> str:
    """What a list holds, in the right number: "1 image", "11 images"."""
    one, several = _things(field)
    return one.split(" ", 1)[1] if count == 1 else several


def _things(field: Field) -> tuple[str, str]:
    if field.kind == "rows" and field.item is not None:
        return with_article(field.item.label), in_sentence(field.label)
    return _FILES.get(field.media or "", _VALUES)


def unreadable_number(field: Field, typed: str, row: int | None = None) -> Problem:
    """A text where a number belongs."""
    quoted = quote(typed)
    point = typed.strip().replace(",", ".", 1)
    if field.kind == "number" and typed.count(",") == 1 and point.replace(".", "", 1).isdigit():
        return problem(
            field, f"{quoted} has a comma. Write {point}, with a point.", "has a comma", row
        )
    numeral = _numeral(field)
    return problem(field, f"{quoted} is not a {numeral}.{_mend(field)}", f"is not a {numeral}", row)


def out_of_range(field: Field, value: JsonValue, *, high: bool, row: int | None = None) -> Problem:
    """A number beyond its limits, inclusive or not."""
    strict = field.schema.get("exclusiveMaximum" if high else "exclusiveMinimum")
    limit = field.maximum if high else field.minimum
    if isinstance(strict, int | float) and (limit is None or limit == value):
        bound = f"is not {'below' if high else 'above'} {figure(strict)}"
    else:
        bound = f"is {'above' if high else 'below'} {figure(limit or 0)}"
    level = "high" if high else "low"
    return problem(field, f"{_shown(value)} is too {level}.{_range(field)}", bound, row)


def not_offered(field: Field, typed: str, row: int | None = None) -> Problem:
    """A text that is none of the choices."""
    said = f"{quote(typed)} is not offered. Choose one of the values shown."
    return problem(field, said, "is not one of its values", row)


def off_step(field: Field, value: int | float, row: int | None = None) -> Problem:
    """A number between two steps."""
    step = field.step or 1
    exact = Fraction(str(step))
    below = math.floor(Fraction(str(value)) / exact) * exact
    near = f"Use {figure(_plain(below))} or {figure(_plain(below + exact))}."
    said = f"{_shown(value)} is not a multiple of {figure(step)}. {near}"
    return problem(field, said, f"is not a multiple of {figure(step)}", row)


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


def wrong_length(
    field: Field, length: int, limit: int, *, long: bool, row: int | None = None
) -> Problem:
    """A text of too many or too few characters."""
    bound = "at most" if long else "at least"
    said = f"This has {figure(length)} characters; {bound} {figure(limit)} are taken."
    compared = "longer" if long else "shorter"
    return problem(field, said, f"is {compared} than {figure(limit)} characters", row)


def wrong_count(field: Field, count: int, limit: int, *, many: bool) -> Problem:
    """A list of too many or too few items: "11 of at most 10 images. Remove 1."."""
    things = files(field, limit)
    if many:
        said = (
            f"{figure(count)} of at most {figure(limit)} {things}. Remove {figure(count - limit)}."
        )
        return problem(field, said, f"has {figure(count)} of at most {figure(limit)}")
    said = (
        f"{figure(count)} of at least {figure(limit)} {things}. Add {figure(limit - count)} more."
    )
    return problem(field, said, f"has {figure(count)} of at least {figure(limit)}")


def quote(typed: str) -> str:
    """A person's own text inside a sentence, cut where it is long."""
    text = typed.strip()
    return f"“{text}”" if len(text) <= LONGEST_QUOTE else f"“{text[:LONGEST_QUOTE]}…”"


def _numeral(field: Field) -> str:
    return "whole number" if field.kind == "whole" else "number"


def _mend(field: Field) -> str:
    if field.rolled:
        return " Leave it empty to have one rolled."
    return _range(field)


def _range(field: Field) -> str:
    numeral = _numeral(field)
    if field.minimum is not None and field.maximum is not None:
        return f" Use a {numeral} from {figure(field.minimum)} to {figure(field.maximum)}."
    if field.minimum is not None:
        return f" Use {figure(field.minimum)} or more."
    if field.maximum is not None:
        return f" Use {figure(field.maximum)} or less."
    above, below = field.schema.get("exclusiveMinimum"), field.schema.get("exclusiveMaximum")
    bounds = [f"above {figure(above)}"] if isinstance(above, int | float) else []
    bounds += [f"below {figure(below)}"] if isinstance(below, int | float) else []
    return f" Use a {numeral} {' and '.join(bounds)}." if bounds else ""


def _shown(value: JsonValue) -> str:
    text = text_of(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
