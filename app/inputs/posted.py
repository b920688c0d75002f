"""What a form holds at one moment: the raw texts, the values they mean, and their problems."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.inputs.schema import JsonObject
from app.inputs.words import Problem

# Names of ours beside a property's own. The first two list names whose value is sent although
# the control is empty; the third is the whole
# as JSON, the fourth the one-time key of a form.
EMPTY, NULL, JSON, KEY = "_empty", "_null", "_json", "_key"
OURS = (EMPTY, NULL, JSON, KEY)


@dataclass(slots=True)
class Posted:
    """The state of a form.

    texts: per name, what its controls hold, exactly as typed and in order.
    inputs: what will be sent, by property name, in the schema's order.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    inputs: JsonObject = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """What the control of this name shows."""
        texts = self.texts.get(name)
        return texts[-1] if texts else ""

    def rows(self, name: str) -> list[str]:
        """What the rows of a list show; rows left blank are not kept."""
        return [text for text in self.texts.get(name, ()) if text.strip()]

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
