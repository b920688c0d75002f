"""A form whose parts come and go: rows and branches, changed on the server and sent nowhere."""

import re

import pytest

from tests.inputs.test_rendering import Page
from tests.support.playground import HTMX, Playground, accepted

FRAMES = "tidewater/keyframes/image-to-video"
COLLAGE = "paperlantern/collage/text-to-image"
BARE = "workbench/bare/text-to-image"
TYPED = {
    "prompt": "a boat\nleaves",
    "keyframes.0.image": "https://example.com/1.png",
    "keyframes.0.time": "not yet known",
    "keyframes.1.image": "https://example.com/2.png",
    "duration": "6",
}


async def reworked(play: Playground, model_id: str, order: str, **headers: str) -> str:
    """The form after one press of a button in it."""
    answer = await play.client.post(
        f"/models/{model_id}/form", data=TYPED | {"_do": order}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("order", "images"),
    [
        ("add keyframes", ["1", "2", ""]),
        ("remove keyframes.0", ["2"]),
        ("up keyframes.1", ["2", "1"]),
        ("down keyframes.0", ["2", "1"]),
        ("up keyframes.0", ["1", "2"]),
        ("remove keyframes.7", ["1", "2"]),
        ("add prompt", ["1", "2"]),
        ("dance", ["1", "2"]),
        ("", ["1", "2"]),
    ],
)
async def test_a_press_changes_the_rows_keeps_what_was_typed_and_sends_nothing(
    shared: Playground, order: str, images: list[str]
) -> None:
    before = len(accepted(shared.folder / "simulator"))

    page = await reworked(shared, FRAMES, order)

    found = re.findall(
        r'name="keyframes\.\d\.image"[^>]*value="(?:https://example.com/)?(\d?)', page
    )
    assert found == images
    assert ">\na boat\nleaves</textarea>" in page
    assert ('value="not yet known"' in page) == ("1" in images)
    assert re.search(r'value="6" checked', page)
    assert "aria-invalid" not in page
    assert len(accepted(shared.folder / "simulator")) == before


async def test_htmx_gets_the_list_alone_with_the_focus_in_the_new_row(shared: Playground) -> None:
    text = await reworked(shared, FRAMES, "add keyframes", **HTMX)

    page = Page(text)
    assert page.elements[0][0] == "fieldset"
    assert page.elements[0][1]["id"] == "keyframes"
    (focused,) = [element for _, element in page.elements if "autofocus" in element]
    assert focused["name"] == "keyframes.2.image"


async def test_a_list_takes_no_more_rows_than_its_model(shared: Playground) -> None:
    rows = {f"keyframes.{row}.time": "1" for row in range(5)}
    answer = await shared.client.post(
        f"/models/{FRAMES}/form", data=rows | {"_do": "add keyframes"}
    )

    assert "keyframes.4.time" in answer.text
    assert "keyframes.5." not in answer.text


async def test_another_branch_shows_its_controls_and_the_first_ones_words_come_back(
    shared: Playground,
) -> None:
    address = f"/models/{COLLAGE}/form"
    typed = {"prompt": "x", "background._as": "fade", "background.from": "#112233"}
    shown = await shared.client.post(address, data={**typed, "_do": "show background"})
    assert 'id="background"' in shown.text
    posted = dict(Page(shown.text).posted) | {"background._as": "one_colour"}

    other = await shared.client.post(address, data={**posted, "_do": "show background"})
    posted = dict(Page(other.text).posted)
    back = await shared.client.post(
        address, data=posted | {"background._as": "fade", "_do": "show background"}
    )

    assert 'name="background.color"' in other.text
    assert dict(Page(back.text).posted)["background.from"] == "#112233"


async def test_a_mistake_in_a_row_comes_back_beside_its_control(shared: Playground) -> None:
    answer = await shared.client.post(
        f"/models/{FRAMES}/runs",
        data=TYPED | {"keyframes.0.time": "1", "keyframes.1.time": "99"},
    )

    assert answer.status_code == 422
    page = Page(answer.text)
    (wrong,) = [element for _, element in page.elements if element.get("aria-invalid")]
    assert (wrong["name"], wrong["value"]) == ("keyframes.1.time", "99")
    assert "Keyframe 2, at second is above 30" in answer.text


async def test_a_model_that_is_not_there_has_no_form(shared: Playground) -> None:
    answer = await shared.client.post("/models/no/such/model/form", data={"_do": "add x"})

    assert answer.status_code == 404


async def test_a_model_that_names_no_inputs_takes_any_as_json(shared: Playground) -> None:
    page = await shared.page(f"/models/{BARE}")
    assert 'name="_json"' in page

    run_id = await shared.run(BARE, _json='{"prompt": "of its own", "depth": 2}')
    await shared.until(run_id)

    assert shared.sent("of its own") == [{"prompt": "of its own", "depth": 2}]
    again = await shared.page(f"/models/{BARE}?_from={run_id}")
    assert "&#34;depth&#34;: 2" in again


@pytest.mark.parametrize("end", ["form", "runs"])
async def test_the_address_that_answered_a_form_leads_back_to_it(
    shared: Playground, end: str
) -> None:
    answer = await shared.client.get(f"/models/{FRAMES}/{end}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/models/{FRAMES}")
