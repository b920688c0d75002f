"""A model's page and a run's page, for a browser with scripts and for one without."""

import re

import pytest

from tests.support.playground import EDIT, FLASH, HTMX, Playground, one_time_key

FORM = f"/models/{FLASH}/runs"


async def finished(play: Playground, **values: str) -> str:
    """A completed run's id."""
    run_id = await play.run(**{"image_size": "square", "output_format": "png"} | values)
    assert (await play.until(run_id)).state == "completed"
    return run_id


def field(page: str, name: str) -> str:
    """The opening tag of a form's control, with what follows it up to the next tag."""
    found = re.search(rf'<(?:input|textarea)[^>]*name="{re.escape(name)}"[^>]*>[^<]*', page)
    assert found, f"there is no control for {name}"
    return found[0]


async def test_a_run_answered_to_a_browser_without_scripts_is_a_page_to_go_to(
    shared: Playground,
) -> None:
    answer = await shared.client.post(FORM, data={"prompt": "plain browser"})

    assert answer.status_code == 303
    page = await shared.page(answer.headers["location"])
    assert 'data-state="' in page
    # Without scripts the page itself looks again.
    assert '<noscript><meta http-equiv="refresh"' in page


async def test_a_run_answered_to_htmx_is_its_fragment_with_its_address(
    shared: Playground,
) -> None:
    answer = await shared.client.post(FORM, data={"prompt": "with htmx"}, headers=HTMX)

    assert answer.status_code == 200
    assert "<html" not in answer.text
    run_id = re.search(r'data-run="(\w{26})" data-state="(\w+)"', answer.text)
    assert run_id is not None
    assert answer.headers["hx-push-url"] == f"/runs/{run_id[1]}"
    # The next press of Run is another run: the form gets a fresh key.
    assert re.search(r'name="_key" value="[^"]+" hx-swap-oob="true"', answer.text)


async def test_a_run_that_goes_on_asks_for_itself_and_an_ended_one_does_not(
    shared: Playground,
) -> None:
    run_id = await shared.run(prompt="asks [takes 60]")
    going = await shared.page(f"/runs/{run_id}")
    done = await shared.page(f"/runs/{await finished(shared, prompt='asks no more')}")

    assert f'hx-get="/runs/{run_id}?seen=' in going
    assert 'hx-trigger="every 1s' in going
    assert 'hx-get="/runs/' not in done
    assert '<noscript><meta http-equiv="refresh"' not in done


async def test_a_run_s_page_has_one_element_that_carries_its_state(shared: Playground) -> None:
    run_id = await finished(shared, prompt="carries its state")

    page = await shared.page(f"/runs/{run_id}")

    assert re.findall(rf'data-run="{run_id}" data-state="(\w+)"', page) == ["completed"]


async def test_a_completed_run_shows_its_picture_from_here_with_its_size_and_words(
    shared: Playground,
) -> None:
    run_id = await finished(shared, prompt="shown from here")

    page = await shared.page(f"/runs/{run_id}")

    picture = re.search(r'<img src="(/media/[^"]+)"[^>]*>', page)
    assert picture is not None
    assert 'width="512" height="512"' in picture[0]
    assert 'alt="shown from here"' in picture[0]
    answer = await shared.client.get(picture[1])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert re.search(r"shown-from-here\.png\?download", page)


async def test_the_record_shows_every_input_sent_and_what_was_rolled(shared: Playground) -> None:
    run_id = await finished(shared, prompt="the record", guidance_scale="7.25")
    run = await shared.services.read(run_id)

    page = await shared.page(f"/runs/{run_id}")

    assert "7.25" in page
    assert f"{run.inputs['seed']:,}".replace(",", "\u202f") in page
    assert '<span class="tag">rolled here</span>' in page
    assert "$0.005 charged" in page


async def test_using_a_run_s_settings_fills_the_form_as_it_was_sent(shared: Playground) -> None:
    run_id = await finished(
        shared, prompt="use these", seed="99", guidance_scale="3.5", output_format="webp"
    )

    page = await shared.page(f"/models/{FLASH}?_from={run_id}")

    assert field(page, "prompt").endswith(">\nuse these")
    assert 'value="99"' in field(page, "seed")
    assert 'value="3.5"' in field(page, "guidance_scale")
    assert re.search(r'name="output_format" value="webp"[^>]* checked', page)


