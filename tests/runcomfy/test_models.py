"""The catalogue: whole, odd, endless or away."""

import asyncio
import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from app.runcomfy.client import RunComfy
from app.runcomfy.models import model_in
from app.runcomfy.trouble import Gone, Passing
from tests.runcomfy.scripted import Scripted, raw, says

FLASH = {
    "model_id": "blackforestlabs/flux-2/flash/text-to-image",
    "kind": "model",
    "display_name": "FLUX.2 Flash",
    "categories": ["text-to-image", 7],
    "base_price_usd": 0.036,
    "price_unit": "output",
    "model_url": "https://www.runcomfy.com/models/x",
    "input_schema": {"type": "object", "properties": {}},
}


def entries(first: int, last: int) -> list[dict[str, str]]:
    return [{"model_id": f"maker/model-{number}"} for number in range(first, last)]


async def test_a_catalogue_is_read_to_its_last_page(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(
        says(200, {"models": [FLASH, *entries(1, 50)], "total": 120}),
        says(200, {"models": entries(50, 100), "total": 120}),
        says(200, {"models": entries(100, 120), "total": 120}),
    )

    listing = await runcomfy.models()
    models = listing.models

    assert len(models) == 120
    assert listing.whole
    assert models[0].display_name == "FLUX.2 Flash"
    assert models[0].categories == ("text-to-image",)
    assert models[0].price_usd == Decimal("0.036")
    asked = [parse_qs(urlsplit(request.path).query) for request in server.received]
    assert [query["offset"] for query in asked] == [["0"], ["50"], ["100"]]
    assert {query["include_schema"][0] for query in asked} == {"true"}


async def test_a_catalogue_without_total_or_offset_comes_to_an_end(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(200, {"models": entries(0, 3), "total": "many"}))

    assert len((await runcomfy.models()).models) == 3

    assert len(server.received) == 2


async def test_a_catalogue_that_ends_before_its_own_total_is_not_whole(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(
        says(200, {"models": entries(0, 3), "total": 5}), says(200, {"models": [], "total": 5})
    )

    listing = await runcomfy.models()

    assert (len(listing.models), listing.whole) == (3, False)


async def test_a_page_of_nothing_but_odd_entries_does_not_end_the_catalogue(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(
        says(200, {"models": [7, None], "total": 4}),
        says(200, {"models": entries(0, 2), "total": 4}),
    )

    assert len((await runcomfy.models()).models) == 2


async def test_odd_entries_do_not_spoil_the_others(server: Scripted, runcomfy: RunComfy) -> None:
    odd: list[object] = [
        None,
        "x",
        [],
        {},
        {"model_id": 7},
        {"model_id": "../up"},
        {"model_id": "a//b"},
    ]
    deep = b'{"model_id": "deep/one", "input_schema": %s1%s}' % (b'{"x":' * 20_000, b"}" * 20_000)
    page = json.dumps({"models": [*odd, FLASH], "total": 9}).encode()
    server.plays(says(200, page.replace(b"null,", deep + b",")))

    models = (await runcomfy.models()).models

    assert [model.model_id for model in models] == ["deep/one", FLASH["model_id"]]
    assert json.dumps(models[0].raw)


@pytest.mark.parametrize(
    "price", [None, -1, "0.036", True, 1e300, [], {}, float("nan"), float("inf"), 10**400]
)
def test_a_price_that_is_none_is_unknown_and_not_zero(price: object) -> None:
    model = model_in(json.loads(json.dumps({**FLASH, "base_price_usd": price})))

    assert model is not None
    assert model.price_usd is None


def test_wrongly_typed_parts_are_left_out() -> None:
    model = model_in(
        {"model_id": "a/b", "display_name": [], "description": 7, "categories": "text",
         "price_unit": {}, "input_schema": "x", "model_url": "javascript:alert(1)"}
    )  # fmt: skip

    assert model is not None
    assert (model.display_name, model.description, model.categories) == ("a/b", "", ())
    assert (model.price_unit, model.input_schema, model.model_url) == (None, None, None)


async def test_the_catalogue_is_asked_for_again_after_passing_trouble(
    server: Scripted, runcomfy: RunComfy
) -> None:
    server.plays(says(503), raw(b""), says(200, {"models": entries(0, 2), "total": 2}))

    assert len((await runcomfy.models()).models) == 2


@pytest.mark.parametrize(
    ("status", "retry_after", "asked"),
    [(503, "0", 3), (401, "0", 1), (302, "0", 1), (429, "60", 1)],
)
async def test_the_catalogue_is_given_up_when_asking_again_is_no_use(
    server: Scripted, runcomfy: RunComfy, status: int, retry_after: str, asked: int
) -> None:
    server.plays(says(status, retry_after=retry_after))

    with pytest.raises(Passing):
        await runcomfy.models()

    assert len(server.received) == asked


async def test_one_model_is_asked_for_by_its_path(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(200, FLASH), says(404, {"error_code": 404001, "error_message": "No such"}))

    model = await runcomfy.model("kling/video-o3/4K/pro 1.0")

    assert model.display_name == "FLUX.2 Flash"
    assert urlsplit(server.received[0].path).path == "/v1/models/kling/video-o3/4K/pro%201.0"
    with pytest.raises(Gone, match="No such"):
        await runcomfy.model("a/b")


async def test_samples_are_taken_from_the_very_origin_alone(
    server: Scripted, runcomfy: RunComfy
) -> None:
    own = f"{server.address}/samples/roses.png"
    foreign = [f"{server.address}0/x.png", "https://evil.example/x.png", 7, server.address + "@x/"]
    server.plays(says(200, {"samples": [own, *foreign]}))

    assert await runcomfy.samples() == [own]

    assert "authorization" not in server.received[0].headers


@pytest.mark.parametrize("body", [b"<html>", {"samples": "x"}, [], {"error_code": 7}])
async def test_odd_samples_are_none(server: Scripted, runcomfy: RunComfy, body: object) -> None:
    server.plays(says(200, body))

    assert await runcomfy.samples() == []


async def test_the_check_says_what_answers(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(200, {"models": [FLASH], "total": 384}))

    assert await runcomfy.check() == (
        f"RunComfy answers at {server.address} with a catalogue of 384 models."
    )


async def test_the_check_gives_runcomfys_words(server: Scripted, runcomfy: RunComfy) -> None:
    server.plays(says(401, {"error_code": 400004, "error_message": "The token has expired."}))

    with pytest.raises(Passing, match=r"The token has expired\."):
        async with asyncio.timeout(5):
            await runcomfy.check()
