"""Input schemas as RunComfy might write them, each drawn together with inputs that fit it."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

# A browser makes CRLF of a lone CR, NUL is refused, and blanks alone are an empty control.
LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r")
WORDS = st.text(LETTERS, min_size=1, max_size=30).filter(lambda text: text.strip() != "")
LINES = WORDS.map(lambda text: " ".join(text.split()) or "x")
ADDRESSES = st.sampled_from(["https://a.b/1.png", "https://a.b/2?x=ä", "https://c.d:8/e"])
NAMES = st.sampled_from(
    ["text", "style", "a.b", "imageUrl", "Größe", "steps_2", "seed", "duration", "image_size"]
)
DEEPEST = 2
Drawn = tuple[dict[str, Any], Any]
"""A schema, and a value that fits it."""
Kind = Callable[[int], st.SearchStrategy[Drawn]]


@st.composite
def schemas(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A model's input schema and inputs that it takes."""
    schema, inputs = draw(objects(0))
    return schema, inputs


@st.composite
def objects(draw: st.DrawFn, depth: int) -> Drawn:
    names = draw(st.lists(NAMES, min_size=1, max_size=5 - depth, unique=True))
    properties, values, required = {}, {}, []
    for place, name in enumerate(names):
        properties[name], value = draw(properties_of(depth))
        # The first one is always there: an object of nothing is none.
        needed = place == 0 or draw(st.booleans())
        if needed and not (place == 0 and depth) and value not in ("", [], None):
            required.append(name)
        if needed or draw(st.booleans()):
            values[name] = value
    return {"type": "object", "properties": properties, "required": required}, values


@st.composite
def properties_of(draw: st.DrawFn, depth: int) -> Drawn:
    plain: list[Kind] = [texts, numbers, booleans, choices, files, lists]
    kinds = plain + ([objects, rows, unions] if depth < DEEPEST else [])
    schema, value = draw(draw(st.sampled_from(kinds))(depth))
    if draw(st.booleans()):
        schema["title"] = draw(LINES)
    if draw(st.booleans()):
        schema["description"] = draw(LINES)
    return schema, value


@st.composite
def texts(draw: st.DrawFn, _: int) -> Drawn:
    value = draw(WORDS)
    schema: dict[str, Any] = {"type": "string"}
    if draw(st.booleans()):
        schema["maxLength"] = len(value) + draw(st.integers(0, 3))
    if draw(st.booleans()):
        schema["default"] = draw(st.sampled_from(["", "calm", None]))
    return schema, value


@st.composite
def numbers(draw: st.DrawFn, _: int) -> Drawn:
    kind = draw(st.sampled_from(["integer", "number", "float"]))
    value: float = (
        draw(st.integers(-(2**53), 2**53))
        if kind == "integer"
        else draw(st.floats(-1e6, 1e6).map(lambda one: one + 0.0))
    )
    schema: dict[str, Any] = {"type": kind}
    if draw(st.booleans()):
        schema["minimum"] = value - draw(st.integers(0, 9))
    if draw(st.booleans()):
        schema["maximum"] = value + draw(st.integers(0, 9))
    if draw(st.booleans()):
        schema["default"] = draw(st.sampled_from([value, None, 0]))
    return schema, value


@st.composite
def booleans(draw: st.DrawFn, _: int) -> Drawn:
    schema: dict[str, Any] = {"type": "boolean"}
    if draw(st.booleans()):
        schema["default"] = draw(st.booleans())
    return schema, draw(st.booleans())


@st.composite
def choices(draw: st.DrawFn, _: int) -> Drawn:
    offered = draw(
        st.lists(
            st.sampled_from(["auto", "5", 5, 10, 2.5, "16:9", "square", True, None, "a b", "1K"]),
            min_size=1,
            max_size=7,
            unique_by=repr,
        )
    )
    schema: dict[str, Any] = {"enum": offered}
    if draw(st.booleans()):
        schema["default"] = draw(st.sampled_from(offered))
    return schema, draw(st.sampled_from(offered))


@st.composite
def files(draw: st.DrawFn, _: int) -> Drawn:
    media = draw(st.sampled_from(["image_uri", "video_uri", "audio_uri"]))
    return {"type": "string", "format": media}, draw(ADDRESSES)


@st.composite
def lists(draw: st.DrawFn, _: int) -> Drawn:
    if draw(st.booleans()):
        media = draw(st.sampled_from(["image_uri", "video_uri", "audio_uri"]))
        shapes: list[dict[str, Any]] = [
            {"format": f"{media}s"},
            {"items": {"type": "string", "format": media}},
            {"format": f"{media}s", "items": {"type": "string"}},
        ]
        value: list[Any] = draw(st.lists(ADDRESSES, max_size=3))
        schema = {"type": "array", **draw(st.sampled_from(shapes))}
    else:
        item, one = draw(draw(st.sampled_from([texts, numbers]))(0))
        schema, value = {"type": "array", "items": item}, [one] * draw(st.integers(0, 3))
    if draw(st.booleans()):
        schema["maxItems"] = len(value) + draw(st.integers(0, 2))
    return schema, value


@st.composite
def rows(draw: st.DrawFn, depth: int) -> Drawn:
    schema, value = draw(objects(depth + 1))
    count = draw(st.integers(0, 2))
    return {"type": "array", "items": schema}, [value] * count


@st.composite
def unions(draw: st.DrawFn, depth: int) -> Drawn:
    first, value = draw(properties_of(DEEPEST))
    second, other = draw(objects(depth + 1))
    keyword = draw(st.sampled_from(["oneOf", "anyOf"]))
    return {keyword: [first, second]}, draw(st.sampled_from([value, other]))


KEYWORDS = (
    *("type", "properties", "items", "required", "enum", "default", "format", "title"),
    *("description", "minimum", "maximum", "multipleOf", "maxLength", "pattern", "maxItems"),
    *("anyOf", "oneOf", "allOf", "$ref", "if", "then", "const", "nullable", "$defs"),
    *("dependentRequired", "additionalProperties", "prefixItems", "validations", "x-order"),
)
SCRAPS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from(["string", "integer", "object", "array", "float", "#", "#/properties/a"])
    | st.sampled_from(["image_uri", "image_uris", "date", "(a+)+$", "([", "<b>", "__proto__", ""])
)
ANYTHING = st.recursive(
    SCRAPS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYWORDS) | st.sampled_from("abc"), inner, max_size=5)
    ),
    max_leaves=25,
)


@st.composite
def nonsense(draw: st.DrawFn) -> dict[str, Any]:
    """What calls itself a schema with the properties a, b and c, and says anything of them."""
    around = draw(st.dictionaries(st.sampled_from(KEYWORDS), ANYTHING, max_size=4))
    named = draw(st.dictionaries(st.sampled_from("abc"), ANYTHING, max_size=3))
    return {**around, "properties": named}
