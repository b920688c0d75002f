"""What a branch of a union is called."""

import re

from app.inputs.choices import text_of
from app.inputs.field import Field
from app.inputs.kinds import Kind
from app.inputs.labels import label_for
from app.inputs.schema import JsonObject

_UNWORDED = re.compile(r"[^a-z0-9]+")

LONGEST_VALUE = 40

_KINDS: dict[Kind, str] = {
    "text": "Text",
    "whole": "Whole number",
    "number": "Number",
    "boolean": "Yes or no",
    "choice": "One of a list",
    "list": "List",
    "rows": "List",
    "object": "Details",
    "union": "One of several",
    "json": "JSON",
}


def title_of(branch: Field, described: JsonObject) -> str:
    """A branch's title, else the constant that tells it from the others, else its kind."""
    title = described.get("title")
    if isinstance(title, str) and title.strip():
        return label_for("", title)
    for child in branch.children:
        if len(child.choices) == 1:
            return label_for(text_of(child.choices[0].value)[:LONGEST_VALUE], None)
    if branch.kind == "choice" and len(branch.choices) == 1:
        return branch.choices[0].label
    if branch.media is not None and branch.kind == "text":
        return "Address"
    if branch.kind == "object" and len(branch.children) <= 3:
        first, *others = [child.label for child in branch.children]
        return " and ".join([first, *(other.lower() for other in others)])
    return _KINDS[branch.kind]


def word_for(title: str) -> str:
    """What is posted for the choice of a branch with this title."""
    return _UNWORDED.sub("_", title.lower()).strip("_") or title
