"""Posted text to typed values: unset, null, empty and zero are four different things."""

import pytest

from app.inputs.fields import Form, make_form
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.values import read_posted


def sent(described: JsonObject, *texts: str, name: str = "thing") -> JsonObject | str:
    """What is sent for a property posted with these texts, or what is said about it."""
    form = make_form({"properties": {name: described}})
    posted = read_posted(form, [(name, text) for text in texts])
    return posted.problems[0].message if posted.problems else posted.inputs


WHOLE: JsonObject = {"type": "integer"}
NUMBER: JsonObject = {"type": "float"}
TEXT: JsonObject = {"type": "string"}
YES: JsonObject = {"type": "boolean", "default": True}
WORDS: JsonObject = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("described", "texts", "value"),
    [
        (WHOLE, ["0"], 0),
        (WHOLE, ["-12"], -12),
        (WHOLE, ["\N{MINUS SIGN}12"], -12),
        (WHOLE, ["+7"], 7),
        (WHOLE, [" 42 "], 42),
        (WHOLE, ["9223372036854775807"], 2**63 - 1),
        (WHOLE, ["9007199254740993"], 2**53 + 1),
        (WHOLE, ["18446744073709551616"], 2**64),
        (NUMBER, ["2"], 2),
        (NUMBER, ["2.5"], 2.5),
        (NUMBER, [".5"], 0.5),
        (NUMBER, ["1e3"], 1000.0),
        (NUMBER, ["0"], 0),
        (NUMBER, ["9007199254740993"], 2**53 + 1),
        (TEXT, ["  a\r\nb\n "], "  a\nb\n "),
        (TEXT, ["0"], "0"),
        (YES, ["false"], False),
        (YES, ["false", "true"], True),
        (YES, ["on"], True),
        ({"type": "integer", "enum": [5, 10]}, ["5"], 5),
        ({"type": "string", "enum": ["auto", "5"]}, ["5"], "5"),
        ({"enum": [5, "5", 1.5, True]}, ["5"], 5),
        ({"enum": [5, "5", 1.5, True]}, ['"5"'], "5"),
        ({"enum": [5, "5", 1.5, True]}, ["1.5"], 1.5),
        ({"enum": [5, "5", 1.5, True]}, ["true"], True),
        ({"enum": ["", "a"]}, ['""'], ""),
        ({"enum": ["1080P", "1080p"]}, ["1080P"], "1080P"),
        (WORDS, ["b", "", "a", "  "], ["b", "a"]),
        ({"type": "array", "items": {"type": "integer"}}, ["3", "-1"], [3, -1]),
        ({"type": "object"}, ['{"a": [1, 2.5, null]}'], {"a": [1, 2.5, None]}),
        ({"type": "string", "format": "image_uri"}, [" https://a.b/c "], "https://a.b/c"),
    ],
)
def test_a_text_becomes_the_value_it_means(
    described: JsonObject, texts: list[str], value: JsonValue
) -> None:
    inputs = sent(described, *texts)

    assert inputs == {"thing": value}
    assert isinstance(inputs, dict)
    assert type(inputs["thing"]) is type(value)


@pytest.mark.parametrize("described", [WHOLE, NUMBER, TEXT, YES, WORDS, {"type": "object"}, {}])
@pytest.mark.parametrize("texts", [[], [""], ["  \r\n"]])
def test_an_empty_control_sends_nothing(described: JsonObject, texts: list[str]) -> None:
    assert sent(described, *texts) == {}


@pytest.mark.parametrize(
    ("described", "text", "message"),
    [
        (WHOLE, "1.5", "“1.5” is not a whole number."),
        (WHOLE, "true", "“true” is not a whole number."),
        (WHOLE, "1e3", "“1e3” is not a whole number."),
        (WHOLE, "9" * 2000, f"“{'9' * 60}…” is not a whole number."),
        (
            {**WHOLE, "minimum": 1, "maximum": 9},
            "x",
            "“x” is not a whole number. Use a whole number from 1 to 9.",
        ),
        (NUMBER, "2,5", "“2,5” has a comma. Write 2.5, with a point."),
        (NUMBER, "nan", "“nan” is not a number."),
        (NUMBER, "1e999", "“1e999” is not a number."),
        (NUMBER, "Infinity", "“Infinity” is not a number."),
        (YES, "maybe", "“maybe” is neither yes nor no."),
        ({"enum": ["a", "b"]}, "A", "“A” is not offered. Choose one of the values shown."),
        (TEXT, "a\0b", "This holds a character that no text may hold (NUL). Remove it."),
        (
            {"type": "object"},
            "[1 2]",
            "This is not JSON. Line 1, character 4: A comma is missing before this.",
        ),
        (
            {"type": "object"},
            '"\\u0000"',
            "This is not JSON. Line 1, character 1: This holds a character that no text may hold."
            " Remove it.",
        ),
    ],
)
def test_a_text_that_is_no_value_gets_a_sentence(
    described: JsonObject, text: str, message: str
) -> None:
    assert sent(described, text) == message


