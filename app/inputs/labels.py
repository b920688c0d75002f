"""What an input is called, and figures as people write them."""

import re

from app.inputs.schema import JsonValue

LONGEST_LABEL = 80
MINUS = "\N{MINUS SIGN}"
_JOINTS = re.compile(r"[_\-.\s]+")


def label_for(name: str, title: JsonValue) -> str:
    """The title, or one made from the name: `image_urls` -> "Image urls".

    A title that only repeats the name in capitals ("Guidance Scale") is set as a sentence.
    """
    words = _JOINTS.sub(" ", name).strip()
    spelt = " ".join(title.split()) if isinstance(title, str) else ""
    if spelt and spelt.lower() != words.lower():
        return _short(spelt)
    if not spelt:
        return _short(words[:1].upper() + words[1:]) or name[:LONGEST_LABEL] or "Unnamed"
    first, *others = spelt.split(" ")
    return _short(" ".join([first, *(_lower(word) for word in others)]))


def _lower(word: str) -> str:
    # "Scale" becomes "scale"; "URL", "CFG" and "LoRA" are names.
    return word.lower() if word[1:] == word[1:].lower() else word


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_LABEL else f"{words[: LONGEST_LABEL - 1]}…"


def figure(number: int | float) -> str:
    """A number for people: 4294967295 -> "4,294,967,295", 2.0 -> "2"."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        number = int(number)
    written = f"{number:,}" if isinstance(number, int) else repr(number)
    return written.replace("-", MINUS, 1) if number < 0 else written


def in_sentence(label: str) -> str:
    """A label inside a sentence: "Guidance scale" -> "guidance scale", "CFG scale" stays."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def with_article(label: str) -> str:
    """A label as one of several: "a keyframe", "an element", "a LoRA"."""
    word = in_sentence(label)
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def one_of(label: str, title: JsonValue) -> str:
    """What one row of a list is called: "Keyframes" has a "Keyframe" in each."""
    if isinstance(title, str) and title.strip():
        return label_for("", title)
    if label.endswith("ies") and len(label) > 4:
        return f"{label[:-3]}y"
    if label.endswith("s") and not label.endswith("ss") and len(label) > 2:
        return label[:-1]
    return label if label.lower() != "items" else "Item"
