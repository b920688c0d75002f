"""The list of models: searched, narrowed, paged, told the age of; every model in it a form."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.catalogue import queries
from app.catalogue.syncing import take_over
from app.db.tables import catalogues, media, models, runs
from app.runcomfy.models import Listing
from tests.catalogue.conftest import entry
from tests.gallery.test_queries import a_picture
from tests.runs.samples import run
from tests.support.playground import EDIT, FLASH, HTMX, Playground, quick_playground

PAGE = 48
CARD = re.compile(r'<h2><a href="/models/([^"?]+)"')


def listed(page: str) -> list[str]:
    """The ids of the models whose cards a page shows, in order."""
    return CARD.findall(page)


@pytest.fixture(scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A playground whose RunComfy lists many models more."""
    async with quick_playground(tmp_path_factory.mktemp("filled")) as play:
        entries = [
            entry(f"many/number-{number:03}", display_name=f"Number {number:03}")
            for number in range(2 * PAGE)
        ]
        found = await play.services.runcomfy.models()
        listing = Listing([*found.models, *entries], whole=True)
        await take_over(listing, play.services.database, "elsewhere.example")
        await play.services.shelf.load()
        yield play


async def test_every_model_is_listed_and_has_a_page(shared: Playground) -> None:
    page = await shared.page("/models")

    assert {FLASH, EDIT} <= set(listed(page))
    assert set(listed(page)) == {model.model_id for model in shared.services.shelf.all()}
    for model_id in listed(page):
        assert 'id="form"' in await shared.page(f"/models/{model_id}")


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("q=flash", FLASH, EDIT),
        ("q=FLASH", FLASH, EDIT),
        ("q=falsh", FLASH, EDIT),
        ("q=flux+edit", EDIT, FLASH),
        ("kind=image-to-image", EDIT, FLASH),
        ("q=flux&kind=text-to-image", FLASH, EDIT),
        ("q=ten+pictures", EDIT, FLASH),
        ("takes=image", EDIT, FLASH),
        ("makes=image&takes=text", FLASH, "simulated/moving/text-to-video"),
        ("price=0.01", FLASH, EDIT),
    ],
)
async def test_words_and_kinds_narrow_the_list(
    shared: Playground, query: str, found: str, not_found: str
) -> None:
    shown = listed(await shared.page(f"/models?{query}"))

    assert found in shown
    assert not_found not in shown


async def test_the_best_comes_first_and_another_order_can_be_asked_for(shared: Playground) -> None:
    assert listed(await shared.page("/models?q=flux.2+pro"))[0] == EDIT
    by_price = listed(await shared.page("/models?sort=cheapest"))

    prices = [shared.services.shelf.get(model_id).price_usd for model_id in by_price]
    known = [price for price in prices if price is not None]
    assert known == sorted(known)
    assert prices[: len(known)] == known


async def test_a_search_without_a_find_offers_near_names_an_import_and_all(
    shared: Playground,
) -> None:
    page = await shared.page("/models?q=flux+flasher+ultra+9000")

    assert "0 models" in page
    assert "No model here answers to “flux flasher ultra 9000”" in page
    assert "Spelt nearly so" in page
    assert FLASH in listed(page)
    assert 'href="/models/import"' in page
    assert re.search(r'href="/models">Show all \d+<', page)


async def test_the_words_searched_for_stay_in_the_box(shared: Playground) -> None:
    page = await shared.page('/models?q="quoted"+%3Cb%3E')

    assert 'value="&#34;quoted&#34; &lt;b&gt;"' in page


async def test_typing_swaps_the_cards_alone_and_the_address_follows(shared: Playground) -> None:
    typed = await shared.client.get(
        "/models?q=flash&kind=&sort=", headers=HTMX | {"HX-Trigger-Name": "q"}
    )
    chosen = await shared.client.get(
        "/models?q=&sort=name", headers=HTMX | {"HX-Trigger-Name": "sort"}
    )

    assert "<html" not in typed.text
    assert FLASH in listed(typed.text)
    assert re.search(r'id="count"[^>]*hx-swap-oob="true">\d+ model', typed.text)
    assert typed.headers["HX-Replace-Url"] == "/models?q=flash"
    assert chosen.headers["HX-Push-Url"] == "/models?sort=name"


