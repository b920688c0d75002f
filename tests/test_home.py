"""The start page."""

import re

from tests.support.playground import FLASH, Playground


async def test_the_start_offers_the_shipped_models_and_samples_before_anything_was_made(
    shared: Playground,
) -> None:
    page = await shared.page("/")

    assert "FLUX.2 Flash" in page
    assert "FLUX.2 Pro edit" in page
    assert f'href="/models/{FLASH}"' in page
    assert len(re.findall(r'<img src="/static/samples/', page)) >= 9


async def test_the_start_shows_what_was_made_last_once_a_row_is_full(shared: Playground) -> None:
    three = "simulated/many/text-to-image"
    made = [
        await shared.run(three, prompt=f"row {number}", num_images="3", image_size="square")
        for number in range(3)
    ]
    for run_id in made:
        assert (await shared.until(run_id)).state == "completed"

    page = await shared.page("/")

    row = page[page.index('class="just') : page.index("Where you left off")]
    assert len(re.findall(r'<img src="/media/\w{26}/thumbnail"', row)) == 9
    assert "row 2" in page


async def test_every_link_of_the_start_leads_somewhere(shared: Playground) -> None:
    page = await shared.page("/")

    for link in set(re.findall(r'(?:href|src)="(/[^"#]*)', page)):
        assert (await shared.client.get(link)).status_code == 200, link
