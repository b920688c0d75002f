"""The gallery page by page, with and without scripts, and one result in the lightbox."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.db.tables import media, runs
from app.media.queries import Media, of_run
from app.runs.states import State
from tests.gallery.test_queries import a_picture
from tests.media.samples import plain_picture
from tests.runs.samples import run
from tests.support.playground import EDIT, FLASH, HTMX, SMALL, Playground

PAGE = 48
ITEM = re.compile(r'<a id="m-(\w{26})" href="/gallery/')


async def kept(play: Playground, prompt: str, **values: str) -> Media:
    """What one run has made."""
    one = await play.until(await play.run(prompt=prompt, **SMALL, **values))
    async with play.services.database.read() as tx:
        return (await of_run(tx, one.id))[0]


async def fill(play: Playground, count: int) -> None:
    """Write results into the database, as many runs would."""
    schema_id = play.services.shelf.get(FLASH).schema_id
    async with play.services.database.begin() as tx:
        for number in range(count):
            made = run(
                schema_id=schema_id, state=State.COMPLETED, inputs={"prompt": f"filled {number}"}
            )
            await tx.execute(insert(runs).values(**vars(made)))
            await tx.execute(insert(media).values(**a_picture(made, number)))


async def test_an_empty_gallery_says_what_will_be_there(shared: Playground) -> None:
    page = await shared.page("/gallery")

    assert "Nothing made yet" in page
    assert f'href="/models/{FLASH}"' in page


async def test_older_pages_come_by_plain_links_until_there_are_no_more(
    shared: Playground,
) -> None:
    await fill(shared, 2 * PAGE + 5)
    seen: list[str] = []
    sizes: list[int] = []
    path: str | None = "/gallery"
    while path is not None:
        page = await shared.page(path)
        seen += ITEM.findall(page)
        sizes.append(len(ITEM.findall(page)))
        older = re.search(r'rel="next" href="(/gallery\?before=\w{26})"', page)
        path = older[1] if older else None

    assert sizes == [PAGE, PAGE, 5]
    assert seen == sorted(set(seen), reverse=True)


async def test_htmx_gets_the_next_items_alone(shared: Playground) -> None:
    page = await shared.page("/gallery")
    older = re.search(r'hx-get="(/gallery\?before=\w{26})"', page)
    assert older is not None

    answer = await shared.client.get(older[1], headers=HTMX)

    assert "<html" not in answer.text
    assert ITEM.findall(answer.text)
    assert set(ITEM.findall(answer.text)).isdisjoint(ITEM.findall(page))


async def test_pictures_keep_their_place_while_they_load(shared: Playground) -> None:
    page = await shared.page("/gallery")

    pictures = re.findall(r'<img src="/media/[^>]*>', page)
    assert pictures
    for picture in pictures:
        assert re.search(r'width="\d+" height="\d+"', picture)
        assert 'alt="' in picture
        assert 'loading="lazy"' in picture


async def test_the_lightbox_shows_the_picture_with_everything_it_was_made_from(
    shared: Playground,
) -> None:
    item = await kept(shared, "enlarged, مرحبا", guidance_scale="7.25", seed="123456")
    assert item.run_id is not None
    one = await shared.services.read(item.run_id)

    page = await shared.page(f"/gallery/{item.id}")

    assert f'src="/media/{item.id}/{item.id}.png" width="512" height="512"' in page
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page))
    assert facts["model"] == FLASH
    assert facts["guidance_scale"] == "7.25"
    assert facts["seed"] == "123456"
    assert facts["Charged"] == "$0.005"
    assert facts["File"].startswith("512 × 512 PNG, ")
    assert item.sha256 in facts["SHA-256"]
    assert (one.request_id or "")[:30] in facts["Request"]
    assert "enlarged, مرحبا" in page
    assert f'href="/models/{FLASH}?_from={item.run_id}"' in page
    assert f'href="/runs/{item.run_id}"' in page
    assert one.cost_usd == Decimal("0.005")


async def test_the_lightbox_leads_to_its_neighbours_and_back(shared: Playground) -> None:
    first = await kept(shared, "a neighbour")
    second = await kept(shared, "in the middle")
    third = await kept(shared, "another neighbour")

    page = await shared.page(f"/gallery/{second.id}")

    assert f'rel="prev" href="/gallery/{third.id}"' in page
    assert f'rel="next" href="/gallery/{first.id}"' in page
    assert re.search(r'data-close href="/gallery[^"]*"', page)


async def test_a_download_is_named_after_the_prompt(shared: Playground) -> None:
    item = await kept(shared, "A yellow cup, on a table")

    page = await shared.page(f"/gallery/{item.id}")
    link = re.search(r'href="(/media/[^"]+\?download)"', page)

    assert link is not None
    answer = await shared.client.get(link[1])
    assert "a-yellow-cup-on-a-table.png" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("media_id", ["0" * 26, "nonsense", "..%2fruns"])
async def test_a_picture_that_is_not_there_is_a_404(shared: Playground, media_id: str) -> None:
    assert (await shared.client.get(f"/gallery/{media_id}")).status_code == 404


async def test_somebody_else_s_picture_is_not_there_either(shared: Playground) -> None:
    schema_id = shared.services.shelf.get(FLASH).schema_id
    made = run(owner_id="somebody else", schema_id=schema_id, state=State.COMPLETED)
    picture = a_picture(made, 1)
    async with shared.services.database.begin() as tx:
        await tx.execute(insert(runs).values(**vars(made)))
        await tx.execute(insert(media).values(**picture))

    assert (await shared.client.get(f"/gallery/{picture['id']}")).status_code == 404
    assert (await shared.client.get(f"/runs/{made.id}")).status_code == 404
    assert (await shared.client.get(f"/media/{picture['id']}/a.png")).status_code == 404
    assert (await shared.client.get(f"/media/{picture['id']}/thumbnail")).status_code == 404
    assert picture["id"] not in await shared.page("/gallery")


async def test_results_stand_under_the_day_they_were_made(shared: Playground) -> None:
    schema_id = shared.services.shelf.get(FLASH).schema_id
    made = run(schema_id=schema_id, state=State.COMPLETED)
    picture = a_picture(made, 1)
    picture["created_at"] -= timedelta(days=400)
    async with shared.services.database.begin() as tx:
        await tx.execute(insert(runs).values(**vars(made)))
        await tx.execute(insert(media).values(**picture))

    page = await shared.page("/gallery")

    heading = page.rindex('<h2 class="day">', 0, page.index(f'id="m-{picture["id"]}"'))
    assert "September 2025" in page[heading : heading + 150]


async def test_files_that_were_given_have_a_shelf_of_their_own(
    shared: Playground, tmp_path: Path
) -> None:
    for number in range(3):
        path = plain_picture(tmp_path / f"cup {number}.png", (number, 90, 9))
        await shared.client.post("/uploads", files=[("file", (path.name, path.read_bytes()))])

    results = await shared.page("/gallery")
    inputs = await shared.page("/gallery?show=inputs")

    assert "cup 1.png" not in results
    assert [inputs.count(f'alt="cup {number}.png"') for number in range(3)] == [1, 1, 1]
    assert 'aria-current="true">Inputs <span class="num">3</span>' in inputs
    assert re.search(r'href="/media/\w{26}/cup%201.png"', inputs)


async def test_a_result_is_picked_for_an_input_without_a_script(shared: Playground) -> None:
    picture = await kept(shared, "picked by a plain form")
    asked = {"model": EDIT, "for": "image_urls", "kind": "image", "several": "true"}

    page = await shared.client.get("/gallery/pick", params=asked)
    others = await shared.client.get("/gallery/pick", params=asked | {"kind": "video"})
    chosen = await shared.client.get(f"/models/{EDIT}?image_urls={picture.reference}")

    assert f'<form class="stack" method="get" action="/models/{EDIT}"' in page.text
    tick = f'<input class="tick" type="checkbox" name="image_urls" value="{picture.reference}"'
    assert tick in page.text
    assert picture.reference not in others.text
    assert f'data-media="{picture.id}"' in chosen.text


async def test_what_is_older_is_picked_too(shared: Playground) -> None:
    await fill(shared, PAGE + 5)
    asked = {"model": EDIT, "for": "image_urls", "kind": "image"}
    first = await shared.client.get("/gallery/pick", params=asked, headers=HTMX)
    [older] = re.findall(r'rel="next" href="([^"]+)"', first.text)

    second = await shared.client.get(older.replace("&amp;", "&"), headers=HTMX)

    picked = [set(re.findall(r"media:(\w{26})", page.text)) for page in (first, second)]
    assert len(picked[0]) == PAGE
    assert len(picked[1]) >= 5
    assert not picked[0] & picked[1]
    assert "<form" not in second.text
