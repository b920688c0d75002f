"""One input of a model: everything a control, a check or a sentence needs to know of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.inputs.choices import Choice
from app.inputs.formats import Format, is_colour, is_day
from app.inputs.kinds import Kind, Media
from app.inputs.labels import in_sentence, with_article
from app.inputs.names import row_of, within
from app.inputs.rules import Rule
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sizes import Shape, Side, shape_of, told_side

Number = int | float


# Without slots, so that a copy is one step: a form is made of thousands of them.
@dataclass(frozen=True, eq=False, kw_only=True)
class Field:
    """One input of a model.

    name: as posted, e.g. `camera.speed`; path: the property's names, outermost first.
    id: of its control in the page; ids of a field's parts begin with it and a hyphen.
    schema: what is checked, JSON Schema with sound keywords only.
    shown: the texts that the untouched control posts; example: texts offered, never sent unasked.
    usual: the default as text, also where it is not shown.
    rolled: a seed that is drawn when it is left empty.
    slide: the distance between two places of its slider.
    described: false for a required name that the schema does not describe.
    item: what each row of a list is, for rows with fields of their own as a pattern: see `row`.
    branches: of a union, all under its own name and label.
    word: what chooses this branch, as posted; title: the same for people.
    tells: the one value of a branch's part, by which it is told from the others.
    start: the value that rows or a union open with; starts: the names and texts it is posted as.
    place: the rows around it, in words: "Keyframe 2".
    is_conditional: whether only a condition describes it; when: that condition, in words.
    """

    path: tuple[str, ...]
    name: str
    id: str
    kind: Kind
    label: str
    schema: JsonObject
    control: str = ""
    help: str = ""
    hint: str = ""
    warning: str = ""
    required: bool = False
    described: bool = True
    nullable: bool = False
    rolled: bool = False
    custom_size: bool = False
    several_lines: bool = False
    media: Media | None = None
    choices: tuple[Choice, ...] = ()
    shown: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    usual: str = ""
    minimum: Number | None = None
    maximum: Number | None = None
    step: Number | None = None
    slide: Number | None = None
    min_items: int = 0
    max_items: int | None = None
    max_length: int | None = None
    item: "Field | None" = None
    children: "tuple[Field, ...]" = ()
    branches: "tuple[Field, ...]" = ()
    word: str = ""
    title: str = ""
    tells: bool = False
    start: JsonValue = None
    starts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: str = ""
    is_conditional: bool = False
    when: str = ""
    format: Format = ""
    rules: tuple[Rule, ...] = ()

    @property
    def key(self) -> str:
        """The property's own name."""
        return self.path[-1]

    @property
    def always(self) -> JsonObject:
        """What is checked of it under all conditions."""
        return {} if self.is_conditional else self.schema

    @property
    def said(self) -> str:
        """The label, with the rows around it: "Keyframe 2, prompt"."""
        return f"{self.place}, {in_sentence(self.label)}" if self.place else self.label

    @property
    def one_more(self) -> str:
        """What can be added to it: "a keyframe"."""
        return with_article(self.item.label) if self.item else "a row"

    @property
    def holds_rows(self) -> bool:
        """Whether it is a list with fields in its rows, or holds one."""
        return self.kind == "rows" or any(
            one.holds_rows for one in (*self.children, *self.branches)
        )

    @property
    def is_reworked(self) -> bool:
        """Whether it has parts that come and go: rows, or the branches of a union."""
        return self.kind in ("rows", "union") or any(one.is_reworked for one in self.children)

    def row(self, number: int) -> "Field":
        """One row of a list with fields in its rows, counted from 0."""
        return _row(self, number)

    @property
    def shapes(self) -> list[tuple[Choice, Shape]]:
        """Each choice with the frame that is drawn for it."""
        drawn = [(choice, shape_of(choice.value)) for choice in self.choices]
        return [(choice, shape) for choice, shape in drawn if shape is not None]

    def side(self, name: str) -> Side:
        """What a custom size asks of its width or its height."""
        child = next((one for one in self.children if one.key == name), None)
        return told_side(self.help) if child is None else child.as_side

    @property
    def as_side(self) -> Side:
        """What an input that is itself a width or a height asks."""
        told = told_side(self.help)
        return Side(
            told.least if self.minimum is None else int(self.minimum),
            told.most if self.maximum is None else int(self.maximum),
            self.step if isinstance(self.step, int) else told.multiple,
        )

    def typed_as(self, text: str) -> dict[str, str]:
        """The attributes of a one-line control whose text has a format; text: what it shows."""
        if self.format == "password":
            return {"type": "password", "autocomplete": "off"}
        if self.format == "date":
            # A picker of dates shows no other text, and so would lose it.
            return {"type": "date"} if not text or is_day(text) else {"inputmode": "numeric"}
        if self.format == "date-time":
            return {"placeholder": "2026-11-21T14:30:00Z", "autocomplete": "off"}
        if self.format == "time":
            return {"placeholder": "14:30:00", "autocomplete": "off"}
        if self.format == "email":
            return {"inputmode": "email", "autocomplete": "email"}
        return {"spellcheck": "false", "autocomplete": "off", "placeholder": "#336699"}

    def is_colour(self, text: str) -> bool:
        """Whether a colour picker can show a text."""
        return is_colour(text)

    def placed(self, text: str) -> float:
        """Where its slider stands for a text, in percent; at the start when it is no number."""
        if self.minimum is None or self.maximum is None:
            return 0.0
        try:
            value = float(text)
        except ValueError:
            return 0.0
        share = (value - self.minimum) / (self.maximum - self.minimum) * 100
        return round(min(max(share, 0.0), 100.0), 2) if share == share else 0.0

    def walk(self) -> "Iterator[Field]":
        """This field and every field that is always inside it: no rows, no branches."""
        yield self
        for child in self.children:
            yield from child.walk()


