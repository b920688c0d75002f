"""The form as JSON and back, and what can be copied of it: over HTTP, nothing is ever sent."""

import asyncio
import html
import json
import os
import re
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.playground import FLASH, HTMX, Playground, accepted

FORM, RUNS = f"/models/{FLASH}/form", f"/models/{FLASH}/runs"


async def reworked(play: Playground, order: str, **values: Any) -> str:
    """The page that an order answers with."""
    answer = await play.client.post(FORM, data={**values, "_do": order})
    assert answer.status_code == 200, answer.text
    return answer.text


def as_json(page: str) -> str:
    """What stands in the JSON view of a page."""
    found = re.search(r'<textarea id="json"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, "the page shows no JSON"
    return html.unescape(found[1])


def copied(page: str) -> str:
    """What a page offers to copy."""
    found = re.search(r'<pre class="code" id="copied-text"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found, "there is nothing to copy"
    return html.unescape(found[1])


def told(page: str) -> list[str]:
    """The problems of a JSON view, as they are read."""
    found = re.findall(r'<a href="#json" data-line="\d+">(.*?)</a>', page)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in found]


async def test_the_form_becomes_json_in_the_schema_s_order(shared: Playground) -> None:
    values = {"seed": "9007199254740993", "guidance_scale": "7.25", "prompt": 'a "b" <c>\n日本'}

    inputs = json.loads(as_json(await reworked(shared, "json", **values)))

    assert inputs == {
        "prompt": 'a "b" <c>\n日本',
        "seed": 9007199254740993,
        "guidance_scale": 7.25,
    }
    assert next(iter(inputs)) == "prompt"


async def test_json_becomes_the_form_it_came_from(shared: Playground) -> None:
    text = '{"prompt": "back again", "guidance_scale": 7.25, "image_size": "square"}'

    page = await reworked(shared, "form", _json=text)

    assert ">\nback again</textarea>" in page
    assert 'value="7.25"' in page
    assert re.search(r'name="image_size" value="square"[^>]* checked', page)
    assert 'id="json"' not in page
    again = json.loads(as_json(await reworked(shared, "json", **json.loads(text))))
    assert again == json.loads(text)


async def test_what_cannot_be_read_in_the_form_is_not_lost_by_switching(shared: Playground) -> None:
    values = {"prompt": "kept", "guidance_scale": "abc", "_do": "json"}

    answer = await shared.client.post(FORM, data=values)

    assert answer.status_code == 422
    assert 'id="json"' not in answer.text
    assert "“abc” is not a number." in answer.text
    assert 'value="abc"' in answer.text
    assert ">\nkept</textarea>" in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"prompt": "a",\n "guidance_scale": "5"}',
            'Line 2, guidance_scale: The form cannot show "5" without changing it.'
            " Change it here first.",
        ),
        (
            '{\n"prompt": "a",\n"promt": "b"}',
            "Line 3, promt: The form has no input of this name. Did you mean “prompt”?",
        ),
        (
            '{"prompt": "a",}',
            "Line 1: Character 15: The comma after the last value does not belong there."
            " Remove it.",
        ),
    ],
)
async def test_json_that_the_form_could_not_show_stays_json(
    shared: Playground, text: str, said: str
) -> None:
    answer = await shared.client.post(FORM, data={"_json": text, "_do": "form"})

    assert answer.status_code == 422
    assert as_json(answer.text) == text
    assert told(answer.text) == [said]


async def test_a_refused_run_stays_in_json_with_its_lines_marked(shared: Playground) -> None:
    text = '{\n  "prompt": "never sent",\n  "guidance_scale": 99,\n  "seeds": 1\n}'

    answer = await shared.client.post(RUNS, data={"_json": text}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#form"
    assert as_json(answer.text) == text
    assert told(answer.text) == [
        "Line 3, guidance_scale: 99 is too high. Use a number from 0 to 20.",
        "Line 4, seeds: This model has no such input. Did you mean “seed”?",
    ]
    assert re.findall(r'<li class="at-fault">(\d+)</li>', answer.text) == ["3", "4"]
    assert shared.sent("never sent") == []


async def test_json_is_checked_while_it_is_written(shared: Playground) -> None:
    data = {"_json": '{"prompt": 5}', "_do": "check"}

    answer = await shared.client.post(FORM, data=data, headers=HTMX)

    assert told(answer.text) == ["Line 1, prompt: This must be a text."]
    assert "<form" not in answer.text


async def test_json_is_run_with_explicit_emptiness_as_it_stands(shared: Playground) -> None:
    text = '{"prompt": "from the json view", "image_size": "square", "seed": 9007199254740993}'

    run_id = await shared.run(_json=text)
    await shared.until(run_id)

    assert shared.sent("from the json view") == [json.loads(text)]


async def test_a_snippet_sends_what_the_form_holds(shared: Playground) -> None:
    values = {"prompt": "it's copied\n$HOME", "image_size": "square", "seed": "9007199254740993"}
    sent = {**values, "seed": 9007199254740993}
    python = copied(await reworked(shared, "copy python", **values))
    curl = copied(await reworked(shared, "copy curl", **values))

    for command in ([sys.executable, "-c", python], ["sh", "-c", curl]):
        await asyncio.to_thread(
            subprocess.run,
            command,
            env={"PATH": os.environ["PATH"], "RUNCOMFY_TOKEN": "a-dummy"},
            check=True,
            capture_output=True,
            timeout=60,
        )

    assert [
        line["inputs"]
        for line in accepted(shared.folder / "simulator")
        if line["inputs"]["prompt"] == "it's copied\n$HOME"
    ] == [sent, sent]
    assert json.loads(copied(await reworked(shared, "copy json", **values))) == sent
    assert "const inputs" in copied(await reworked(shared, "copy javascript", **values))


async def test_a_copied_link_opens_the_same_form(shared: Playground) -> None:
    values = {"prompt": "linked & shared\n100%", "image_size": "square", "guidance_scale": ""}

    link = copied(await reworked(shared, "copy link", **values))
    page = await shared.page(link.removeprefix("http://127.0.0.1:8000"))

    assert urlsplit(link).path == f"/models/{FLASH}"
    assert ">\nlinked &amp; shared\n100%</textarea>" in page
    assert re.search(r'name="image_size" value="square"[^>]* checked', page)
    assert json.loads(as_json(await reworked(shared, "json", **values))).keys() == {
        "prompt",
        "image_size",
    }
    assert re.search(r'name="guidance_scale"[^>]* value=""', page)


async def test_a_form_too_long_for_a_link_is_told_so(shared: Playground) -> None:
    page = await reworked(shared, "copy link", prompt="long " * 2_000)

    assert "too long for a link" in page
    assert 'id="copied-text"' not in page


async def test_what_cannot_be_read_is_not_copied(shared: Playground) -> None:
    data = {"prompt": "kept", "seed": "12a", "_do": "copy curl"}

    answer = await shared.client.post(FORM, data=data, headers=HTMX)

    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#form")
    assert 'value="12a"' in answer.text
