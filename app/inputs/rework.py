"""A form changed on its way: rows added, removed or moved, another branch of a union shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.names import AS
from app.inputs.posted import DO, JSON, Posted
from app.inputs.prefill import add_row, add_start
from app.inputs.rows import Texts, reordered, settled, without_row
from app.inputs.values import texts_of_items

# More rows than any model takes, and as many as a page can hold.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Reworked:
    """A form with everything typed in it, after a button's order has been carried out.

    field: the list or union that changed, None for none; focus: the id of what to go on with.
    """

    posted: Posted
    field: Field | None = None
    focus: str = ""


def rework(form: Form, items: Iterable[tuple[str, str]]) -> Reworked:
    """Carry out the order that came with a form: `_do=add keyframes`, `_do=up keyframes.1`.

    The orders are add, remove, up, down (of a row), and show (of a union). Any other, or one
    for a field that the form does not have, leaves the form as it is.
    """
    texts = texts_of_items(items)
    order = texts.pop(DO, [""])[-1]
    texts.pop(JSON, None)
    texts = settled(form, texts, keep_blank=True)
    deed, _, name = order.partition(" ")
    posted = Posted(texts)
    if deed in ("add", "show"):
        field = form.find(name, posted.chosen)
        if field is not None and deed == "add" and field.kind == "rows":
            return _added(texts, field)
        if field is not None and deed == "show" and field.kind == "union":
            return _shown(texts, field)
        return Reworked(posted)
    outer, _, last = name.rpartition(".")
    field = form.find(outer, posted.chosen) if outer else None
    if field is None or field.kind != "rows" or not last.isdecimal() or len(last) > 9:
        return Reworked(posted)
    if deed == "remove":
        return _removed(texts, field, int(last))
    if deed in ("up", "down"):
        return _moved(texts, field, int(last), -1 if deed == "up" else 1)
    return Reworked(posted)


def _added(texts: Texts, field: Field) -> Reworked:
    count = _count(texts, field)
    most = MOST_ROWS if field.max_items is None else min(field.max_items, MOST_ROWS)
    if count < most:
        add_row(texts, field, count)
        count += 1
    return Reworked(Posted(texts), field, first_control(field.row(count - 1), Posted(texts)))


def _removed(texts: Texts, field: Field, number: int) -> Reworked:
    left = without_row(texts, field, number)
    count = _count(left, field)
    focus = f"{field.id}-add"
    if count:
        focus = f"{field.id}-{min(number, count - 1) + 1}-remove"
    return Reworked(Posted(left), field, focus)


def _moved(texts: Texts, field: Field, number: int, step: int) -> Reworked:
    count = _count(texts, field)
    other = number + step
    if not (0 <= number < count and 0 <= other < count):
        return Reworked(Posted(texts), field)
    order = list(range(count))
    order[number], order[other] = other, number
    # The button that was pressed stays under the finger, unless its row can go no further.
    is_at_end = other in (0, count - 1) and other == (0 if step < 0 else count - 1)
    way = {-1: "up", 1: "down"}[-step if is_at_end else step]
    return Reworked(Posted(reordered(texts, field, order)), field, f"{field.id}-{other + 1}-{way}")


def _shown(texts: Texts, union: Field) -> Reworked:
    posted = Posted(texts)
    branch = posted.chosen(union)
    if branch is not None and not _is_begun(branch, texts):
        add_start(texts, branch)
    word = branch.word if branch else ""
    number = next((n for n, one in enumerate(union.branches) if one.word == word), -1)
    return Reworked(Posted(texts), union, f"{union.id}-as-{number + 1}")


def _is_begun(branch: Field, texts: Texts) -> bool:
    names = [name for name in texts if name == branch.name or name.startswith(f"{branch.name}.")]
    return any(text.strip() for name in names if not name.endswith(AS) for text in texts[name])


def _count(texts: Texts, field: Field) -> int:
    return Posted(texts).count(field.name)


def first_control(field: Field, posted: Posted) -> str:
    """The id of the first control inside a field."""
    if field.kind == "object" and field.children:
        return first_control(field.children[0], posted)
    if field.kind == "union":
        branch = posted.chosen(field)
        return first_control(branch, posted) if branch else field.id
    if field.kind == "list":
        return f"{field.id}-1"
    return field.id
