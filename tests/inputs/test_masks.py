"""Which inputs are masks, and over which picture one is drawn."""

import pytest

from app.inputs.fields import make_form
from app.inputs.masks import is_mask, mask_over


@pytest.mark.parametrize(
    ("name", "description", "format"),
    [
        ("mask_url", "", "image_uri"),
        ("mask_image", "", "uri"),
        ("maskImageUrl", "", ""),
        ("inpaint_mask", "", "image_uri"),
        ("mask_urls", "", "image_uris"),
        ("region_url", "Black-and-white mask of the area to repaint.", "image_uri"),
        ("area", "URL of the mask. White is changed.", "image_uri"),
        ("area", "A picture used as a soft mask for the edit", "image_uri"),
    ],
)
def test_an_input_is_a_mask_by_its_name_or_its_text(
    name: str, description: str, format: str
) -> None:
    assert is_mask(name, description, format)


@pytest.mark.parametrize(
    ("name", "description", "format"),
    [
        ("image_url", "The picture to edit.", "image_uri"),
        ("image_url", "The picture to change with a mask.", "image_uri"),
        ("image_url", "Picture. A mask says where it changes.", "image_uri"),
        ("image_url", "The picture the edit is made to, where the mask is white", "image_uri"),
        ("masked_image_url", "", "image_uri"),
        ("mask_blur", "", ""),
        ("mask_mode", "How the mask is read.", ""),
        ("mask_video_url", "", "video_uri"),
        ("prompt", "With a mask, describe what should appear there.", ""),
    ],
)
def test_what_only_speaks_of_masks_is_none(name: str, description: str, format: str) -> None:
    assert not is_mask(name, description, format)


def test_a_mask_lies_over_the_main_picture() -> None:
    form = make_form(
        {
            "properties": {
                "mask_url": {"type": "string", "format": "image_uri"},
                "prompt": {"type": "string"},
                "image_urls": {"type": "array", "format": "image_uris"},
                "style_url": {"type": "string", "format": "image_uri"},
            }
        }
    )

    over = {name: mask_over(form, field) for name, field in form.named.items()}

    assert over == {"mask_url": "image_urls", "prompt": "", "image_urls": "", "style_url": ""}
