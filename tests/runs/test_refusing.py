"""A form with wrong values: nothing is sent, every value stays, each message beside its control."""

import re

import pytest

from tests.support.playground import EDIT, FLASH, HTMX, Playground, accepted

FORM = f"/models/{FLASH}/runs"
WRONG = {
    "prompt": "",
    "guidance_scale": "21",
    "seed": "1.5",
    "image_size": "huge",
    "output_format": "png",
    "colour": "blue",
}


async def test_wrong_values_are_refused_with_all_kept_and_nothing_sent(
    shared: Playground,
) -> None:
    before = len(accepted(shared.folder / "simulator"))

    answer = await shared.client.post(FORM, data=WRONG)

    assert answer.status_code == 422
    text = answer.text
    assert "5 inputs need a change. Nothing was sent or charged." in text
    assert 'value="21"' in text
    assert 'value="1.5"' in text
    assert "huge" in text
    # The field that nobody knows is named in the summary.
    summary = text[text.index('class="sum"') :]
    assert "colour" in summary[: summary.index("</ul>")]
    assert len(accepted(shared.folder / "simulator")) == before


async def test_each_message_stands_beside_its_control_and_is_tied_to_it(
    shared: Playground,
) -> None:
    text = (await shared.client.post(FORM, data=WRONG)).text

    for name in ("prompt", "guidance_scale", "seed"):
        control = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>', text)
        assert control is not None
        assert 'aria-invalid="true"' in control[0]
        described = re.search(r'aria-describedby="([^"]+)"', control[0])
        assert described is not None
        assert any(f'id="{one}"' in text for one in described[1].split())


async def test_htmx_gets_the_form_alone_with_422_aimed_at_the_form(shared: Playground) -> None:
    answer = await shared.client.post(FORM, data=WRONG, headers=HTMX)

    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#form"
    assert answer.text.lstrip().startswith("<form")
    assert "<html" not in answer.text


async def test_too_many_pictures_are_refused_with_every_address_kept(shared: Playground) -> None:
    links = [f"https://pictures.example.invalid/{number}.png" for number in range(11)]

    answer = await shared.client.post(
        f"/models/{EDIT}/runs", data={"prompt": "eleven", "image_urls": links}
    )

    assert answer.status_code == 422
    assert "10" in answer.text
    assert [link for link in links if link not in answer.text] == []
    assert shared.sent("eleven") == []


@pytest.mark.parametrize(
    "address",
    [
        "not an address",
        "ftp://example.com/a.png",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://example.com/a.png",
        "http://127.0.0.1:1/a.png",
        "https://",
    ],
)
async def test_what_is_no_address_for_runcomfy_is_refused_and_kept(
    shared: Playground, address: str
) -> None:
    answer = await shared.client.post(
        f"/models/{EDIT}/runs", data={"prompt": "no address", "image_urls": [address]}
    )

    assert answer.status_code == 422
    assert f'value="{address}"' in answer.text
    assert shared.sent("no address") == []


async def test_a_file_is_refused_by_name_and_nothing_sent(shared: Playground) -> None:
    answer = await shared.client.post(
        f"/models/{EDIT}/runs",
        data={"prompt": "a file"},
        files={"image_urls": ("one.png", b"\x89PNG", "image/png")},
    )

    assert answer.status_code == 422
    assert "“one.png”: This is not a picture, a video or a sound" in answer.text
    assert shared.sent("a file") == []
