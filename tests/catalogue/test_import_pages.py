"""Importing a model over HTTP: seen before it is kept, kept on a press, forgotten on another."""

import html
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.understanding.understand import MOST_CHARS
from tests.support.playground import EDIT, FLASH, HTMX, Playground

PAGES = Path(__file__).with_name("pages")
PLAIN = (PAGES / "plain.txt").read_text()
LANTERN = "quillworks/lantern-2/restyle"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {"prompt": {"type": "string"}, "count": {"type": "integer", "default": 2}},
}


def page_of(model_id: str, schema: dict[str, Any] = SCHEMA) -> str:
    """A text that describes a model."""
    return f"curl --url https://x.test/v1/models/{model_id} \n{json.dumps(schema)}"


async def posted(play: Playground, text: str = "", /, **fields: str) -> tuple[int, str]:
    """What the import answers to a form."""
    data = {"_text": text, **{f"_{name}": value for name, value in fields.items()}}
    answer = await play.client.post("/models/import", data=data)
    return answer.status_code, answer.text


def control(page: str, name: str) -> str:
    """What stands in a control of the import."""
    found = re.search(
        rf'<textarea[^>]* name="{name}"(?:"[^"]*"|[^">])*>\n?(.*?)</textarea>'
        rf'|name="{name}"[^>]* value="([^"]*)"'
        rf'|<select[^>]* name="{name}"(?:.*?)value="([^"]*)" selected',
        page,
        re.S,
    )
    assert found, name
    return html.unescape(next(group for group in found.groups() if group is not None))


def carried(page: str, **changed: str) -> dict[str, str]:
    """The fields that a browser would post, some of them changed by a person."""
    names = ("id", "name", "kind", "price", "unit", "schema", "was")
    return {name: control(page, f"_{name}") for name in names} | changed


async def test_a_page_is_shown_as_a_form_and_nothing_is_kept(shared: Playground) -> None:
    status, page = await posted(shared, PLAIN)

    assert status == 200
    assert f"<b>Found:</b> 4 inputs, 2 required, model <code>{LANTERN}</code>" in page
    assert control(page, "_name") == "Lantern 2 Restyle"
    assert (control(page, "_kind"), control(page, "_price")) == ("image-to-image", "0.04")
    assert json.loads(control(page, "_schema"))["required"] == ["prompt", "source_image"]
    live = page[page.index('method="dialog"') :]
    assert all(f'name="{name}"' in live for name in ("prompt", "source_image", "glow", "shape"))
    assert shared.services.shelf.find(LANTERN) is None


async def test_the_empty_page_says_what_to_do(shared: Playground) -> None:
    page = await shared.page("/models/import")

    assert "Paste a model’s API page" in page
    assert "The model’s form stands here" in page


async def test_a_model_is_kept_with_what_a_person_changed(shared: Playground) -> None:
    text = page_of("quillworks/kept/text-to-image")
    _, page = await posted(shared, text)
    fields = carried(page, name="Kept one", price="$0.1", unit="second", kind="text-to-video")

    answer = await shared.client.post(
        "/models/import",
        data={"_text": text, "_do": "save"} | {f"_{name}": text for name, text in fields.items()},
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/models/quillworks/kept/text-to-image"
    model = shared.services.shelf.get("quillworks/kept/text-to-image")
    assert (model.display_name, model.source, model.categories) == (
        "Kept one",
        "imported",
        ["text-to-video"],
    )
    assert (model.price_usd, model.price_unit) == (Decimal("0.1"), "second")
    assert model.input_schema == SCHEMA
    assert 'name="count"' in await shared.page(answer.headers["location"])
    assert "Kept one" in await shared.page("/models?q=kept")
    run = await shared.run(model.model_id, prompt="an imported lantern", count="3")
    assert (await shared.until(run)).inputs == {"prompt": "an imported lantern", "count": 3}


async def test_untouched_fields_follow_the_text_and_changed_ones_stay(shared: Playground) -> None:
    _, first = await posted(shared, page_of("quillworks/one/edit"))

    _, second = await posted(
        shared, page_of("quillworks/two/extend"), **carried(first, name="Mine")
    )

    assert control(second, "_id") == "quillworks/two/extend"
    assert control(second, "_kind") == "video-to-video"
    assert control(second, "_name") == "Mine"


async def test_a_corrected_schema_is_what_is_shown_and_kept(shared: Playground) -> None:
    text = page_of("quillworks/corrected")
    _, page = await posted(shared, text)
    better = json.dumps({"properties": {"verse": {"type": "string"}}})

    _, shown = await posted(shared, text, **carried(page, schema=better))
    status, _ = await posted(shared, text, **carried(page, schema=better), do="save")

    assert 'name="verse"' in shown[shown.index('method="dialog"') :]
    assert status == 303
    assert list(shared.services.shelf.get("quillworks/corrected").input_schema["properties"]) == [
        "verse"
    ]


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        ("hello", {}, "No input schema was found."),
        ("", {"id": "a/b"}, "No input schema was found."),
        (json.dumps(SCHEMA), {}, "Enter the model’s id"),
        (json.dumps(SCHEMA), {"id": "a//b"}, "no empty parts"),
        (json.dumps(SCHEMA), {"id": "import"}, "An id looks like"),
        (json.dumps(SCHEMA), {"id": "a/../b"}, "An id looks like"),
        (json.dumps(SCHEMA), {"id": "a" * 300}, "An id looks like"),
        (page_of("a/b"), {"name": " "}, "Enter a name"),
        (page_of("a/b"), {"price": "cheap"}, "A price is a number of dollars"),
        (page_of("a/b"), {"price": "-1"}, "A price is a number of dollars"),
        (page_of("a/b"), {"price": "NaN"}, "A price is a number of dollars"),
        (page_of("a/b"), {"unit": "fortnight"}, "Choose what the price is for."),
        (page_of("a/b"), {"kind": "<b>"}, "Choose what the model makes"),
        (page_of("a/b"), {"schema": "{\n}, x"}, "The schema is not JSON: line 2"),
        (page_of("a/b"), {"schema": "[1]"}, "must be an object with “properties”"),
        (page_of("a/b"), {"schema": '{"a":' * 3000}, "The schema is not JSON"),
        ("x" * (MOST_CHARS + 1), {}, "2,000,000 is the most that is read."),
    ],
)
async def test_what_cannot_be_kept_is_said_and_everything_typed_stays(
    shared: Playground, text: str, fields: dict[str, str], said: str
) -> None:
    before = shared.services.shelf.version

    status, page = await posted(shared, text, **fields, do="save")

    assert status == 422
    assert said in html.unescape(page)
    assert 'aria-invalid="true"' in page
    assert control(page, "_text").rstrip("\n") == text.rstrip("\n")
    for name, value in fields.items():
        if name not in ("unit", "kind"):
            assert control(page, f"_{name}") == value
    assert shared.services.shelf.version == before


