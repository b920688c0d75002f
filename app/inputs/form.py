"""A form: its fields, and everything a control, a check or a sentence needs to know of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.inputs.choices import Choice
from app.inputs.kinds import Kind, Media
from app.inputs.schema import JsonObject
from app.inputs.sizes import Shape, shape_of

Number = int | float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
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

    @property
    def key(self) -> str:
        """The property's own name."""
        return self.path[-1]

    @property
    def shapes(self) -> list[tuple[Choice, Shape]]:
        """Each choice with the frame that is drawn for it."""
        drawn = [(choice, shape_of(choice.value)) for choice in self.choices]
        return [(choice, shape) for choice, shape in drawn if shape is not None]

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
        """This field and every field inside it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd about a schema, and what was done about it; two sentences."""

    fault: str
    done: str


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The fields of one model's form, in the order in which they are shown.

    properties: the names of the schema's properties in its own order, which is how inputs
    are sent; schema: what inputs are checked against; question: what a prompt is asked with.
    """

    fields: tuple[Field, ...]
    notes: tuple[Note, ...]
    properties: tuple[str, ...]
    schema: JsonObject
    named: dict[str, Field]
    question: str = "What should be in the picture?"

    @property
    def takes_seed(self) -> bool:
        """Whether any input is a seed."""
        return any(field.key == "seed" for field in self.named.values())

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)
