"""From a posted form to the paid request's body: exactly what was meant, once."""

import asyncio
import json
import re
from typing import Any

import pytest

from app.runs import queries
from tests.support.playground import EDIT, FLASH, Playground, one_time_key

FORM = f"/models/{FLASH}/runs"
AT_ONCE = 20


async def body_of(play: Playground, prompt: str, **values: Any) -> dict[str, Any]:
    """Send FLUX.2 Flash's form and read from the journal what RunComfy got."""
    run_id = await play.run(FLASH, prompt=prompt, **values)
    await play.until(run_id, "queued", "running")
    (body,) = play.sent(prompt)
    return dict(body)


async def test_what_is_filled_in_is_sent_with_the_types_of_the_schema(shared: Playground) -> None:
    body = await body_of(
        shared,
        "every field",
        guidance_scale="7.25",
        seed="42",
        image_size="portrait_16_9",
        output_format="webp",
    )

    assert body == {
        "prompt": "every field",
        "guidance_scale": 7.25,
        "seed": 42,
        "image_size": "portrait_16_9",
        "output_format": "webp",
    }
    assert isinstance(body["seed"], int)


async def test_what_is_left_out_is_not_sent_but_for_the_seed(shared: Playground) -> None:
    body = await body_of(shared, "the prompt alone", guidance_scale="", image_size="")

    assert set(body) == {"prompt", "seed"}


async def test_zero_is_not_the_same_as_nothing(shared: Playground) -> None:
    body = await body_of(shared, "all zero", guidance_scale="0", seed="0")

    assert (body["guidance_scale"], body["seed"]) == (0, 0)


async def test_the_largest_seed_arrives_exactly(shared: Playground) -> None:
    body = await body_of(shared, "largest seed", seed=str(2**63 - 1))

    assert body["seed"] == 9223372036854775807


async def test_a_seed_left_empty_is_rolled_sent_and_recorded(shared: Playground) -> None:
    body = await body_of(shared, "rolled", seed="")
    other = await body_of(shared, "rolled again", seed="")
    page = await shared.page("/runs")
    run_id = re.search(r'href="/runs/(\w{26})">rolled again<', page)

    assert run_id is not None
    run = await shared.services.read(run_id[1])
    assert run.inputs["seed"] == other["seed"] != body["seed"]
    assert run.rolled == ["seed"]
    assert "rolled here" in await shared.page(f"/runs/{run_id[1]}")


async def test_a_seed_given_is_not_called_rolled(shared: Playground) -> None:
    run_id = await shared.run(prompt="given", seed="7")

    assert (await shared.services.read(run_id)).rolled == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("two\r\nlines", "two\nlines"),
        ("  spaces stay  ", "  spaces stay  "),
        ("tab\tstays", "tab\tstays"),
        ("flag 🏳️‍🌈 and family 👨‍👩‍👧", "flag 🏳️‍🌈 and family 👨‍👩‍👧"),
        ("مرحبا بالعالم 123", "مرحبا بالعالم 123"),
        ("e\u0301 stays in two parts", "e\u0301 stays in two parts"),
        ("zero\u200bwidth, \u202eturned\u202c", "zero\u200bwidth, \u202eturned\u202c"),
        ("quotes \" ' \\ & < > % + ;", "quotes \" ' \\ & < > % + ;"),
        ("漢字 ไทย 𒀀 beyond the first plane", "漢字 ไทย 𒀀 beyond the first plane"),
    ],
)
async def test_text_arrives_exactly_as_typed(shared: Playground, typed: str, sent: str) -> None:
    run_id = await shared.run(prompt=typed)
    await shared.until(run_id, "queued", "running")

    assert len(shared.sent(sent)) == 1


async def test_a_prompt_of_100_kb_arrives_exactly(shared: Playground) -> None:
    prompt = "A field of cornflowers, 🌾 مرحبا.\n" * 2500
    assert len(prompt.encode()) > 100_000

    run_id = await shared.run(prompt=prompt)
    await shared.until(run_id, "queued", "running")

    assert len(shared.sent(prompt)) == 1
    assert (await shared.client.get(f"/runs/{run_id}")).status_code == 200


