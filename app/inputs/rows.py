"""Lists with fields in their rows: their posted names, numbered anew without gaps."""

from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.names import AS, is_inside, row_of
from app.inputs.posted import EMPTY, NULL

Texts = dict[str, list[str]]
# What a name carries: its texts, and whether it is marked to be sent empty or as null.
_Entries = dict[str, list[tuple[str, str]]]

MARKS = (EMPTY, NULL)


def settled(form: Form, texts: Texts, *, keep_blank: bool = False) -> Texts:
    """The same texts with every list's rows numbered from 0; rows left blank fall away."""
    if not any(field.holds_rows for field in form.fields):
        return texts
    entries = _entries(texts)
    for field in form.fields:
        if field.holds_rows:
            entries = _settled_inside(field, entries, keep_blank)
    return _texts(entries)


def without_row(texts: Texts, field: Field, number: int) -> Texts:
    """The same texts but for one row; those after it move up."""
    order = [place for place in range(_count(texts, field)) if place != number]
    return reordered(texts, field, order)


def reordered(texts: Texts, field: Field, order: list[int]) -> Texts:
    """The rows of a list in another order; rows that the order leaves out fall away."""
    rows, others = _split(field, _entries(texts))
    for place, number in enumerate(order):
        others |= _renamed(rows.get(number, {}), field, number, place)
    return _texts(others)


def _count(texts: Texts, field: Field) -> int:
    return max(_split(field, _entries(texts))[0], default=-1) + 1


def _entries(texts: Texts) -> _Entries:
    entries: _Entries = {}
    for name, said in texts.items():
        if name in MARKS:
            for marked in said:
                entries.setdefault(marked, []).append((name, marked))
        else:
            entries.setdefault(name, []).extend(("", text) for text in said)
    return entries


def _texts(entries: _Entries) -> Texts:
    texts: Texts = {}
    for name, said in entries.items():
        for mark, text in said:
            texts.setdefault(mark or name, []).append(name if mark else text)
    return texts


def _settled_inside(field: Field, entries: _Entries, keep_blank: bool) -> _Entries:
    if field.kind == "rows":
        return _settled_rows(field, entries, keep_blank)
    for part in (*field.children, *field.branches):
        if part.holds_rows:
            inside = {name: said for name, said in entries.items() if is_inside(name, part.name)}
            others = {name: said for name, said in entries.items() if name not in inside}
            entries = others | _settled_inside(part, inside, keep_blank)
    return entries


def _settled_rows(field: Field, entries: _Entries, keep_blank: bool) -> _Entries:
    rows, others = _split(field, entries)
    place = 0
    for number in sorted(rows):
        row = rows[number]
        if field.item is not None and field.item.holds_rows:
            row = _settled_inside(field.row(number), row, keep_blank)
        if keep_blank or not _is_blank(row):
            others |= _renamed(row, field, number, place)
            place += 1
    return others


def _split(field: Field, entries: _Entries) -> tuple[dict[int, _Entries], _Entries]:
    """What belongs to each row of a list, and what to none."""
    rows: dict[int, _Entries] = {}
    others: _Entries = {}
    start = len(field.name) + 1
    for name, said in entries.items():
        number = None
        if name.startswith(f"{field.name}."):
            head, _, rest = name[start:].partition(".")
            number = None if rest.startswith(".") else row_of(head)
        (others if number is None else rows.setdefault(number, {}))[name] = said
    return rows, others


def _is_blank(entries: _Entries) -> bool:
    return not any(
        mark or text.strip()
        for name, said in entries.items()
        if not name.endswith(AS)
        for mark, text in said
    )


def _renamed(entries: _Entries, field: Field, number: int, place: int) -> _Entries:
    old, new = f"{field.name}.{number}", f"{field.name}.{place}"
    return {new + name[len(old) :]: said for name, said in entries.items()}
