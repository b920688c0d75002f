"""What holds only sometimes: `if` and `then`, and inputs that others call for; in words too."""

from collections.abc import Iterator

from app.inputs.choices import text_of
from app.inputs.labels import in_sentence, label_for
from app.inputs.schema import JsonObject, JsonValue

# Under this name a property carries the words of the condition that it depends on.
WHEN = "x-when"

_MOST_WORDS = 3
LONGEST_VALUE = 40


def parts_described(node: JsonObject) -> dict[str, tuple[JsonObject, str]]:
    """The properties that only a condition describes, each with when it counts."""
    base = node.get("properties")
    known = set(base) if isinstance(base, dict) else set()
    found: dict[str, tuple[JsonObject, str]] = {}
    for described, words in _branches(node):
        properties = described.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            if name not in known and isinstance(inner, dict):
                found.setdefault(name, (inner, words))
    return found


def _branches(node: JsonObject) -> Iterator[tuple[JsonObject, str]]:
    """Each schema that holds under a condition, with the condition in words."""
    condition = node.get("if")
    for key, holds in (("then", True), ("else", False)):
        described = node.get(key)
        if isinstance(described, dict):
            yield described, when(condition, holds)
            yield from _branches(described)
    for keyword in ("dependentSchemas", "dependencies"):
        named = node.get(keyword)
        for name, described in named.items() if isinstance(named, dict) else ():
            if isinstance(described, dict):
                yield described, is_filled(name)
    for keyword in ("allOf", "anyOf", "oneOf"):
        parts = node.get(keyword)
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                if keyword != "allOf":
                    yield part, ""
                yield from _branches(part)


def when(condition: JsonValue, holds: bool) -> str:
    """A condition in words, such as "mode is “video”"; empty where there are none for it."""
    if not isinstance(condition, dict):
        return ""
    properties = condition.get("properties")
    facts = [
        _fact(name, inner, holds)
        for name, inner in (properties.items() if isinstance(properties, dict) else ())
        if isinstance(inner, dict)
    ]
    required = condition.get("required")
    if not facts and isinstance(required, list):
        facts = [
            is_filled(name) if holds else f"{_label(name)} is empty"
            for name in required
            if isinstance(name, str)
        ]
    if not facts or len(facts) > _MOST_WORDS or not all(facts):
        return ""
    return (" and " if holds else " or ").join(facts)


def is_filled(name: str) -> str:
    """That an input has a value, in words."""
    return f"{_label(name)} is filled"


def _label(name: str) -> str:
    return in_sentence(label_for(name, None))


def _fact(name: str, described: JsonObject, holds: bool) -> str:
    values = [described["const"]] if "const" in described else described.get("enum")
    if not isinstance(values, list) or not 0 < len(values) <= _MOST_WORDS:
        return ""
    quoted = [f"“{text_of(value):.{LONGEST_VALUE}}”" for value in values]
    return f"{_label(name)} is {'' if holds else 'not '}{' or '.join(quoted)}"


def with_conditional(properties: JsonObject, node: JsonObject) -> JsonObject:
    """The properties of an object, and those that only its conditions describe.

    These are shown always and sent only when filled, so their defaults are only offered.
    """
    found = dict(properties)
    for name, (described, words) in parts_described(node).items():
        inside = {key: value for key, value in described.items() if key != "default"}
        if "default" in described:
            inside.setdefault("examples", [described["default"]])
        found[name] = {**inside, WHEN: words}
    return found
