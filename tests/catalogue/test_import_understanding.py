"""What is understood of a pasted text, however it is glued, quoted, packed or cut."""

import html
import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.understanding.understand import Described, understand
from app.inputs.fields import make_form

PAGES = Path(__file__).with_name("pages")
PLAIN = (PAGES / "plain.txt").read_text()
LANTERN = "quillworks/lantern-2/restyle"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {"prompt": {"type": "string"}, "seed": {"type": "integer", "default": None}},
}
JSON = json.dumps(SCHEMA)
CURL = "curl --url https://model-api.runcomfy.net/v1/models/a/b/text-to-video --data '{\"x\": 1}'\n"
REAL = Path(__file__).resolve().parents[3] / "shared" / "runcomfy" / "pages"


def only(text: str) -> Described:
    """The one model in a text."""
    (described,) = understand(text)
    return described


def properties(described: Described) -> dict[str, Any]:
    """The properties of the input schema found."""
    assert described.input_schema is not None
    found = described.input_schema["properties"]
    assert isinstance(found, dict)
    return found


def without_line_breaks(text: str) -> str:
    return text.replace("\n", "")


def with_other_spaces(text: str) -> str:
    return text.replace("  ", "\u00a0\u00a0").replace('": ', '":\u202f')


def with_curly_quotes(text: str) -> str:
    begin, _, rest = text.partition("Input schema\n")
    return begin + "Input schema\n" + rest.replace('": "', "”: “").replace('"', "”")


def escaped(text: str) -> str:
    return html.escape(text)


def with_crlf(text: str) -> str:
    return "\ufeff" + text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        *[pytest.param(path.read_text(), id=path.name) for path in sorted(PAGES.iterdir())],
        *[
            pytest.param(change(PLAIN), id=change.__name__)
            for change in (without_line_breaks, with_other_spaces, escaped, with_crlf)
        ],
    ],
)
def test_a_page_is_understood_whole(text: str) -> None:
    found = only(text)

    assert found.model_id == LANTERN
    assert found.display_name.startswith("Lantern 2 ")
    assert list(properties(found)) == ["prompt", "source_image", "glow", "shape"]
    assert found.input_schema is not None
    assert found.input_schema["required"] == ["prompt", "source_image"]
    assert properties(found)["prompt"]["description"].replace("\u00a0", " ") == (
        'What the lantern shows: a {brace}, a "quote", a \\ and “curly” ones.'
    )
    assert found.output_schema is not None
    assert "image" in str(found.output_schema["properties"])
    assert found.category == "image-to-image"


def test_a_page_tells_its_name_its_price_and_its_example() -> None:
    found = only(PLAIN)

    assert (found.display_name, found.price_usd, found.price_unit) == (
        "Lantern 2 Restyle",
        Decimal("0.04"),
        "output",
    )
    assert found.description.startswith("Turn any picture into one lit by paper lanterns")
    assert found.example == {
        "prompt": "A paper lantern over still water",
        "source_image": "https://example.com/lantern.png",
    }
    assert found.remarks == ()


@pytest.mark.parametrize(
    "text",
    [
        "{“type”: “object”, “properties”: {“prompt”: {“type”: “string”, “title”: “Say “hi””}}}",
        '{"type": "object", "properties": {"prompt": {"type": "string", "title": "\\"hi\\"",},},}',
        "{„properties“: {„prompt“: {„type“: „string“, „nullable“: True}}}".replace("“", "”"),
        json.dumps(json.dumps({"properties": {"prompt": {"type": "string"}}}))[1:-1],
        '<div data-schema="' + html.escape('{"properties":{"prompt":{"type":"string"}}}') + '">',
        '{"prompt": {"type": "string"}}',
        '[{"name": "x"}] {"input": {"properties": {"prompt": {"type": "string"}}}}',
        'window.x = {"a":function(){}, "s": {"properties": {"prompt": {"type": "string"}}}}',
    ],
)
def test_a_schema_is_found_in_whatever_stands_around_it(text: str) -> None:
    found = only(text)

    assert list(properties(found)) == ["prompt"]
    assert properties(found)["prompt"]["type"] == "string"


@pytest.mark.parametrize(
    ("text", "model_id", "kind"),
    [
        (CURL, "a/b/text-to-video", "text-to-video"),
        (CURL.replace("\n", "").replace("video ", "video--header x"), "a/b/text-to-video", None),
        ("POST https://x.test/v1/models/kling/video-o3/4K/edit-video?x=1", None, "video-to-video"),
        ('fetch("https://x.test/v1/models/a/speech-1.5")', "a/speech-1.5", "text-to-audio"),
        ("https://www.runcomfy.com/de/models/a/b/text-to-image/api x", "a/b/text-to-image", None),
        ("See runcomfy.com/playground/a/b-2/edit/api?ref=1", "a/b-2/edit", "image-to-image"),
        ("/v1/models/categories and /v1/models/{model_id} and /v1/models?limit=2", "", None),
        ("nothing of the kind", "", "text-to-image"),
    ],
)
def test_the_id_is_the_curl_lines_then_the_pages(
    text: str, model_id: str | None, kind: str | None
) -> None:
    found = only(text)

    if model_id is not None:
        assert found.model_id == model_id
    if kind is not None:
        assert found.category == kind


