"""The order of a form's fields."""

from app.inputs.form import Field
from app.inputs.kinds import TEXTS


def in_order(fields: list[Field]) -> list[Field]:
    """Fields as a person fills them.

    The order of a model's own page is meant and kept. RunComfy's catalogue sorts by name,
    which is no order at all: there the prompt comes first, then what is required, files, the
    rest. What the schema does not describe comes last in either case.
    """
    described = [field for field in fields if field.described]
    names = [field.key for field in described]
    if len(names) > 1 and names == sorted(names):
        described.sort(key=_rank)
    return described + [field for field in fields if not field.described]


def _rank(field: Field) -> int:
    if field.kind == "text" and not field.media and field.key in TEXTS:
        return 0 if field.key == "prompt" else 1
    if field.required:
        return 2
    return 3 if field.media else 4
