"""What is found odd while a form is made, and how large the form may still grow."""

from dataclasses import dataclass, field

from app.inputs.form import Note

MOST_NOTES = 50
MOST_FIELDS = 2_000
# All that a schema may put into one page: help, choices, defaults and examples together.
MOST_CHARACTERS = 2_000_000


@dataclass(slots=True)
class Survey:
    """The notes so far, and what is left of a form's limits."""

    notes: list[Note] = field(default_factory=list)
    fields_left: int = MOST_FIELDS
    characters_left: int = MOST_CHARACTERS

    def note(self, fault: str, done: str) -> None:
        """Write down one oddity, unless there are more than anybody would read."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(fault, done))

    def affords_field(self) -> bool:
        """Whether one more field can be shown; if so, it is booked."""
        self.fields_left -= 1
        return self.fields_left >= 0

    def affords(self, *texts: str) -> bool:
        """Whether the page can still hold these texts; if so, they are booked."""
        length = sum(map(len, texts))
        if length > self.characters_left:
            return False
        self.characters_left -= length
        return True

    def affords_words(self, words: str) -> bool:
        """The same for help, which may not take what values need."""
        return self.characters_left > MOST_CHARACTERS // 2 and self.affords(words)
