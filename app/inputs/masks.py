"""Which inputs are masks, and which picture a mask is drawn over."""

import re

from app.inputs.field import Field
from app.inputs.form import Form

_PICTURES = ("image_uri", "image_uris")
# Formats that do not tell what lies at the address.
_ANY_FILE = ("uri", "url", "")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SENTENCE_END = re.compile(r"[.;:](?:\s|$)|\n")
# Words between which a text speaks of a mask beside the input, or of what a mask does to it.
_BESIDE = re.compile(
    r"(?<![\w-])"
    r"(?:with|without|where|to|over|under|in|for|and|or|by|is|whose|beside|from|when|if|no)"
    r"(?![\w-])"
)
_AS_A_MASK = re.compile(r"\bas (?:an? |the )?(?:[\w-]+ ){0,2}masks?\b")
_MASK = re.compile(r"\bmasks?\b")


def is_mask(name: str, description: str, format: str) -> bool:
    """Whether an input takes a mask: its name says so, or the first sentence about it.

    format: as the schema has it, `image_uri` for a picture; a number called `mask_blur` is none.
    "The picture to change with a mask" speaks of another input.

    Source: `mask_url` of qwen-image-2.1/edit, "Optional black-and-white local-edit mask".
    """
    if format not in (*_PICTURES, *_ANY_FILE):
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    if "mask" in words or "masks" in words:
        return format != "" or bool({"url", "urls", "uri", "image", "images"} & {*words})
    return format in _PICTURES and _says_mask(description)


def is_mask_field(field: Field) -> bool:
    """Whether a form's field takes a mask."""
    if field.media not in ("image", "file"):
        return False
    # A field knows what kind of file it takes, whatever its format was called.
    return is_mask(field.key, field.help, "image_uri" if field.media == "image" else "uri")


def mask_over(form: Form, field: Field) -> str:
    """The name of the picture that a field's mask lies over; empty for a field that is no mask."""
    if not is_mask_field(field):
        return ""
    pictures = pictures_of(form)
    return pictures[0].name if pictures else ""


def masks_of(form: Form) -> list[Field]:
    """The fields that take masks."""
    return [field for field in form.named.values() if field.media and is_mask_field(field)]


def pictures_of(form: Form) -> list[Field]:
    """The fields that take pictures other than masks, the main one first."""
    fields = (field for field in form.named.values() if field.media == "image")
    return [field for field in fields if not is_mask_field(field)]


def _says_mask(description: str) -> bool:
    first = _SENTENCE_END.split(description.strip().lower(), maxsplit=1)[0]
    if _AS_A_MASK.search(first):
        return True
    found = _MASK.search(first)
    return found is not None and not _BESIDE.search(first[: found.start()])
