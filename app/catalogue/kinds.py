"""What a model takes and what it makes: text, image, video, audio; from categories and schema."""

from typing import Any

from app.catalogue.queries import Model
from app.inputs.kinds import TEXTS, media_of

TAKES = ("text", "image", "video", "audio")
MAKES = ("image", "video", "audio")

_WORDS = {
    "text": "text",
    "prompt": "text",
    "lyrics": "text",
    "image": "image",
    "images": "image",
    "frame": "image",
    "frames": "image",
    "photo": "image",
    "video": "video",
    "videos": "video",
    "audio": "audio",
    "speech": "audio",
    "voice": "audio",
    "sound": "audio",
    "music": "audio",
}
_DEEPEST = 6


def takes(model: Model) -> frozenset[str]:
    """What it starts from, as its schema's inputs and the left side of its categories tell."""
    found: set[str] = set()
    _collect(model.input_schema, found, _DEEPEST)
    for category in model.categories:
        before, to, _ = category.casefold().partition("-to-")
        if to:
            found |= {_WORDS[word] for word in before.split("-") if word in _WORDS}
    return frozenset(found)


def makes(model: Model) -> frozenset[str]:
    """What comes of it, as the right side of its categories tells, or else its own name."""
    found: set[str] = set()
    for text in (*model.categories, model.model_id.rpartition("/")[2]):
        after = text.casefold().rpartition("-to-")[2]
        words = after.replace("_", "-").split("-")
        found |= {_WORDS[word] for word in words if word in _WORDS} & set(MAKES)
        if found and text in model.categories:
            continue
    return frozenset(found)


def _collect(node: Any, found: set[str], depth: int) -> None:
    """Add what the properties of a schema, and of those within it, are addresses of."""
    if depth == 0 or not isinstance(node, dict):
        return
    properties = node.get("properties")
    if isinstance(properties, dict):
        for name, described in properties.items():
            if name in TEXTS or name.endswith("_prompt"):
                found.add("text")
            _collect(described, found, depth - 1)
    media = media_of(node)
    if media in TAKES:
        found.add(media)
    _collect(node.get("items"), found, depth - 1)
    for keyword in ("anyOf", "oneOf", "allOf"):
        branches = node.get(keyword)
        for branch in branches if isinstance(branches, list) else ():
            _collect(branch, found, depth - 1)
