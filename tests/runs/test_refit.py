"""A run's settings after its model has changed: fitted with a word on each, or run as it was."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest

from app.catalogue.queries import put_model, schema_id
from app.inputs.sizes import Size
from app.runs.known_sizes import told_by
from app.runs.queries import Run
from tests.support.playground import EDIT, FLASH, Playground

RUNS = f"/models/{FLASH}/runs"


async def change_model(play: Playground, **properties: Any) -> None:
    """Give the model other inputs; None takes one away."""
    model = play.services.shelf.get(FLASH)
    schema = {**model.input_schema, "properties": {**model.input_schema["properties"]}}
    for name, described in properties.items():
        if described is None:
            del schema["properties"][name]
        else:
            schema["properties"][name] = described
    changed = replace(model, input_schema=schema, schema_id=schema_id(FLASH, schema))
    async with play.services.database.begin() as tx:
        await put_model(tx, changed)
    await play.services.shelf.load()


@pytest.fixture(scope="module")
async def old(shared: Playground) -> Run:
    """A run made before its model changed."""
    run_id = await shared.run(
        prompt="made before", guidance_scale="7", output_format="webp", image_size="square"
    )
    await change_model(
        shared,
        guidance_scale={"type": "number", "title": "Guidance Scale", "maximum": 5},
        output_format={"type": "string", "enum": ["JPEG", "WEBP"]},
        image_size=None,
        quality={"type": "integer", "default": 80},
    )
    return await shared.until(run_id)


def told(page: str) -> dict[str, str]:
    """What is said of each value."""
    listed = re.search(r'<ul class="fit" aria-label.*?</ul>', page, re.DOTALL)
    assert listed, "nothing is said of the values"
    rows = re.findall(r"<li>\s*<code>(.*?)</code>(.*?)</li>", listed[0], re.DOTALL)
    return {
        name: " ".join(html.unescape(re.sub(r"<[^>]+>", " ", rest)).split()) for name, rest in rows
    }


async def test_old_settings_are_fitted_with_a_word_on_each(shared: Playground, old: Run) -> None:
    page = await shared.page(f"/models/{FLASH}?_from={old.id}")

    assert told(page) == {
        "guidance_scale": "7 is too high. Use 5 or less. Choose",
        "output_format": '"webp" → "WEBP" · is spelt so now changed for you',
        "image_size": '"square" · this input is gone Copy',
    }
    assert "2 of 5 values fit as they were. 3 need a look." in page
    assert ">\nmade before</textarea>" in page
    assert 'value="7"' in page
    assert "7 is too high. Use 5 or less." in page
    assert re.search(r'name="output_format" value="WEBP"[^>]* checked', page)
    assert "The run did not have <code>quality</code>. Left at its default." in page
    assert re.search(r'name="quality"[^>]* value="80"', page)
    assert "What changed in the model: 4 inputs" in page


async def test_an_old_run_is_made_again_as_it_was(shared: Playground, old: Run) -> None:
    page = await shared.page(f"/models/{FLASH}?_from={old.id}")
    link = re.search(r'href="([^"]+)">Run it as it was', page)
    assert link

    as_it_was = await shared.page(html.unescape(link[1]))
    again = await shared.run(
        _schema=old.schema_id,
        prompt="made again",
        guidance_scale="7",
        output_format="webp",
        image_size="square",
    )

    assert f'name="_schema" value="{old.schema_id}"' in as_it_was
    assert re.search(r'name="image_size" value="square"[^>]* checked', as_it_was)
    assert "This is the form as it was" in as_it_was
    run = await shared.until(again)
    assert run.schema_id == old.schema_id
    assert run.inputs == old.inputs | {"prompt": "made again", "seed": run.inputs["seed"]}


async def test_the_version_is_kept_where_something_has_to_change(
    shared: Playground, old: Run
) -> None:
    values = {"_schema": old.schema_id, "guidance_scale": "99", "image_size": "square"}

    answer = await shared.client.post(RUNS, data=values)
    view = await shared.client.post(f"/models/{FLASH}/form", data={**values, "_do": "json"})

    assert answer.status_code == 422
    assert "Use a number from 0 to 20." in answer.text
    for page in (answer.text, view.text):
        assert f'name="_schema" value="{old.schema_id}"' in page


async def test_a_version_of_another_model_is_not_taken(shared: Playground) -> None:
    other = shared.services.shelf.get(EDIT).schema_id

    for schema in (other, "f" * 64):
        answer = await shared.client.post(RUNS, data={"_schema": schema, "prompt": "a"})
        assert answer.status_code == 404
    assert shared.sent("a") == []


@pytest.mark.parametrize("where", ["/runs/{}", f"/models/{EDIT}?_from={{}}"])
async def test_nothing_is_said_while_the_model_is_the_same(shared: Playground, where: str) -> None:
    run_id = await shared.run(EDIT, prompt="the same still", image_urls=shared.services.offers[0])

    page = await shared.page(where.format(run_id))

    assert 'class="fit"' not in page
    assert "has changed since" not in page


async def test_sizes_that_came_out_are_known_from_then_on(shared: Playground) -> None:
    values = {"image_urls": shared.services.offers[0], "image_size": "landscape_4_3"}
    before = await shared.page(f"/models/{EDIT}")

    run = await shared.until(await shared.run(EDIT, prompt="how large", **values))
    after = await shared.page(f"/models/{EDIT}")

    words = r'value="landscape_4_3" data-words="([^"]+)"'
    assert re.findall(words, before) == ["about 1024 × 768"]
    assert re.findall(words, after) == [f"{run.width} × {run.height}"]


@pytest.mark.parametrize(
    ("made", "known"),
    [
        ([("wide", (1344, 768)), ("wide", (1344, 768)), ("auto", (9, 9))], (1344, 768)),
        # A second input decides too.
        ([("wide", (1344, 768)), ("wide", (2688, 1536))], None),
        ([("tall", (768, 1344))], None),
    ],
)
def test_a_size_is_known_where_all_results_agree(
    made: list[tuple[str, Size]], known: Size | None
) -> None:
    told = told_by([({"image_size": text, "seed": 1}, size) for text, size in made], ["image_size"])

    assert told.get(("image_size", "wide")) == known