def test_the_curl_line_is_believed_before_the_address() -> None:
    address = "https://www.runcomfy.com/models/another/path/api\n"

    assert only(address + CURL + JSON).model_id == "a/b/text-to-video"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (JSON, "No model id was found."),
        (CURL, "No input schema was found."),
        ("hello", "No input schema was found."),
        ("https://www.runcomfy.com/models/a/b/api\n" + JSON, "is the page’s address"),
        (CURL + JSON, "The example sets “x”, which the schema does not have."),
        (CURL + JSON, "The example leaves out “prompt”, which the schema requires."),
        (CURL + JSON, "No price in the text."),
        (CURL + JSON + "$0.02 per image or $0.01 per image", "several prices; the lowest"),
        (CURL + JSON.replace('"', "”"), "it was read as meant"),
        (CURL + '{"a": {"type": "string"}}', "Only properties were given"),
        (CURL + JSON + JSON.replace("seed", "other"), "2 input schemas were found"),
    ],
)
def test_what_is_odd_or_missing_is_said(text: str, said: str) -> None:
    assert said in " ".join(only(text).remarks)


@pytest.mark.parametrize("cut", ['"glow"', '"maximum"', '"tall"', "Output schema"])
def test_of_a_page_cut_off_what_came_before_is_kept(cut: str) -> None:
    found = only(PLAIN[: PLAIN.rindex(cut) + 4])

    assert found.model_id == LANTERN
    assert list(properties(found))[:2] == ["prompt", "source_image"]
    assert make_form(found.input_schema).fields
    cut_off = cut != "Output schema"
    assert cut_off == any("cut off" in remark for remark in found.remarks)


def test_several_models_are_told_apart() -> None:
    other = CURL.replace("a/b/text-to-video", "c/d/edit") + JSON.replace("seed", "strength")
    entries = [
        {"model_id": f"e/{number}", "base_price_usd": 0.5, "input_schema": SCHEMA}
        for number in range(3)
    ]

    first, second = understand(CURL + JSON + other)
    listed = understand(json.dumps({"models": entries, "total": 3}))

    assert (first.model_id, second.model_id) == ("a/b/text-to-video", "c/d/edit")
    assert "seed" in properties(first)
    assert "strength" in properties(second)
    assert [(one.model_id, one.price_usd) for one in listed] == [
        (f"e/{number}", Decimal("0.5")) for number in range(3)
    ]


def test_what_no_database_takes_is_taken_out() -> None:
    text = '{"properties": {"a\\u0000": {"type": "string", "default": "\\ud800", "max": 1e999}}}'

    schema = only(text).input_schema

    assert schema == {"properties": {"a": {"type": "string", "default": "?", "max": None}}}


HOSTILE = {
    "braces": "{",
    "quotes": '{"',
    "nested": '{"a":',
    "lists": '{"a":[',
    "unterminated": '{"a":"',
    "scripts": "<script>",
    "tags": "<div",
    "comments": "<!--",
    "curly": "{“a”:",
    "escaped": '{\\"a',
    "entities": "{&quot;",
    "urls": "/v1/models/a/b ",
    "slugs": "a/",
    "small": '{"a":1},',
    "schemas": '{"properties":{"a":',
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_comes_to_an_end(piece: str) -> None:
    started = time.process_time()

    understand(piece * (100_000 // len(piece)))

    assert time.process_time() - started < 3


def test_a_page_of_200_kb_takes_little_time() -> None:
    filling = "<p>Words that tell of lanterns, at length.</p>\n" * 4_500
    page = (PAGES / "shown.html").read_text().replace("<nav>", f"{filling}<nav>")
    assert len(page) > 200_000

    started = time.process_time()
    found = only(page)

    assert time.process_time() - started < 0.5
    assert found.model_id == LANTERN


if REAL.is_dir():

    @pytest.mark.parametrize("path", sorted(REAL.glob("*.txt")), ids=lambda path: path.stem)
    def test_a_real_page_is_understood(path: Path) -> None:
        found = only(path.read_text())

        assert found.model_id.count("/") >= 2
        assert found.input_schema is not None
        assert make_form(found.input_schema).fields
        if not path.stem.startswith("cut_"):
            assert found.output_schema is not None
            assert not [remark for remark in found.remarks if "cut off" in remark]