async def test_a_file_is_read_in_place_of_the_text(shared: Playground) -> None:
    saved = (PAGES / "app.html").read_bytes()
    files = {"_file": ("page.html", saved, "text/html")}

    answer = await shared.client.post("/models/import", data={"_do": "look"}, files=files)
    refused = await shared.client.post(
        "/models/import", data={"_text": "typed"}, files={"_file": ("a.png", b"\x89PNG\xff\xfe")}
    )
    larger = await shared.client.post(
        "/models/import", data={}, files={"_file": ("a.txt", b"x" * (MOST_CHARS + 1))}
    )

    assert control(answer.text, "_id") == LANTERN
    assert "__next_f" in control(answer.text, "_text")
    assert "That file is not a text." in refused.text
    assert control(refused.text, "_text") == "typed"
    assert "That file has 2,000,001 bytes" in larger.text


async def test_an_address_is_fetched_on_a_press_alone_and_never_inside(shared: Playground) -> None:
    address = "https://169.254.169.254/latest/meta-data"

    _, typed = await posted(shared, address)
    _, pressed = await posted(shared, address, do="look")

    assert "Press <b>Preview</b> to have its page fetched." in typed
    assert "leads to a machine inside this network" in pressed
    assert control(pressed, "_text") == address


async def test_of_several_models_one_is_chosen(shared: Playground) -> None:
    text = page_of("quillworks/one") + page_of("quillworks/two")

    _, first = await posted(shared, text)
    _, second = await posted(shared, text, **carried(first), which="1")

    assert "2 models are in this text" in first
    assert (control(first, "_id"), control(second, "_id")) == ("quillworks/one", "quillworks/two")


async def test_rows_can_be_tried_before_the_model_is_kept(shared: Playground) -> None:
    row = {"type": "object", "properties": {"scene": {"type": "string"}}}
    schema = {"properties": {"scenes": {"type": "array", "items": row}}}
    _, page = await posted(shared, page_of("a/b", schema))
    fields = {"_of": control(page, "_of"), "_do": "add scenes"}

    added = await shared.client.post("/models/import/form", data=fields, headers=HTMX)
    nothing = await shared.client.post("/models/import/form", data={"_of": "{", "_do": "add x"})

    assert "/models/import/form" in page
    assert 'name="scenes.0.scene"' in added.text
    assert nothing.status_code == 204


async def test_markup_in_a_page_is_words(shared: Playground) -> None:
    schema = {"properties": {"<script>x</script>": {"type": "string", "title": "<b>bold</b>"}}}

    _, page = await posted(shared, page_of("a/b", schema))

    assert "<script>x" not in page
    assert "<b>bold" not in page


async def test_htmx_is_spared_the_text_it_has(shared: Playground) -> None:
    answer = await shared.client.post("/models/import", data={"_text": PLAIN}, headers=HTMX)

    assert LANTERN in answer.text
    assert "Copyright RunComfy" not in answer.text


async def test_an_import_over_a_known_model_is_announced_and_can_be_forgotten(
    play: Playground,
) -> None:
    await play.until_catalogue()
    shelf = play.services.shelf
    shipped = shelf.get(EDIT)
    old = await play.run(FLASH, prompt="before the import")
    await play.until(old)

    _, page = await posted(play, page_of(FLASH))
    status, _ = await posted(play, page_of(FLASH), do="save")
    await posted(play, page_of("quillworks/unused"), do="save")
    await posted(play, page_of("quillworks/used"), do="save")
    used = await play.run("quillworks/used", prompt="a lantern")
    await play.until(used)

    assert "This replaces the schema of" in page
    assert status == 303
    assert shelf.get(FLASH).input_schema == SCHEMA
    assert "Forget this import" in await play.page(f"/models/{FLASH}")
    assert "before the import" in await play.page(f"/runs/{old}")
    for model_id in (FLASH, "quillworks/unused", "quillworks/used"):
        answer = await play.client.post(f"/models/{model_id}/forget")
        assert (answer.status_code, answer.headers["location"]) == (303, "/models")
    assert "image_size" in shelf.get(FLASH).input_schema["properties"]
    assert shelf.get(FLASH).source == "shipped"
    assert shelf.find("quillworks/unused") is None
    assert shelf.get("quillworks/used").removed_at is not None
    assert "a lantern" in await play.page(f"/runs/{used}")
    refused = await play.client.post(f"/models/{EDIT}/forget")
    assert refused.status_code == 409
    assert shelf.get(EDIT) == shipped
