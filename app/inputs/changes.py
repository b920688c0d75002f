"""What differs between two versions of a model's schema, input by input."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.inputs.field import Field, Number
from app.inputs.form import Form
from app.inputs.kinds import Kind
from app.inputs.labels import figure

_MOST_NAMED = 6

KINDS_IN_WORDS: dict[Kind, str] = {
    "text": "a text",
    "whole": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "choice": "a choice",
    "list": "a list",
    "rows": "a list of groups",
    "object": "a group",
    "union": "one of several kinds",
    "json": "JSON",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One input that came, went, or is not what it was; words: a sentence for each difference."""

    name: str
    label: str
    what: Literal["added", "removed", "changed"]
    words: list[str]


def changes(old: Form, new: Form) -> list[Change]:
    """What has changed, in the new form's order, what is gone last."""
    found = []
    for name, one in new.named.items():
        earlier = old.named.get(name)
        if earlier is None:
            words = ["Is new and required." if one.required else "Is new."]
            found.append(Change(name, one.label, "added", words))
        else:
            differing = list(_differences(earlier, one))
            found += [Change(name, one.label, "changed", differing)] if differing else []
    gone = [one for name, one in old.named.items() if name not in new.named]
    return found + [Change(one.name, one.label, "removed", ["Is gone."]) for one in gone]


def _differences(old: Field, new: Field) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"Was {KINDS_IN_WORDS[old.kind]}, is {KINDS_IN_WORDS[new.kind]} now."
    if old.required != new.required:
        yield "Is required now." if new.required else "Is no longer required."
    then = [one.text for one in old.choices]
    now = [one.text for one in new.choices]
    yield from _listed("No longer offers", [one for one in then if one not in now], bool(now))
    yield from _listed("Offers", [one for one in now if one not in then], bool(then))
    yield from _limit("At least", old.minimum, new.minimum)
    yield from _limit("At most", old.maximum, new.maximum)
    yield from _limit("In steps of", old.step, new.step)
    yield from _limit("Characters at most:", old.max_length, new.max_length)
    yield from _limit("Items at least:", old.min_items, new.min_items)
    yield from _limit("Items at most:", old.max_items, new.max_items)
    if old.usual != new.usual:
        yield f"The default is {_quoted(new.usual)}, was {_quoted(old.usual)}."


def _listed(words: str, texts: list[str], beside_others: bool) -> Iterator[str]:
    if texts and beside_others:
        more = f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
        yield f"{words} {', '.join(map(_quoted, texts[:_MOST_NAMED]))}{more}."


def _limit(words: str, old: Number | None, new: Number | None) -> Iterator[str]:
    if old == new:
        return
    now = "no limit" if new is None else figure(new)
    was = "no limit" if old is None else figure(old)
    yield f"{words} {now}, was {was}."


def _quoted(text: str) -> str:
    if not text:
        return "none"
    return f"“{text}”" if len(text) <= 60 else f"“{text[:59]}…”"