async def test_a_form_sent_as_multipart_gives_the_same_body(shared: Playground) -> None:
    parts = {"prompt": (None, "in\r\nparts 🦊"), "guidance_scale": (None, "2.5")}

    answer = await shared.client.post(FORM, files=parts)
    await shared.until(answer.headers["location"].rsplit("/", 1)[-1], "queued", "running")

    (body,) = shared.sent("in\nparts 🦊")
    assert body["guidance_scale"] == 2.5


async def test_the_whole_as_json_is_sent_as_it_stands(shared: Playground) -> None:
    inputs = {"prompt": "as JSON", "seed": 5, "guidance_scale": 3}

    run_id = await shared.run(_json=json.dumps(inputs), prompt="not read")
    await shared.until(run_id, "queued", "running")

    assert shared.sent("as JSON") == [inputs]
    assert shared.sent("not read") == []


async def test_addresses_go_out_in_their_order_and_a_custom_size_as_an_object(
    shared: Playground,
) -> None:
    offers = shared.services.offers
    chosen = [offers[2], offers[0], offers[1]]

    run_id = await shared.run(
        EDIT,
        prompt="three pictures",
        image_urls=chosen,
        **{"image_size": "custom", "image_size.width": "640", "image_size.height": "384"},
    )
    run = await shared.until(run_id)

    (body,) = shared.sent("three pictures")
    assert body["image_urls"] == chosen
    assert body["image_size"] == {"width": 640, "height": 384}
    assert (run.state, run.width, run.height) == ("completed", 640, 384)


async def test_a_link_to_the_open_web_is_sent_to_runcomfy_and_not_fetched_here(
    shared: Playground,
) -> None:
    link = "https://pictures.example.invalid/one.png"

    run_id = await shared.run(EDIT, prompt="from the web", image_urls=[link])
    await shared.until(run_id, "queued", "running")

    assert shared.sent("from the web")[0]["image_urls"] == [link]


async def test_twenty_posts_with_one_key_make_one_run_and_one_paid_request(
    shared: Playground,
) -> None:
    key = one_time_key(await shared.page(f"/models/{FLASH}"))
    data = {"prompt": "double click", "_key": key}

    answers = await asyncio.gather(*(shared.client.post(FORM, data=data) for _ in range(AT_ONCE)))

    (location,) = {answer.headers["location"] for answer in answers}
    await shared.until(location.rsplit("/", 1)[-1])
    again = await shared.client.post(FORM, data=data)
    assert again.headers["location"] == location
    assert len(shared.sent("double click")) == 1


async def test_each_page_has_a_key_of_its_own(shared: Playground) -> None:
    keys = {one_time_key(await shared.page(f"/models/{FLASH}")) for _ in range(3)}
    filled = {one_time_key(await shared.page(f"/models/{FLASH}?prompt=x")) for _ in range(2)}

    assert len(keys | filled) == 5


async def test_without_a_key_each_post_is_a_run_of_its_own(shared: Playground) -> None:
    first = await shared.run(prompt="no key")
    second = await shared.run(prompt="no key")
    await asyncio.gather(shared.until(first), shared.until(second))

    assert first != second
    assert len(shared.sent("no key")) == 2


async def test_a_key_is_not_part_of_what_is_sent(shared: Playground) -> None:
    body = await body_of(shared, "with a key", _key="a-key-of-its-own")

    assert set(body) == {"prompt", "seed"}


async def test_two_hundred_forms_at_once_are_all_accepted(shared: Playground) -> None:
    answers = await asyncio.gather(
        *(
            shared.client.post(FORM, data={"prompt": "of two hundred [refuse 422]"})
            for _ in range(200)
        )
    )
    run_ids = [answer.headers["location"].rsplit("/", 1)[-1] for answer in answers]

    async with asyncio.timeout(60):
        while True:
            async with shared.services.database.read() as tx:
                ended = await queries.many(tx, run_ids)
            if all(run.ended for run in ended):
                break
            await asyncio.sleep(0.2)

    assert {answer.status_code for answer in answers} == {303}
    assert len(set(run_ids)) == 200
    assert {run.state for run in ended} == {"failed"}