async def test_a_new_seed_is_the_same_form_with_the_seed_left_empty(shared: Playground) -> None:
    run_id = await finished(shared, prompt="a new seed", seed="99")

    page = await shared.page(f"/models/{FLASH}?_from={run_id}&_seed=new")

    assert field(page, "prompt").endswith(">\na new seed")
    assert 'value="99"' not in field(page, "seed")


async def test_the_form_beside_a_run_leaves_a_rolled_seed_empty(shared: Playground) -> None:
    run_id = await finished(shared, prompt="rolled seed beside")
    run = await shared.services.read(run_id)

    page = await shared.page(f"/runs/{run_id}")

    assert str(run.inputs["seed"]) not in field(page, "seed")


async def test_a_link_opens_the_form_filled_and_sends_nothing(shared: Playground) -> None:
    query = {"prompt": "from a link", "guidance_scale": "7.25", "image_size": "square_hd"}

    answer = await shared.client.get(f"/models/{FLASH}", params=query)

    assert field(answer.text, "prompt").endswith(">\nfrom a link")
    assert 'value="7.25"' in field(answer.text, "guidance_scale")
    assert re.search(r'name="image_size" value="square_hd"[^>]* checked', answer.text)
    assert shared.sent("from a link") == []


async def test_a_link_fills_a_list_of_addresses_in_order(shared: Playground) -> None:
    links = ["https://a.example/1.png", "https://b.example/2.png"]

    answer = await shared.client.get(f"/models/{EDIT}", params={"image_urls": links})

    assert re.findall(r'value="(https://[ab]\.example/\d\.png)"', answer.text) == links


async def test_the_form_shows_the_shape_the_picture_will_have(shared: Playground) -> None:
    page = await shared.page(f"/models/{FLASH}?image_size=portrait_16_9")

    width, height = map(int, re.findall(r"--w: (\d+); --h: (\d+)", page)[0])
    assert height / width == pytest.approx(16 / 9, rel=0.01)


async def test_an_unknown_price_is_called_unknown_and_never_zero(shared: Playground) -> None:
    page = await shared.page("/models/simulated/odd/anything")

    assert "Price unknown" in page
    assert "$0" not in page


async def test_a_known_price_is_told_before_sending(shared: Playground) -> None:
    page = await shared.page("/models/simulated/moving/text-to-video?prompt=x&duration=4")

    assert "About $0.08" in page


async def test_the_ready_page_of_a_model_follows_what_was_made(shared: Playground) -> None:
    before = await shared.page(f"/models/{FLASH}")
    run_id = await finished(shared, prompt="new on the ready page")

    after = await shared.page(f"/models/{FLASH}")

    assert run_id not in before
    assert f'href="/runs/{run_id}"' in after
    assert one_time_key(before) != one_time_key(after)


async def test_a_run_that_is_not_there_is_a_404_for_every_way_to_ask(shared: Playground) -> None:
    nobody = f"/runs/{'0' * 26}"

    assert (await shared.client.get(nobody)).status_code == 404
    for decision in ("cancel", "look-again", "attach", "write-off", "send-again"):
        answer = await shared.client.post(f"{nobody}/{decision}", data={"request_id": "x"})
        assert answer.status_code == 404


async def test_runs_are_listed_by_state_newest_first(shared: Playground) -> None:
    first = await finished(shared, prompt="listed first")
    second = await finished(shared, prompt="listed second")

    completed = await shared.page("/runs?state=completed")

    assert completed.index(second) < completed.index(first)
    assert first not in await shared.page("/runs?state=unknown")


async def test_an_empty_desk_of_doubt_says_so(shared: Playground) -> None:
    page = await shared.page("/runs?state=unknown")

    assert "Nothing to decide" in page


async def test_where_runcomfy_is_set_no_page_speaks_of_a_simulator(shared: Playground) -> None:
    for path in ("/", "/models", f"/models/{FLASH}", "/gallery"):
        assert "No RunComfy token is set" not in await shared.page(path)
