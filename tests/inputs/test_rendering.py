"""The markup of a form, as a browser and a plain client read it."""

import json
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.inputs.check import check_posted
from app.inputs.fields import Form, make_form
from app.inputs.posted import Posted
from app.inputs.prefill import from_inputs, untouched
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted
from app.paths import TEMPLATES

PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
VOID = ("input", "br", "hr", "img", "link", "meta")
Attributes = dict[str, str]


class Page(HTMLParser):
    """The elements of a page, and what a browser without scripts would post from it."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.posted: list[tuple[str, str]] = []
        self.open: list[tuple[str, Attributes]] = []
        self.texts: dict[str, str] = {}
        self._typed: list[str] = []
        self._options: list[tuple[str, bool]] = []
        self.feed(markup)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"an attribute of {tag} stands twice"
        inert = any(name in ("template", "noscript") for name, _ in self.open)
        if not inert:
            self.elements.append((tag, attributes))
        if tag == "input" and not inert:
            self._post_input(attributes)
        if tag == "option":
            self._options.append((attributes["value"], "selected" in attributes))
        if tag not in VOID:
            self.open.append((tag, attributes))
            self._typed = []

    def _post_input(self, attributes: Attributes) -> None:
        ticked = attributes.get("type") not in ("radio", "checkbox") or "checked" in attributes
        # A control for files in which none was chosen is posted as a file without a name.
        if "name" in attributes and ticked and attributes.get("type") != "file":
            self.posted.append((attributes["name"], attributes["value"]))

    def handle_data(self, data: str) -> None:
        self._typed.append(data)

    def handle_endtag(self, tag: str) -> None:
        opened, attributes = self.open.pop()
        assert opened == tag
        inert = any(name in ("template", "noscript") for name, _ in self.open)
        if "id" in attributes:
            self.texts[attributes["id"]] = "".join(self._typed)
        if tag == "textarea" and not inert:
            # A browser drops the first line end of a text area.
            text = "".join(self._typed).removeprefix("\n")
            self.posted.append((attributes["name"], text))
        if tag == "select":
            chosen = [value for value, selected in self._options if selected]
            if not inert:
                self.posted.append((attributes["name"], (chosen or [self._options[0][0]])[-1]))
            self._options = []

    def with_name(self, name: str) -> list[Attributes]:
        """The attributes of every control of this name."""
        return [found for _, found in self.elements if found.get("name") == name]

    def with_id(self, wanted: str) -> Attributes:
        """The attributes of the element with this id."""
        (found,) = [found for _, found in self.elements if found.get("id") == wanted]
        return found


def page_of(form: Form, posted: Posted, **more: Any) -> Page:
    """A form as it is shown, with every problem of what it holds."""
    context: Mapping[str, Any] = {"form": form, "posted": posted, "problems": [], **more}
    return Page(PAGES.get_template("inputs/_fields.html").render(context))


def mistaken(form: Form, *items: tuple[str, str]) -> Page:
    """A form that came back with its problems."""
    posted = read_posted(form, items)
    return page_of(form, posted, problems=check_posted(form, posted))


def test_the_controls_carry_the_names_of_the_schema(picture: Form, edit: Form) -> None:
    names = {element.get("name") for _, element in page_of(picture, untouched(picture)).elements}
    more = {element.get("name") for _, element in page_of(edit, untouched(edit)).elements}

    assert names - {None} == {
        "prompt", "guidance_scale", "seed", "image_size", "output_format",
    }  # fmt: skip
    assert {"image_size", "image_size.width", "image_size.height", "image_urls"} <= more


@pytest.mark.parametrize("which", ["picture", "edit"])
def test_ids_are_unique_and_every_reference_has_its_target(
    which: str, request: pytest.FixtureRequest
) -> None:
    form: Form = request.getfixturevalue(which)
    for page in (page_of(form, untouched(form)), mistaken(form, ("seed", "x"), ("odd", "1"))):
        ids = [element["id"] for _, element in page.elements if "id" in element]
        assert len(ids) == len(set(ids))
        for tag, element in page.elements:
            for attribute in ("for", "aria-labelledby", "aria-describedby"):
                assert set(element.get(attribute, "").split()) <= set(ids), (tag, attribute)
            if tag == "a":
                assert element["href"].removeprefix("#") in ids


def test_every_control_has_a_name_that_is_read_aloud(picture: Form, edit: Form) -> None:
    for form in (picture, edit):
        page = page_of(form, untouched(form))
        labelled = {
            element["for"] for tag, element in page.elements if tag == "label" if "for" in element
        }
        for tag, element in page.elements:
            kind = element.get("type")
            if tag in ("input", "textarea", "select") and kind not in (
                "radio",
                "hidden",
                "checkbox",
            ):
                assert (
                    element.get("id") in labelled
                    or "aria-label" in element
                    or element["name"].endswith(("width", "height"))
                )


def test_a_mistake_stands_beside_its_control_and_is_linked_above(picture: Form) -> None:
    page = mistaken(picture, ("prompt", ""), ("guidance_scale", "25"), ("seed", "12a4"))

    scale = page.with_id("guidance_scale")
    assert scale["value"] == "25"
    assert scale["aria-invalid"] == "true"
    assert "guidance_scale-err" in scale["aria-describedby"].split()
    assert "25 is too high. Use a number from 0 to 20." in page.texts["guidance_scale-err"]
    links = [element["href"] for tag, element in page.elements if tag == "a"]
    assert links == ["#prompt", "#guidance_scale", "#seed"]
    assert [element.get("id") for _, element in page.elements if "autofocus" in element] == [
        "prompt"
    ]


def test_a_name_that_is_no_input_has_the_focus_on_the_summary(picture: Form) -> None:
    page = mistaken(picture, ("prompt", "x"), ("odd", "1"))

    (focused,) = [element for _, element in page.elements if "autofocus" in element]
    assert focused["class"] == "sum"


def test_a_bad_row_is_marked_and_no_other(edit: Form) -> None:
    page = mistaken(
        edit, ("prompt", "x"), ("image_urls", "https://a.b/c"), ("image_urls", "roses.png")
    )

    assert "aria-invalid" not in page.with_id("image_urls-1")
    assert page.with_id("image_urls-2")["aria-invalid"] == "true"
    assert "roses.png" in page.texts["image_urls-2-err"]


def test_an_example_is_offered_and_not_filled_in(picture: Form, edit: Form) -> None:
    page = page_of(edit, untouched(edit), offers={"image_urls": ["http://127.0.0.1:1/s/rose.png"]})
    offers = [
        json.loads(element["data-offer"]) for _, element in page.elements if "data-offer" in element
    ]

    assert offers == [
        ["Paint it blue"],
        ["https://example.com/input.png"],
        ["http://127.0.0.1:1/s/rose.png"],
    ]
    assert dict(page.posted)["prompt"] == ""
    assert ("image_urls", "https://example.com/input.png") not in page.posted


def test_a_form_posted_as_it_stands_sends_its_defaults(picture: Form) -> None:
    page = page_of(picture, untouched(picture))

    assert read_posted(picture, page.posted).inputs == {
        "guidance_scale": 2.5,
        "image_size": "landscape_4_3",
        "output_format": "png",
    }


def test_without_scripts_there_are_empty_rows_up_to_the_limit(edit: Form) -> None:
    images: list[Any] = [f"https://a.b/{number}" for number in range(9)]
    posted = from_inputs(edit, {"image_urls": images})

    markup = PAGES.get_template("inputs/_fields.html").render(form=edit, posted=posted, problems=[])

    # Ten rows, the blank one of the script, and the files from this device.
    assert markup.count('name="image_urls"') == 10 + 1 + 1


MARKUP = "\"><script>alert(1)</script>{{ 7 * 7 }}' onfocus=x"
EVIL: JsonObject = {
    "properties": {
        MARKUP: {"type": "string", "title": MARKUP, "description": MARKUP, "default": MARKUP},
        "choice": {"enum": [MARKUP, "b"], "default": MARKUP, "enumNames": [MARKUP, "b"]},
        "list": {"type": "array", "default": [MARKUP]},
        "number": {"type": "integer", "default": MARKUP, "minimum": MARKUP},
        "picture": {"format": "image_uri", "default": MARKUP},
        "any": {"default": {"a": MARKUP}},
    },
    "required": [MARKUP + "2"],
}


def test_markup_in_a_schema_or_a_value_stays_text() -> None:
    form = make_form(EVIL)
    posted = read_posted(form, untouched(form).items())
    problems = check_posted(form, posted)

    page = page_of(form, posted, problems=problems, offers={"picture": [MARKUP]})

    assert not [tag for tag, _ in page.elements if tag == "script"]
    assert not [name for _, element in page.elements for name in element if name.startswith("on")]


def test_style_attributes_hold_numbers_only_and_nothing_runs_inline(edit: Form) -> None:
    page = mistaken(edit, ("image_size", "custom"))

    for tag, element in page.elements:
        assert tag != "script"
        assert not any(name.startswith(("on", "hx-on")) for name in element)
        for declaration in filter(None, element.get("style", "").split(";")):
            name, number = declaration.split(":")
            assert name.strip().startswith("--")
            float(number)


EVERYTHING = make_form(
    {
        "required": ["prompt", "mode"],
        "properties": {
            "prompt": {"type": "string", "maxLength": 2_000},
            "voice": {"type": ["string", "null"], "default": "calm"},
            "scale": {"type": "float", "minimum": -1, "maximum": 1, "default": 0.5},
            "steps": {"type": "integer", "default": 20},
            "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295},
            "loud": {"type": "boolean", "default": True},
            "unsure": {"type": "boolean"},
            "mode": {"enum": ["a rather long value", "another one of them"]},
            "format": {"enum": ["a", "b"], "default": "b"},
            "fps": {"enum": [24, 25, 30, 50, 60], "default": 25},
            "only": {"enum": ["one"], "default": "one"},
            "image_size": {"enum": ["auto", "square"], "description": "or {width, height}"},
            "words": {"type": "array", "items": {"type": "string"}, "default": ["x"]},
            "levels": {"type": "array", "items": {"enum": ["lo", "hi"]}},
            "mask": {"type": "string", "format": "image_uri"},
            "camera": {"properties": {"speed": {"type": "integer"}, "note": {"type": "string"}}},
            "anything": {"default": {"a": [1]}},
        },
    }
)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"prompt": "\n\n  a\ncup </textarea> ", "voice": "two\nlines", "scale": -0.25},
        {"voice": None, "steps": 0, "seed": 4294967295, "loud": False, "unsure": False},
        {"voice": "", "unsure": True, "mode": "another one of them", "format": "a", "fps": 60},
        {"only": "one", "image_size": {"width": 640, "height": 480}, "words": ["a", "b\nc", "a"]},
        {"levels": ["hi", "lo", "hi"], "mask": "https://a.b/c", "camera": {"speed": 0}},
        {"words": [], "camera": {"note": "\nx"}, "anything": ["\n", 1e300, 2**70, None]},
        {"anything": "text", "image_size": "square", "camera": {}},
    ],
)
def test_what_a_browser_posts_from_a_filled_form_is_what_filled_it(inputs: JsonObject) -> None:
    page = page_of(EVERYTHING, from_inputs(EVERYTHING, inputs))

    assert read_posted(EVERYTHING, page.posted).inputs == inputs


LONG = make_form(
    {
        "properties": {
            "prompt": {"type": "string"},
            **{f"extra_{number}": {"type": "integer", "default": number} for number in range(9)},
        }
    }
)


@pytest.mark.parametrize(
    ("items", "is_open", "words"),
    [
        ((), False, "9, all at their defaults"),
        ((("extra_3", "4"),), True, "9, 1 changed"),
        ((("extra_3", "x"),), True, "9, 1 changed"),
    ],
)
def test_further_settings_stand_open_where_one_was_changed_or_is_wrong(
    items: tuple[tuple[str, str], ...], is_open: bool, words: str
) -> None:
    texts = {name: texts[-1] for name, texts in untouched(LONG).texts.items()} | dict(items)
    page = mistaken(LONG, *texts.items())

    (more,) = [element for _, element in page.elements if "data-more" in element]
    assert ("open" in more) == is_open
    markup = PAGES.get_template("inputs/_fields.html").render(
        form=LONG, posted=read_posted(LONG, texts.items()), problems=[]
    )
    assert words in markup


def test_rows_and_branches_are_valid_markup_with_unique_ids_and_their_targets() -> None:
    lora: JsonObject = {"properties": {"path": {"type": "string"}, "on": {"default": True}}}
    form = make_form(
        {
            "required": ["loras", "kind"],
            "properties": {
                "loras": {"type": "array", "minItems": 2, "items": {**lora, "required": ["path"]}},
                "kind": {"oneOf": [lora, {"type": "integer"}, {"type": "array", "items": lora}]},
                "many": {"oneOf": [{"type": "integer", "title": f"T{n}"} for n in range(9)]},
                "grid": {"items": {"items": {"type": "integer"}}, "default": [[1], [2]]},
            },
        }
    )
    posted = read_posted(
        form, [*untouched(form).items(), ("loras.0.path", ""), ("loras.1.on", "x")]
    )

    page = page_of(form, posted, problems=check_posted(form, posted), rework="/rework")

    ids = [element["id"] for _, element in page.elements if "id" in element]
    assert len(ids) == len(set(ids))
    for tag, element in page.elements:
        for attribute in ("for", "aria-labelledby", "aria-describedby"):
            assert set(element.get(attribute, "").split()) <= set(ids), (tag, attribute)
        if tag == "a":
            assert element["href"].removeprefix("#") in ids
        if tag == "button" and element.get("name") == "_do":
            assert element["formaction"] == element["hx-post"] == "/rework"
            assert element["hx-target"].removeprefix("#") in ids


def test_a_thousand_inputs_are_shown_soon_and_can_be_found() -> None:
    described: JsonObject = {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}
    started = time.process_time()

    form = make_form({"properties": {f"weight_{number}": described for number in range(1_000)}})
    page = page_of(form, untouched(form))

    # A fifth of this on a free machine; bench/ has the figure itself.
    assert time.process_time() - started < 1.5
    assert (
        len([1 for _, element in page.elements if element.get("name", "")[:7] == "weight_"])
        == 1_000
    )
    assert [element["type"] for _, element in page.elements if "data-filter" in element] == [
        "search"
    ]
