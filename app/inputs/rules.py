"""RunComfy's own rules about files: what they say, and which of them a file breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from app.inputs.schema import JsonObject, JsonValue

MOST_RULES = 20
LONGEST_WORDS = 300

_MEASURES = ("file_size_mb", "width/height", "width_pixels", "height_pixels")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a file must be: `measure` below or above `limit`, never equal to it.

    measure: empty for one that is not known here, of which only the words are shown.
    """

    measure: str
    comparison: Literal["<", ">"]
    limit: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a file; None where nothing is."""

    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None


def read_rules(node: JsonObject) -> tuple[Rule, ...]:
    """The rules of a property, or of the items of a list.

    Source: seedream-5.0-pro/image-to-image, where `validations` stands beside the list and
    means each of its items.
    """
    items = node.get("items")
    listed = node.get("validations") or (items.get("validations") if isinstance(items, dict) else 0)
    found = [_rule(one) for one in listed[:MOST_RULES]] if isinstance(listed, list) else []
    return tuple(rule for rule in found if rule is not None)


def words_of(rules: Iterable[Rule]) -> list[str]:
    """What the rules say, each sentence once."""
    return list(dict.fromkeys(rule.words for rule in rules if rule.words))


def broken_rules(rules: Iterable[Rule], measures: Measures) -> list[str]:
    """The words of each rule that a file breaks; what cannot be measured breaks none."""
    broken = []
    for rule in rules:
        value = _measured(rule, measures)
        if value is not None and not (
            value < rule.limit if rule.comparison == "<" else value > rule.limit
        ):
            broken.append(rule)
    return words_of(broken)


def _rule(described: JsonValue) -> Rule | None:
    if not isinstance(described, dict):
        return None
    said = described.get("validation_error")
    words = " ".join(said.split())[:LONGEST_WORDS] if isinstance(said, str) else ""
    name, limit = described.get("validation_rule"), described.get("validation_value")
    measure, comparison = (name[:-1].strip(), name[-1:]) if isinstance(name, str) else ("", "")
    is_number = isinstance(limit, int | float) and not isinstance(limit, bool)
    if measure not in _MEASURES or comparison not in ("<", ">") or not is_number:
        return Rule("", "<", Fraction(0), words) if words else None
    bound = Fraction(str(limit))
    way: Literal["<", ">"] = "<" if comparison == "<" else ">"
    return Rule(measure, way, bound, words or f"{measure} must be {comparison} {limit}.")


def _measured(rule: Rule, measures: Measures) -> Fraction | None:
    if rule.measure == "file_size_mb" and measures.size_bytes is not None:
        # Whether a megabyte is 10^6 or 2^20 bytes is not said: refused is what breaks both.
        return Fraction(measures.size_bytes, 2**20 if rule.comparison == "<" else 10**6)
    if rule.measure == "width_pixels" and measures.width is not None:
        return Fraction(measures.width)
    if rule.measure == "height_pixels" and measures.height is not None:
        return Fraction(measures.height)
    if rule.measure == "width/height" and measures.width and measures.height:
        return Fraction(measures.width, measures.height)
    return None
