"""Colours, by name and as they are found in a prompt."""

import re
from collections.abc import Sequence

Colour = tuple[int, int, int]

NAMED: dict[str, Colour] = {
    "white": (240, 238, 232),
    "cream": (240, 228, 202),
    "ivory": (238, 230, 212),
    "pearl": (226, 220, 222),
    "silver": (188, 194, 202),
    "grey": (136, 138, 142),
    "gray": (136, 138, 142),
    "charcoal": (58, 60, 66),
    "black": (30, 30, 33),
    "brown": (122, 82, 52),
    "terracotta": (196, 98, 62),
    "beige": (216, 196, 164),
    "sand": (214, 182, 136),
    "ochre": (208, 148, 48),
    "amber": (240, 156, 30),
    "gold": (222, 172, 62),
    "golden": (222, 172, 62),
    "saffron": (240, 150, 32),
    "yellow": (250, 204, 24),
    "lemon": (248, 226, 80),
    "orange": (240, 122, 30),
    "peach": (248, 176, 138),
    "apricot": (246, 164, 106),
    "coral": (240, 104, 84),
    "salmon": (240, 136, 118),
    "red": (212, 40, 42),
    "crimson": (190, 24, 52),
    "scarlet": (220, 44, 30),
    "burgundy": (118, 22, 46),
    "pink": (238, 138, 170),
    "rose": (226, 120, 146),
    "magenta": (214, 46, 140),
    "violet": (128, 76, 196),
    "purple": (116, 58, 170),
    "lavender": (180, 160, 222),
    "lilac": (194, 162, 214),
    "indigo": (66, 52, 150),
    "navy": (30, 46, 96),
    "blue": (44, 104, 204),
    "cobalt": (30, 66, 190),
    "ultramarine": (38, 40, 186),
    "azure": (70, 150, 226),
    "turquoise": (52, 186, 188),
    "teal": (24, 124, 130),
    "cyan": (60, 190, 214),
    "mint": (150, 214, 186),
    "emerald": (20, 140, 92),
    "green": (64, 146, 74),
    "olive": (124, 126, 58),
    "sage": (158, 176, 144),
}

_WORD = re.compile(r"[a-z]+")
_CLAUSE = re.compile(r"[.,;:!?\n]")
_ANOTHER_THING = re.compile(
    "(an?|the|with|and|in|on|of|by|beside|behind|near|to|his|her|its)$",
)
"""After one of these, words speak of something else."""
_REACH = 5
"""How many words before a noun a colour may stand and still be its own."""


def words(prompt: str) -> list[str]:
    return _WORD.findall(prompt.lower())


def mentioned(prompt: str) -> list[Colour]:
    """The colours a prompt names, in its order.

    Roses are flowers first: the word counts as a colour only beside another noun.
    """
    found = words(prompt)
    return [NAMED[word] for word in found if word in NAMED and word != "rose"]


def of(prompt: str, *nouns: str) -> Colour | None:
    """The colour a prompt gives to a thing: the words just before its noun decide.

    Neighbouring colours mix, so that yellow-orange roses are both. None when the
    noun is not there or stands without a colour.
    """
    for clause in _CLAUSE.split(prompt.lower()):
        found = _WORD.findall(clause)
        for place, word in enumerate(found):
            named = _named_before(found[:place]) if word in nouns else []
            if named:
                return mix(named[0], named[1], 0.5) if len(named) > 1 else named[0]
    return None


def _named_before(found: list[str]) -> list[Colour]:
    """The last colours, two at most, among the words that belong to what comes next."""
    named: list[Colour] = []
    for word in reversed(found[-_REACH:]):
        if _ANOTHER_THING.match(word) or (named and word not in NAMED):
            break
        if word in NAMED:
            named.append(NAMED[word])
    return named[:2]


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """From `one` (share 0) to `other` (share 1)."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    return mix(colour, (8, 8, 14), share)


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, (255, 252, 246), share)


def tinted(palette: Sequence[Colour], towards: Colour | None, strength: float) -> list[Colour]:
    """A palette moved towards one colour, each entry keeping its own brightness."""
    if towards is None:
        return list(palette)
    moved = []
    for colour in palette:
        ratio = brightness(colour) / max(brightness(towards), 1.0)
        if ratio <= 1:
            same_light = darker(towards, min(1.0, 1 - ratio))
        else:
            same_light = lighter(towards, min(0.85, (ratio - 1) * 0.7))
        moved.append(mix(colour, same_light, strength))
    return moved


def brightness(colour: Colour) -> float:
    """Perceived brightness, 0 to 255 (ITU-R BT.601 weights)."""
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue
