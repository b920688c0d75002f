"""What a form holds at one moment: the raw texts, the values they mean, and their problems."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.inputs.field import Field
from app.inputs.names import AS, is_inside, parts_of, row_of
from app.inputs.schema import JsonObject
from app.inputs.words import Problem

# Names of ours beside a property's own. The first two list names whose value is sent although
# the control is empty; the third is the whole as JSON, the fourth the one-time key of a form,
# the fifth a button's order to rework the form, the sixth the earlier version of a model's schema
# that the form is made of.
EMPTY, NULL, JSON, KEY, DO, SCHEMA = "_empty", "_null", "_json", "_key", "_do", "_schema"
OURS = (EMPTY, NULL, JSON, KEY, DO, SCHEMA)

LONGEST_GIST = 80


@dataclass(slots=True)
class Posted:
    """The state of a form.

    texts: per name, what its controls hold, exactly as typed and in order.
    inputs: what will be sent, by property name, in the schema's order.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    inputs: JsonObject = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _counted: tuple[int, dict[str, int]] = field(default=(-1, {}), repr=False)

    def text(self, name: str) -> str:
        """What the control of this name shows."""
        texts = self.texts.get(name)
        return texts[-1] if texts else ""

    def rows(self, name: str) -> list[str]:
        """What the rows of a list show; rows left blank are not kept."""
        return [text for text in self.texts.get(name, ()) if text.strip()]

    def count(self, name: str) -> int:
        """How many rows with fields of their own a list has."""
        if self._counted[0] != len(self.texts):
            marked = [*self.texts.get(EMPTY, ()), *self.texts.get(NULL, ())]
            self._counted = (len(self.texts), _counts([*self.texts, *marked]))
        return self._counted[1].get(name, 0)

    def sends_empty(self, name: str) -> bool:
        """Whether an empty value was chosen for this control, rather than none."""
        return name in self.texts.get(EMPTY, ())

    def sends_null(self, name: str) -> bool:
        """Whether null was chosen for this control."""
        return name in self.texts.get(NULL, ())

    def items(self) -> Iterator[tuple[str, str]]:
        """The pairs that a browser would post for this state."""
        for name, texts in self.texts.items():
            for text in texts:
                yield name, text

    def chosen(self, union: Field) -> Field | None:
        """The branch that is shown; without a word about it, what the other names tell."""
        said = self.texts.get(f"{union.name}{AS}")
        if said is not None:
            return next((branch for branch in union.branches if branch.word == said[-1]), None)
        return next((branch for branch in union.branches if self._fills(branch)), None)

    def kept(self, union: Field) -> list[tuple[str, str]]:
        """What was typed into branches that are not shown, so that it is there on going back."""
        branch = self.chosen(union)
        return [
            (name, text)
            for name, texts in self.texts.items()
            if is_inside(name, union.name) and name != f"{union.name}{AS}"
            if branch is None or not _belongs(branch, name)
            for text in texts
            if text
        ]

    def gist(self, row: Field) -> str:
        """The first words in a row, by which a person knows it."""
        texts = (self.text(field.name).strip() for field in row.walk() if field.kind == "text")
        return next((text[:LONGEST_GIST] for text in texts if text), "")

    def touched(self, fields: Iterable[Field]) -> int:
        """How many of some fields hold anything but what they open with."""
        return sum(self.is_touched(field) for field in fields)

    def wrong(self, fields: Iterable[Field], problems: list[Problem]) -> bool:
        """Whether any of some fields, or what is inside them, needs a change."""
        names = {parts_of(found.name)[0] for found in problems}
        return bool(names) and any(field.key in names for field in fields)

    def is_touched(self, field: Field) -> bool:
        """Whether a field, or any inside it, holds anything but what it opens with."""
        if field.kind in ("rows", "union"):
            inside = {
                name: tuple(texts)
                for name, texts in self.texts.items()
                if is_inside(name, field.name) and any(texts)
            }
            return inside != dict(field.starts)
        if field.kind == "object":
            return any(self.is_touched(child) for child in field.children)
        texts = [text for text in self.texts.get(field.name, ()) if text.strip()]
        same = tuple(texts) == field.shown or tuple(texts[-1:]) == field.shown
        return not same or self.sends_empty(field.name) or self.sends_null(field.name)

    def _fills(self, branch: Field) -> bool:
        if branch.kind not in ("object", "rows"):
            return any(text.strip() for text in self.texts.get(branch.name, ()))
        return any(
            is_inside(name, branch.name) and name != branch.name and _belongs(branch, name)
            for name in self.texts
        )


def _belongs(branch: Field, name: str) -> bool:
    """Whether a branch has a control of this name."""
    if name == branch.name:
        return branch.kind not in ("object", "rows")
    if branch.custom_size or branch.kind == "rows":
        return True
    return any(is_inside(name, child.name) for child in branch.children)


def _counts(names: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        outer = ""
        for part in name.split("."):
            number = row_of(part)
            if number is not None and outer:
                counts[outer] = max(counts.get(outer, 0), number + 1)
            outer = f"{outer}.{part}" if outer else part
    return counts
