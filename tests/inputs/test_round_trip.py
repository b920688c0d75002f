"""Every valid value survives form, inputs and form again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.inputs.check import check, check_posted
from app.inputs.fields import make_form
from app.inputs.prefill import from_inputs
from app.inputs.schema import JsonObject
from app.inputs.values import read_posted

NESTED: JsonObject = {
    "type": "object",
    "properties": {
        "speed": {"type": "integer", "minimum": -12, "maximum": 12},
        "a.b": {"type": "string"},
        "steady": {"type": "boolean", "default": True},
    },
}
FORM = make_form(
    {
        "required": ["prompt"],
        "properties": {
            "prompt": {"type": "string"},
            "voice": {"type": ["string", "null"], "default": "calm"},
            "scale": {"type": "float", "minimum": -1e6, "maximum": 1e6},
            "count": {"type": "integer"},
            "seed": {"type": "integer", "default": -1},
            "loud": {"type": "boolean", "default": True},
            "unsure": {"type": "boolean", "nullable": True},
            "mode": {"enum": ["a", "5", 5, 2.5, True, None, ""], "default": "a"},
            "only": {"enum": ["one"], "default": "one"},
            "image_size": {"enum": ["auto", "square"], "description": "or {width, height}"},
            "words": {"type": "array", "items": {"type": "string"}, "default": ["x"]},
            "counts": {"type": "array", "items": {"type": "integer"}},
            "pictures": {"format": "image_uris"},
            "camera": NESTED,
            "anything": {"description": "no type at all"},
        },
    }
)

# A browser makes CRLF of a lone CR, NUL is refused, and blanks alone are an empty control.
LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r")
TEXTS = st.text(LETTERS, min_size=1, max_size=40).filter(lambda text: text.strip() != "")
SIDES = st.integers(1, 65_535)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.fixed_dictionaries(
    {"prompt": TEXTS},
    optional={
        "voice": TEXTS | st.just("") | st.none(),
        "scale": st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6),
        "count": st.integers(),
        "seed": st.integers(-(2**63), 2**63 - 1),
        "loud": st.booleans(),
        "unsure": st.booleans() | st.none(),
        "mode": st.sampled_from(["a", "5", 5, 2.5, True, None, ""]),
        "only": st.just("one"),
        "image_size": st.sampled_from(["auto", "square"])
        | st.fixed_dictionaries({"width": SIDES, "height": SIDES}),
        "words": st.lists(TEXTS, max_size=4),
        "counts": st.lists(st.integers(), max_size=4),
        "pictures": st.lists(st.sampled_from(["https://a.b/1", "https://a.b/2?x=ä"]), max_size=3),
        "camera": st.fixed_dictionaries(
            {},
            optional={
                "speed": st.integers(-12, 12),
                "a.b": TEXTS | st.just(""),
                "steady": st.booleans(),
            },
        ),
        "anything": JSON,
    },
)


@given(INPUTS)
@settings(max_examples=150)
def test_valid_inputs_are_the_same_after_form_and_posting(inputs: JsonObject) -> None:
    assert check(FORM, inputs) == []

    filled = from_inputs(FORM, inputs)
    as_browsers_post = [(name, text.replace("\n", "\r\n")) for name, text in filled.items()]
    posted = read_posted(FORM, as_browsers_post)

    assert check_posted(FORM, posted) == []
    assert repr(posted.inputs["prompt"]) == repr(inputs["prompt"])
    assert posted.inputs == inputs
    assert {name: type(value) for name, value in posted.inputs.items() if name != "scale"} == {
        name: type(value) for name, value in inputs.items() if name != "scale"
    }


@given(st.dictionaries(st.sampled_from(sorted(FORM.named)), TEXTS, min_size=1))
@settings(max_examples=150)
def test_whatever_is_posted_is_read_or_explained_and_shown_as_typed(texts: dict[str, str]) -> None:
    posted = read_posted(FORM, texts.items())
    problems = check_posted(FORM, posted)

    assert all(problem.message and problem.short for problem in problems)
    for name, text in texts.items():
        assert posted.text(name) == text.replace("\r\n", "\n")
