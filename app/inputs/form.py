"""A form: its fields in their order, and what is odd about the schema they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.inputs.field import Choose, Field, part_of
from app.inputs.names import parts_of
from app.inputs.schema import JsonObject
from app.inputs.sizes import SIDES


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd about a schema, and what was done about it; two sentences."""

    fault: str
    done: str


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The fields of one model's form, in the order in which they are shown.

    properties: the names of the schema's properties in its own order, which is how inputs
    are sent; schema: what inputs are checked against; question: what a prompt is asked with;
    further: the last of the fields, which may wait under "More settings"; open: the schema
    does not say which inputs there are, so that any name is taken, as JSON.
    """

    fields: tuple[Field, ...]
    notes: tuple[Note, ...]
    properties: tuple[str, ...]
    schema: JsonObject
    named: dict[str, Field]
    question: str = "What should be in the picture?"
    further: tuple[Field, ...] = ()
    open: bool = False

    def takes(self, name: str) -> bool:
        """Whether an input of this name can be sent."""
        return self.open or name in self.properties

    @property
    def first(self) -> tuple[Field, ...]:
        """The fields that are shown at once."""
        return self.fields[: len(self.fields) - len(self.further)]

    def find(self, name: str, choose: Choose | None = None) -> Field | None:
        """The field that a name belongs to, also in a row or a branch; None for a strange name.

        choose: which branch of a union to look in; without it the first that has the name.
        """
        if name in self.named:
            return self.named[name]
        first, *others = parts_of(name)
        field = self.named.get(first.replace(".", ".."))
        for part in others:
            field = field and part_of(field, part, choose)
        return field

    @property
    def is_reworked(self) -> bool:
        """Whether it has parts that come and go on the way to the server and back."""
        return any(field.is_reworked for field in self.fields)

    @property
    def pair(self) -> tuple[Field, Field] | None:
        """Its own `width` and `height`, where it has both as whole numbers side by side."""
        width, height = (self.named.get(side) for side in SIDES)
        if width is None or height is None or width.control != "sides":
            return None
        return width, height

    @property
    def takes_seed(self) -> bool:
        """Whether any input is a seed."""
        return any(field.key == "seed" for field in self.named.values())

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)
