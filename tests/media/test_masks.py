"""The page where a mask is drawn, and masks given without JavaScript."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from app.catalogue.queries import put_model
from app.catalogue.shelf import NoSuchModel
from tests.media.samples import picture, plain_picture, sound
from tests.media.test_uploads import given
from tests.support.playground import EDIT, FLASH, HTMX, Playground

INPAINT = "invented/repaint"
SCHEMA = {
    "type": "object",
    "required": ["prompt", "image_url"],
    "properties": {
        "mask_url": {"type": "string", "format": "image_uri"},
        "prompt": {"type": "string"},
        "image_url": {"type": "string", "format": "image_uri"},
    },
}


async def with_inpainting(play: Playground) -> str:
    """Have a model that takes a mask; its id."""
    try:
        play.services.shelf.get(INPAINT)
    except NoSuchModel:
        like = play.services.shelf.get(EDIT)
        model = replace(
            like, model_id=INPAINT, schema_id=INPAINT, display_name="Repaint", input_schema=SCHEMA
        )
        async with play.services.database.begin() as tx:
            await put_model(tx, model)
        await play.services.shelf.load()
    return INPAINT


async def editor_of(play: Playground, path: Path) -> str:
    """Give a picture; where a mask is drawn over it."""
    [one] = await given(play, path)
    model_id = await with_inpainting(play)
    return f"/media/{one['id']}/mask?for={model_id}&input=mask_url"


async def test_a_mask_is_drawn_in_the_size_of_what_is_sent(
    shared: Playground, tmp_path: Path
) -> None:
    editor = await editor_of(shared, plain_picture(tmp_path / "roses.png"))

    page = await shared.page(editor)
    fragment = await shared.client.get(editor, headers=HTMX)

    assert 'data-width="600" data-height="400"' in page
    assert "over roses.png" in page
    assert "Drawing needs JavaScript" in page
    assert "<html" in page
    assert "<html" not in fragment.text
    assert "data-mask " in fragment.text


async def test_a_mask_made_elsewhere_fills_the_form_with_its_picture(
    shared: Playground, tmp_path: Path
) -> None:
    editor = await editor_of(shared, plain_picture(tmp_path / "cup.png", (9, 9, 9)))
    mask = plain_picture(tmp_path / "mask.png", (255, 255, 255))

    answer = await shared.client.post(editor, files={"file": ("m.png", mask.read_bytes())})

    assert answer.status_code == 303
    filled = urlsplit(answer.headers["location"])
    values = parse_qs(filled.query)
    assert filled.path == f"/models/{INPAINT}"
    assert values["image_url"] == [f"media:{editor.split('/')[2]}"]
    assert values["mask_url"][0] in await shared.page(answer.headers["location"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"just words", "This is a text file named .png. It was not taken."),
        (None, "It is 640 × 480, and the picture 600 × 400. A mask has the size of its picture."),
    ],
    ids=["empty", "words", "another size"],
)
async def test_a_file_that_is_no_mask_of_the_picture_is_refused_beside_it(
    shared: Playground, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    editor = await editor_of(shared, plain_picture(tmp_path / "pot.png", (8, 8, 8)))
    if content is None:
        content = picture(tmp_path / "other.png", "PNG").read_bytes()

    answer = await shared.client.post(editor, files={"file": ("m.png", content)})

    assert answer.status_code == 422
    assert 'aria-describedby="mask-file-problem"' in answer.text
    assert sentence in answer.text


async def test_there_is_no_mask_over_what_is_no_picture_or_for_no_input(
    shared: Playground, tmp_path: Path
) -> None:
    editor = await editor_of(shared, plain_picture(tmp_path / "jar.png", (7, 7, 7)))
    [tune] = await given(shared, sound(tmp_path / "tune.mp3", "libmp3lame", seconds=0.5))
    over_sound = f"/media/{tune['id']}/mask?for={INPAINT}&input=mask_url"

    for path in (
        editor.replace("mask_url", "prompt"),
        editor.replace("mask_url", "nothing"),
        editor.replace(INPAINT, "no/such"),
        editor.split("?")[0],
        over_sound,
        "/media/01ARZ3NDEKTSV4RRFFQ69G5FAV/mask",
    ):
        assert (await shared.client.get(path)).status_code == 404, path


async def test_what_is_sent_of_a_picture_is_shown_upright_and_as_it_is_now(
    shared: Playground, tmp_path: Path
) -> None:
    path = tmp_path / "drawn.bmp"
    Image.new("RGB", (60, 40), (1, 2, 3)).save(path)
    [one] = await given(shared, path)

    answer = await shared.client.get(f"/media/{one['id']}/sent")
    again = await shared.client.get(
        f"/media/{one['id']}/sent", headers={"if-none-match": answer.headers["etag"]}
    )

    assert answer.headers["content-type"] in ("image/png", "image/jpeg")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert again.status_code == 304


async def test_a_kept_picture_is_offered_to_the_models_that_take_one(
    shared: Playground, tmp_path: Path
) -> None:
    await with_inpainting(shared)
    [one] = await given(shared, plain_picture(tmp_path / "bowl.png", (6, 6, 6)))
    [tune] = await given(shared, sound(tmp_path / "hum.mp3", "libmp3lame", seconds=0.4))

    page = await shared.page(f"/media/{one['id']}/use")
    menu = await shared.client.get(f"/media/{one['id']}/use", headers=HTMX)
    of_sound = await shared.page(f"/media/{tune['id']}/use")

    assert f"/models/{EDIT}?image_urls=media%3A{one['id']}" in page
    assert f"/models/{INPAINT}?image_url=media%3A{one['id']}" in page
    assert FLASH not in page
    assert "<html" not in menu.text
    assert EDIT in menu.text
    assert f"/models/tidewater/echo/audio-to-video?audio=media%3A{tune['id']}" in of_sound
    assert EDIT not in of_sound
    assert f"media:{one['id']}" in await shared.page(
        f"/models/{EDIT}?image_urls=media%3A{one['id']}"
    )


async def test_the_model_used_last_stands_first(shared: Playground, tmp_path: Path) -> None:
    await with_inpainting(shared)
    [one] = await given(shared, plain_picture(tmp_path / "plate.png", (5, 5, 5)))
    await shared.until(
        await shared.run(EDIT, prompt="used last", image_urls=f"media:{one['id']}"), "failed"
    )

    page = await shared.page(f"/media/{one['id']}/use")

    assert page.index(f"/models/{EDIT}?") < page.index(f"/models/{INPAINT}?")
