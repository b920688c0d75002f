"""Models that take a kept file as their input."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from app.catalogue.queries import Model
from app.inputs.kinds import collapse, media_of
from app.inputs.masks import is_mask
from app.inputs.schema import JsonObject
from app.media.queries import Media

_LAST = {"end", "last", "tail"}


@dataclass(frozen=True)
class Taker:
    """A model, and its input that takes files of some kind."""

    model: Model
    name: str

    def filled_with(self, media: Media) -> str:
        """The query of the model's form with the file in it."""
        return urlencode({self.name: media.reference})


def takers_of(media: Media, models: Iterable[Model], first: Iterable[str]) -> list[Taker]:
    """The models that take a file, `first` before the others; a model is among them once."""
    place = {model_id: number for number, model_id in enumerate(dict.fromkeys(first))}
    found = [
        Taker(model, name)
        for model in models
        if (name := first_input(model.input_schema, media.kind)) is not None
    ]
    return sorted(found, key=lambda taker: place.get(taker.model.model_id, len(place)))


def first_input(published: JsonObject, kind: str) -> str | None:
    """The first input of a schema that takes files of a kind, a required one before others.

    Read from the schema itself: to make every model's form would take a hundred times as long.
    """
    properties = published.get("properties")
    if not isinstance(properties, dict):
        return None
    names = [
        name
        for name, described in properties.items()
        if isinstance(described, dict) and _takes(name, described, kind)
    ]
    required = published.get("required")
    needed = required if isinstance(required, list) else []
    return min(names, key=lambda name: (_is_last(name), name not in needed), default=None)


def _is_last(name: str) -> bool:
    """Whether an input takes what a video ends with, such as `end_image_url`."""
    return not _LAST.isdisjoint(name.lower().split("_"))


def _takes(name: str, described: JsonObject, kind: str) -> bool:
    node, _ = collapse(described)
    found = media_of(node)
    description = node.get("description")
    form = "uri" if found == "file" else f"{found}_uri"
    if is_mask(name, description if isinstance(description, str) else "", form):
        return False
    # Of a plain address the name alone tells what should lie there.
    return found == kind or (found == "file" and kind in name.lower())