async def test_many_models_come_a_page_at_a_time_each_once(filled: Playground) -> None:
    seen: list[str] = []
    path: str | None = "/models?q=number&sort=name"
    while path is not None:
        page = await filled.page(path)
        assert len(listed(page)) <= PAGE
        seen += listed(page)
        following = re.search(r'rel="next" href="(/models\?[^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None

    assert [one for one in seen if one.startswith("many/")] == [
        f"many/number-{number:03}" for number in range(2 * PAGE)
    ]
    assert len(seen) == len(set(seen))


async def test_htmx_gets_the_next_cards_alone(filled: Playground) -> None:
    answer = await filled.client.get("/models?q=number&sort=name&page=2", headers=HTMX)

    assert listed(answer.text)
    assert 'id="found"' not in answer.text
    assert "HX-Push-Url" not in answer.headers


async def test_a_pinned_model_comes_first_here_and_on_the_start_until_it_is_unpinned(
    filled: Playground,
) -> None:
    pinned = "many/number-095"
    where = {"Referer": "http://127.0.0.1:8000/models?q=number&page=2"}
    answer = await filled.client.post(f"/models/{pinned}/pin", headers=where)
    again = await filled.client.post(f"/models/{pinned}/pin", headers=HTMX)

    assert (answer.status_code, answer.headers["location"]) == (303, "/models?q=number&page=2")
    assert 'aria-pressed="true"' in again.text
    assert listed(await filled.page("/models"))[0] == pinned
    assert listed(await filled.page("/models?show=pinned")) == [pinned]
    assert listed(await filled.page("/"))[0] == pinned

    elsewhere = {"Referer": "http://elsewhere.example/gallery"}
    answer = await filled.client.post(
        f"/models/{pinned}/pin", data={"pinned": "false"}, headers=elsewhere
    )

    assert answer.headers["location"] == "/models"
    assert listed(await filled.page("/models"))[0] != pinned
    assert (await filled.client.post("/models/no/such/pin")).status_code == 404


async def test_where_you_left_off_is_told_with_picture_and_prompt(tmp_path: Path) -> None:
    async with quick_playground(tmp_path) as play:
        assert "Where you left off" not in await play.page("/models")
        schema_id = play.services.shelf.get(EDIT).schema_id
        made = run(model_id=EDIT, schema_id=schema_id, inputs={"prompt": "A <cobalt> cup"})
        picture = a_picture(made, 1)
        async with play.services.database.begin() as tx:
            await tx.execute(insert(runs).values(**vars(made)))
            await tx.execute(insert(media).values(**picture))

        start, page = await play.page("/"), await play.page("/models")
        for shown in (start, page):
            assert "Where you left off" in shown
            assert "“A &lt;cobalt&gt; cup”" in shown
            assert f'href="/models/{EDIT}?_from={made.id}"' in shown
        card = page[page.index(f'href="/models/{EDIT}">') - 600 :]
        assert f"/media/{picture['id']}/thumbnail" in card
        assert "Where you left off" not in await play.page("/models?q=flux")


async def test_prices_say_what_they_are_for_and_unknown_is_not_zero(filled: Playground) -> None:
    cards = (await filled.page("/models?sort=name")).split("<article")[1:]
    facts = {listed(card)[0]: card for card in cards}

    assert "$0.005<" in facts[FLASH]
    async with filled.services.database.begin() as tx:
        shelf = filled.services.shelf
        await queries.put_model(tx, replace(shelf.get(FLASH), price_usd=None))
        await queries.put_model(tx, replace(shelf.get(EDIT), price_unit="second"))
    await shelf.load()

    assert "Price unknown" in await filled.page("/models?q=flux.2+flash")
    assert "$0.045 per second" in await filled.page("/models?q=flux.2+pro")


async def test_usual_times_and_most_used_are_told_by_the_runs_here(tmp_path: Path) -> None:
    began = datetime.now(UTC)
    async with quick_playground(tmp_path) as play:
        schema_id = play.services.shelf.get(EDIT).schema_id
        async with play.services.database.begin() as tx:
            for seconds in (12, 14, 16, 20, 26):
                made = run(
                    model_id=EDIT,
                    schema_id=schema_id,
                    state="completed",
                    running_at=began,
                    ended_there_at=began + timedelta(seconds=seconds),
                )
                await tx.execute(insert(runs).values(**vars(made)))

        page = await play.page("/models")

        assert listed(page)[0] == EDIT
        assert "<span>12–26 s</span>" in page
        assert listed(await play.page("/models?sort=fastest"))[0] == EDIT


async def test_new_changed_and_removed_are_words_on_the_picture(filled: Playground) -> None:
    now = datetime.now(UTC)
    news: dict[str, dict[str, Any]] = {
        "many/number-001": {"new_at": now},
        "many/number-002": {"changed_at": now, "changes": {"new": ["seed"], "gone": ["a", "b"]}},
        "many/number-003": {"removed_at": now - timedelta(days=40)},
    }
    async with filled.services.database.begin() as tx:
        for model_id, values in news.items():
            await tx.execute(update(models).where(models.c.model_id == model_id).values(**values))
    await filled.services.shelf.load()

    new, changed, removed, gone = [
        await filled.page(f"/models?{query}")
        for query in ("show=new", "show=changed", "show=removed", "q=number+003")
    ]

    assert '<span class="tag news">New</span>' in new
    assert listed(new) == ["many/number-001"]
    assert '<span class="tag news">Changed</span>' in changed
    assert "1 input new, 2 gone" in changed
    assert '<span class="tag news">Removed</span>' in removed
    assert "Gone from RunComfy since" in removed
    assert "many/number-003" not in listed(gone)
    form = await filled.page("/models/many/number-003")
    assert "RunComfy’s catalogue has not listed this model since" in form
    assert 'id="form"' in form
    assert "has not listed" not in await filled.page("/models/many/number-004")


async def test_an_old_catalogue_says_its_age_and_loses_nothing(tmp_path: Path) -> None:
    async with quick_playground(tmp_path) as play:
        before = listed(await play.page("/models"))
        assert "This is the catalogue as it was" not in await play.page("/models")
        async with play.services.database.begin() as tx:
            then = datetime.now(UTC) - timedelta(hours=5)
            await tx.execute(update(catalogues).values(synced_at=then))
        await play.services.shelf.load()

        page = await play.page("/models")

    assert "This is the catalogue as it was at" in page
    assert "5 hours ago." in page
    assert listed(page) == before
