"""Seeds that nobody chose: drawn, sent and recorded, so that a picture can be made again."""

import re
from collections.abc import Callable

from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.schema import JsonObject
from app.inputs.values import in_schema_order

# The range of a seed without bounds; every model met takes it.
LARGEST_SEED = 2**31 - 1

# "Use 0 to let the provider randomize." (happyhorse-1.0/video-edit)
_ZERO_IS_RANDOM = re.compile(
    r"(?:use|set to|with|if|when|\b=) 0\b[^.]*random|\b0 (?:means|is|for|gives|will)\b[^.]*random"
    r"|random[^.]*\b(?:use|set to|with|if|when) 0\b",
    re.IGNORECASE,
)


def roll_seeds(
    form: Form, inputs: JsonObject, draw: Callable[[int, int], int]
) -> tuple[JsonObject, list[str]]:
    """Give every seed that was left empty a value.

    draw: returns a whole number between two, both included; `random.SystemRandom().randint`.
    Returns new inputs, and the names of the seeds that were rolled.
    """
    rolled = {
        field.key: draw(*seed_range(field))
        for field in form.fields
        if field.rolled and field.key not in inputs
    }
    return in_schema_order(form, {**inputs, **rolled}), list(rolled)


def seed_range(field: Field) -> tuple[int, int]:
    """The smallest and the largest seed to draw, within what the schema allows.

    A value that stands for "random" is not drawn where another can be: RunComfy would draw
    its own then, and the recorded one would bring nothing back.
    """
    most = LARGEST_SEED if field.maximum is None else int(field.maximum)
    least = 0 if field.minimum is None else int(field.minimum)
    if field.minimum is None and most < 0:
        least = most - LARGEST_SEED
    if field.maximum is None and least > most:
        most = least + LARGEST_SEED
    first = 1 if _ZERO_IS_RANDOM.search(field.help) else 0
    return (max(least, first) if most >= first else least), most