def test_a_bad_seed_may_be_left_empty(picture: Form) -> None:
    posted = read_posted(picture, [("prompt", "a"), ("seed", "12a4")])

    (problem,) = posted.problems
    assert problem.message == "“12a4” is not a whole number. Leave it empty to have one rolled."
    assert problem.short == "Seed is not a whole number"
    assert posted.text("seed") == "12a4"


@pytest.mark.parametrize(
    "prompt",
    ["é" * 100_000, "👩‍👩‍👧 " * 5_000, "\u202e\u0645\u0631\u062d\u202c", "\n\n{{ x }}<b>", " \t x"],
)
def test_a_prompt_of_any_script_and_size_is_sent_exactly_as_typed(
    picture: Form, prompt: str
) -> None:
    posted = read_posted(picture, [("prompt", prompt.replace("\n", "\r\n"))])

    assert posted.inputs == {"prompt": prompt}


def test_inputs_come_in_the_order_of_the_schema_whatever_was_posted_first(edit: Form) -> None:
    posted = read_posted(edit, [("image_urls", "https://a.b/c"), ("seed", "0"), ("prompt", "x")])

    assert list(posted.inputs) == ["prompt", "seed", "image_urls"]


def test_a_custom_size_is_sent_as_an_object(edit: Form) -> None:
    size = [("image_size.width", "1280"), ("image_size.height", " 720 ")]

    custom = read_posted(edit, [("image_size", "custom"), *size])
    named = read_posted(edit, [("image_size", "square"), *size])

    assert custom.inputs == {"image_size": {"width": 1280, "height": 720}}
    assert (named.inputs, named.problems) == ({"image_size": "square"}, [])


@pytest.mark.parametrize("width", ["", "0", "-5", "12.5", "70000", "wide"])
def test_half_a_custom_size_is_a_problem_of_that_half(edit: Form, width: str) -> None:
    posted = read_posted(
        edit,
        [("image_size", "custom"), ("image_size.width", width), ("image_size.height", "720")],
    )

    (problem,) = posted.problems
    assert (problem.name, problem.id) == ("image_size.width", "image_size-width")
    assert posted.inputs == {}
    assert posted.text("image_size.width") == width


def test_a_size_is_custom_only_where_the_description_offers_it(picture: Form) -> None:
    posted = read_posted(picture, [("image_size", "custom"), ("image_size.width", "5")])

    assert [problem.name for problem in posted.problems] == ["image_size", "image_size.width"]


def test_a_name_the_model_does_not_have_is_named(picture: Form) -> None:
    posted = read_posted(picture, [("prompt", "x"), ("styl", "1"), ("_key", "k"), ("_new", "n")])

    assert [problem.message for problem in posted.problems] == [
        "“styl” is not an input of this model."
    ]


def test_empty_and_null_are_sent_where_they_were_chosen() -> None:
    form = make_form(
        {
            "properties": {
                "a": {"type": "string"},
                "b": {"type": ["string", "null"]},
                "c": {"type": "array", "items": {"type": "string"}},
                "d": {"type": "string"},
            }
        }
    )
    chosen = [("_empty", "a"), ("_null", "b"), ("_empty", "c"), ("_empty", "d"), ("d", "typed")]

    posted = read_posted(form, chosen)

    assert posted.inputs == {"a": "", "b": None, "c": [], "d": "typed"}


def test_a_nested_object_is_sent_once_any_part_of_it_is_filled() -> None:
    parts: JsonObject = {"speed": {"type": "integer"}, "a.b": {"type": "string"}}
    form = make_form({"properties": {"camera": {"type": "object", "properties": parts}}})

    filled = read_posted(form, [("camera.speed", "-3"), ("camera.a..b", "x")])
    empty = read_posted(form, [("camera.speed", "")])

    assert filled.inputs == {"camera": {"speed": -3, "a.b": "x"}}
    assert empty.inputs == {}


def test_json_is_read_alone_and_shown_in_the_controls(picture: Form) -> None:
    text = '{"seed": 9223372036854775807, "prompt": "", "guidance_scale": null, "other": 1}'

    posted = read_posted(picture, [("prompt", "ignored"), ("_json", text)])

    assert posted.inputs == {"prompt": "", "guidance_scale": None, "seed": 2**63 - 1}
    assert posted.text("seed") == "9223372036854775807"
    assert posted.text("_json") == text
    assert [problem.name for problem in posted.problems] == ["other"]


def test_json_that_is_no_object_is_kept_and_explained(picture: Form) -> None:
    posted = read_posted(picture, [("_json", '{"prompt": "a",\n}')])

    assert posted.text("_json") == '{"prompt": "a",\n}'
    assert "Line 1, character 15: The comma" in posted.problems[0].message


def test_a_whole_number_written_as_a_fraction_in_json_is_sent_whole() -> None:
    form = make_form({"properties": {"n": {"type": "integer"}, "f": {"type": "float"}}})

    posted = read_posted(form, [("_json", '{"n": 2.0, "f": 2.0}')])

    assert type(posted.inputs["n"]) is int
    assert type(posted.inputs["f"]) is float
