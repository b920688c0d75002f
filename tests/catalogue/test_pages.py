"""The list of models: searched, narrowed, and every model in it a form."""

import re

import pytest

from tests.support.playground import EDIT, FLASH, Playground


async def test_every_model_is_listed_and_has_a_page(shared: Playground) -> None:
    page = await shared.page("/models")

    listed = set(re.findall(r'href="/models/([^"?]+)"', page))
    assert {FLASH, EDIT} <= listed
    assert listed == {model.model_id for model in shared.services.shelf.all()}
    for model_id in listed:
        assert 'id="form"' in await shared.page(f"/models/{model_id}")


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("q=flash", FLASH, EDIT),
        ("q=FLASH", FLASH, EDIT),
        ("q=flux+edit", EDIT, FLASH),
        ("kind=image-to-image", EDIT, FLASH),
        ("q=flux&kind=text-to-image", FLASH, EDIT),
        ("q=ten+pictures", EDIT, FLASH),
    ],
)
async def test_words_and_kinds_narrow_the_list(
    shared: Playground, query: str, found: str, not_found: str
) -> None:
    page = await shared.page(f"/models?{query}")

    assert f'href="/models/{found}"' in page
    assert f'href="/models/{not_found}"' not in page


async def test_a_search_without_a_find_offers_all(shared: Playground) -> None:
    page = await shared.page("/models?q=nothing+like+it")

    assert "No model has these words." in page
    assert "0 models" in page


async def test_the_words_searched_for_stay_in_the_box(shared: Playground) -> None:
    page = await shared.page('/models?q="quoted"+%3Cb%3E')

    assert 'value="&#34;quoted&#34; &lt;b&gt;"' in page
