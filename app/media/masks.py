"""Masks over kept pictures: what one is drawn on, and whether a given one fits."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from app.catalogue.queries import Model
from app.errors import NotFound
from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.masks import mask_over
from app.media.queries import Media
from app.media.taking import Taken

# What is drawn with at first, and at most, as a share of the picture's longer side.
_BRUSH, _LARGEST = 0.07, 0.4
_SMALLEST_PIXELS = 2


@dataclass(frozen=True)
class Sheet:
    """A picture to draw a mask over, and the input that the mask is for.

    over: the input that the picture itself is for, empty where the form has none.
    """

    picture: Media
    model: Model
    field: Field
    over: str

    @property
    def width(self) -> int:
        """In pixels of what is sent; a mask has the same."""
        return self.picture.sent.width or 1

    @property
    def height(self) -> int:
        """In pixels of what is sent; a mask has the same."""
        return self.picture.sent.height or 1

    @property
    def name(self) -> str:
        """What people call the picture."""
        return self.picture.name or "the picture"

    @property
    def file_name(self) -> str:
        """What its mask is called."""
        return f"mask of {Path(self.name).stem}.png"

    @property
    def brush(self) -> int:
        """How wide the brush is at first, in pixels of the picture."""
        return max(_SMALLEST_PIXELS, round(max(self.width, self.height) * _BRUSH))

    @property
    def smallest_brush(self) -> int:
        """In pixels of the picture."""
        return _SMALLEST_PIXELS

    @property
    def largest_brush(self) -> int:
        """In pixels of the picture."""
        return max(self.brush, round(max(self.width, self.height) * _LARGEST))

    @property
    def untouched(self) -> str:
        """The query of the model's form with the picture in it."""
        return urlencode([(self.over, self.picture.reference)] if self.over else [])

    def filled_with(self, mask: Media) -> str:
        """The query of the model's form with the picture and its mask in it."""
        named = [(self.over, self.picture.reference)] if self.over else []
        return urlencode([*named, (self.field.name, mask.reference)])

    def problem_with(self, taken: Taken) -> str:
        """Why a file is no mask of this picture; empty when it is one."""
        if taken.media is None:
            return taken.error
        sent = taken.media.sent
        if (sent.width, sent.height) == (self.width, self.height):
            return ""
        return (
            f"It is {sent.width} × {sent.height}, and the picture {self.width} × {self.height}."
            " A mask has the size of its picture."
        )


def sheet_for(picture: Media, model: Model, form: Form, name: str) -> Sheet:
    """What the mask for a model's input is drawn on. Raises NotFound."""
    if picture.kind != "image":
        raise NotFound("A mask is drawn over a picture, and this is none.")
    field = form.named.get(name)
    if field is None or field.media not in ("image", "file"):
        raise NotFound(f"{model.display_name} has no input “{name[:100]}” that takes a mask.")
    return Sheet(picture, model, field, mask_over(form, field))
