"""What a picture shall show, how large, and how closely it keeps to its words."""

import hashlib
from dataclasses import dataclass, replace
from random import Random

from app.simulator import colours
from app.simulator.canvas import Size
from app.simulator.colours import Colour


@dataclass(frozen=True)
class Wish:
    """A picture asked for; the same wish gives the same pixels."""

    prompt: str
    size: Size
    seed: int = 0
    guidance: float = 2.5

    def random(self) -> Random:
        """Chance that is the same for each drawing of this wish, in every process."""
        digest = hashlib.sha256(
            f"{self.seed}\n{self.prompt}".encode(errors="surrogatepass")
        ).digest()
        return Random(digest)  # noqa: S311 - pictures, not secrets

    @property
    def colour(self) -> Colour | None:
        """The first colour that the prompt names."""
        return next(iter(colours.mentioned(self.prompt)), None)

    @property
    def literalness(self) -> float:
        """How far a named colour takes over, 0 to 1: guidance 2.5 keeps four fifths of it."""
        return min(1.0, 0.4 + self.guidance * 0.16)

    def names(self, *nouns: str) -> bool:
        """Does the prompt have one of these words, or its plural?"""
        found = set(colours.words(self.prompt))
        return any(noun in found or f"{noun}s" in found for noun in nouns)

    def has(self, *stems: str) -> bool:
        """Does a word of the prompt begin with one of these?"""
        return any(word.startswith(stems) for word in colours.words(self.prompt))

    def sized(self, size: Size) -> "Wish":
        return replace(self, size=size)