def altered(field: Field, **changes: Any) -> Field:
    """A copy of a field with some values changed; many times as quick as `replace`."""
    made = object.__new__(Field)
    made.__dict__.update(field.__dict__, **changes)
    return made


Choose = Callable[[Field], Field | None]
"""Tells which branch of a union is chosen."""


@lru_cache(maxsize=1024)
def _row(field: Field, number: int) -> Field:
    pattern = field.item or field
    row = altered(pattern, label=f"{pattern.label} {number + 1}")
    path, name = (*field.path, str(number)), f"{field.name}.{number}"
    return _moved(row, path, name, f"{field.id}-{number + 1}", field.place)


def _moved(field: Field, path: tuple[str, ...], name: str, id: str, place: str) -> Field:
    """The same field at another place of the form, with all that is inside it."""
    moved = altered(field, path=path, name=name, id=id, place=place)
    # A row is the place of what is in it; a nested object or a branch is not.
    inner = moved.said if path[-1] != field.path[-1] else place
    return altered(
        moved,
        children=tuple(
            _moved(child, (*path, child.key), within(name, child.key), f"{id}-{part}", inner)
            for part, child in _parts_of_id(field)
        ),
        branches=tuple(
            _moved(altered(branch, label=field.label), path, name, f"{id}-b{number}", place)
            for number, branch in enumerate(field.branches)
        ),
        item=_moved_item(moved),
    )


def _parts_of_id(field: Field) -> Iterator[tuple[str, Field]]:
    for number, child in enumerate(field.children):
        yield child.key if field.custom_size else f"c{number}", child


def _moved_item(field: Field) -> Field | None:
    if field.kind != "list" or field.item is None:
        return field.item
    return altered(
        field.item,
        path=field.path,
        name=field.name,
        id=field.id,
        label=field.label,
        place=field.place,
    )


def part_of(field: Field, key: str, choose: Choose | None = None) -> Field | None:
    """What is inside a field under a property's name or a row's number; None for nothing."""
    if field.kind == "object":
        return next((child for child in field.children if child.key == key), None)
    if field.kind == "rows":
        number = row_of(key)
        return None if number is None else field.row(number)
    chosen = choose(field) if choose and field.kind == "union" else None
    found = (part_of(branch, key, choose) for branch in ([chosen] if chosen else field.branches))
    return next((part for part in found if part is not None), None)
