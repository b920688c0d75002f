"""Forms to test with: one that makes pictures from text, and one that edits pictures."""

import pytest

from app.inputs.fields import Form, make_form
from app.inputs.schema import JsonObject

SIZES = ["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"]


@pytest.fixture(scope="session")
def picture_schema() -> JsonObject:
    """Text to image, as a model page publishes it."""
    return {
        "type": "object",
        "title": "Input",
        "required": ["prompt"],
        "properties": {
            "prompt": {"title": "Prompt", "description": "", "type": "string", "default": "A cup"},
            "guidance_scale": {
                "title": "Guidance Scale",
                "description": "How closely to follow the prompt.",
                "type": "float",
                "minimum": 0,
                "maximum": 20,
                "default": 2.5,
            },
            "seed": {"title": "Seed", "type": "integer", "default": None},
            "image_size": {
                "title": "Image Size",
                "type": "string",
                "enum": [*SIZES],
                "default": "landscape_4_3",
            },
            "output_format": {
                "title": "Output Format",
                "type": "string",
                "enum": ["jpeg", "png", "webp"],
                "default": "png",
            },
        },
    }


@pytest.fixture(scope="session")
def edit_schema() -> JsonObject:
    """Images to image, with a custom size told in words and the images last."""
    return {
        "type": "object",
        "required": ["prompt", "image_urls"],
        "properties": {
            "prompt": {"title": "Prompt", "type": "string", "default": "Paint it blue"},
            "image_size": {
                "title": "Image Size",
                "description": 'For custom sizes, pass an object: {"width": 1280, "height": 720}.',
                "type": "string",
                "enum": ["auto", *SIZES],
                "default": "auto",
            },
            "seed": {"title": "Seed", "type": "integer", "default": 0},
            "image_urls": {
                "title": "Images",
                "type": "array",
                "items": {"type": "string", "format": "image_uri"},
                "minItems": 1,
                "maxItems": 10,
                "default": ["https://example.com/input.png"],
            },
        },
    }


@pytest.fixture(scope="session")
def picture(picture_schema: JsonObject) -> Form:
    """The form of text to image."""
    return make_form(picture_schema)


@pytest.fixture(scope="session")
def edit(edit_schema: JsonObject) -> Form:
    """The form of images to image."""
    return make_form(edit_schema)
