"""`$ref` and `allOf` taken out of a schema: what they point at stands in their place."""

from dataclasses import dataclass
from urllib.parse import unquote

from app.inputs.merging import merged
from app.inputs.schema import CUT, JsonObject, JsonValue
from app.inputs.survey import Survey

# How often one description may stand inside itself; a person goes no deeper by hand.
MOST_ROUNDS = 2
# A few references that name each other twice grow without end; no real schema comes near this.
MOST_NODES = 20_000
DEEPEST = 40

_ONE_SCHEMA = ("items", "additionalProperties", "not", "if", "then", "else")
_LIST_OF_SCHEMAS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED_SCHEMAS = ("properties", "dependentSchemas", "dependencies")


def without_references(schema: JsonObject, survey: Survey) -> JsonObject:
    """A whole input schema with its references replaced and its `allOf` merged.

    What cannot be replaced becomes a description without a type, and so a JSON box.
    """
    whole = _Whole(schema, survey)
    return whole.expanded({key: schema[key] for key in schema if key not in _SHELVES}, (), "")


# Where descriptions wait to be pointed at: no inputs themselves.
_SHELVES = ("$defs", "definitions", "components")


@dataclass(slots=True)
class _Whole:
    root: JsonObject
    survey: Survey
    nodes_left: int = MOST_NODES

    def expanded(self, node: JsonObject, chain: tuple[str, ...], name: str) -> JsonObject:
        self.nodes_left -= 1
        if self.nodes_left < 0 or len(chain) > DEEPEST:
            self._note(f"“{name}” is too large to be shown whole.", "Its depths are left to JSON.")
            return {CUT: True}
        pointed = node.get("$ref")
        if isinstance(pointed, str):
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return self._replaced(pointed, rest, chain, name)
        found: JsonObject = {}
        deeper = (*chain, "")
        for key, value in node.items():
            if key in _NAMED_SCHEMAS and isinstance(value, dict):
                found[key] = {part: self._any(inner, deeper, part) for part, inner in value.items()}
            elif key in _ONE_SCHEMA:
                found[key] = self._any(value, deeper, name)
            elif key in _LIST_OF_SCHEMAS and isinstance(value, list):
                found[key] = [self._any(one, deeper, name) for one in value]
            else:
                found[key] = value
        return self._without_all_of(found, name)

    def _any(self, value: JsonValue, chain: tuple[str, ...], name: str) -> JsonValue:
        return self.expanded(value, chain, name) if isinstance(value, dict) else value

    def _replaced(
        self, pointed: str, rest: JsonObject, chain: tuple[str, ...], name: str
    ) -> JsonObject:
        target = _at(self.root, pointed)
        if target is None:
            self._note(
                f"“{name}” refers to “{pointed[:80]}”, which is not in the schema.",
                "It is offered as JSON and not checked.",
            )
            return {CUT: True, **rest}
        if chain.count(pointed) >= MOST_ROUNDS:
            self._note(
                f"“{name}” is described by itself, without end.",
                f"Beyond {MOST_ROUNDS} levels it is offered as JSON.",
            )
            return {CUT: True, **rest}
        described = self.expanded(target, (*chain, pointed), name)
        # Words beside a reference are about this very place.
        return {**described, **self.expanded(rest, (*chain, pointed), name)} if rest else described

    def _without_all_of(self, node: JsonObject, name: str) -> JsonObject:
        parts = node.get("allOf")
        if not isinstance(parts, list):
            return node
        rest = {key: value for key, value in node.items() if key != "allOf"}
        for part in parts:
            if isinstance(part, dict):
                rest, conflicts = merged(rest, part)
                for keyword in conflicts:
                    self._note(
                        f"“{name}” is described by parts that differ in {keyword}.",
                        "The first one holds.",
                    )
        return rest

    def _note(self, fault: str, done: str) -> None:
        if not any(note.fault == fault for note in self.survey.notes):
            self.survey.note(fault, done)


def _at(root: JsonObject, pointed: str) -> JsonObject | None:
    """What a local pointer such as `#/$defs/Size` names; None for anything else."""
    if pointed != "#" and not pointed.startswith("#/"):
        return None
    found: JsonValue = root
    for step in pointed[2:].split("/") if len(pointed) > 2 else []:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found if isinstance(found, dict) else None
