"""Input schemas: as RunComfy publishes them -> standard JSON Schema 2020-12."""

from typing import TypeAlias

from app.errors import PlaygroundError

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, JsonValue]

# The deepest real schema has three levels; beyond this a form would help nobody.
DEEPEST = 24

# Stands in a description that was not followed further, so that it is not taken for an empty one.
CUT = "x-cut"

_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "array",
    "object": "object",
    "null": "null",
    # RunComfy's own word, and the short ones that people write by hand.
    "float": "number",
    "double": "number",
    "int": "integer",
    "bool": "boolean",
    "str": "string",
    "list": "array",
    "dict": "object",
}
_ONE_SCHEMA = ("items", "additionalProperties", "contains", "not", "propertyNames")
_LIST_OF_SCHEMAS = ("anyOf", "oneOf", "allOf", "prefixItems")


class SchemaError(PlaygroundError):
    """A part of an input schema that no form can be made from; the message names the property."""

    status = 422
    code = "schema"


def to_json_schema(published: JsonObject) -> JsonObject:
    """Turn an input schema as RunComfy publishes it into JSON Schema 2020-12.

    published: `{"type": "object", "properties": {name: property}}`; not changed.
    Returns a new schema with the same properties in the same order, where
    `"type": "float"` is `number`, a `null` default is left out and `nullable` is a type.
    Raises SchemaError, naming the property, for a type it does not know.

    Source: the Schema section of RunComfy's model pages. On flux-2/flash,
    `guidance_scale` is a `float` and `seed` has the default `null`.
    """
    properties = published.get("properties", {})
    if not isinstance(properties, dict):
        raise SchemaError("The schema's list of properties is not an object.")
    standard = {key: value for key, value in published.items() if key != "properties"}
    standard["properties"] = {
        name: to_json_property(name, described) for name, described in properties.items()
    }
    return standard


def to_json_property(name: str, published: JsonValue) -> JsonObject:
    """Turn one property's schema into JSON Schema 2020-12; see `to_json_schema`."""
    return _node(published, name, depth=0)


def _node(published: JsonValue, name: str, depth: int) -> JsonObject:
    if not isinstance(published, dict):
        raise SchemaError(f"“{name}” is described by something that is not an object.")
    if depth > DEEPEST:
        raise SchemaError(f"“{name}” is nested more than {DEEPEST} levels deep.")
    standard: JsonObject = {}
    for key, value in published.items():
        if key == "type":
            standard["type"] = _type(value, name)
        elif (key == "default" and value is None) or key == "nullable":
            continue
        elif key == "properties" and isinstance(value, dict):
            standard[key] = {
                part: _node(described, f"{name}.{part}", depth + 1)
                for part, described in value.items()
            }
        elif key in _ONE_SCHEMA and isinstance(value, dict):
            standard[key] = _node(value, name, depth + 1)
        elif key in _LIST_OF_SCHEMAS and isinstance(value, list):
            standard[key] = [_node(branch, name, depth + 1) for branch in value]
        else:
            standard[key] = value
    if published.get("nullable") is True:
        _let_be_null(standard)
    return standard


def _type(named: JsonValue, name: str) -> JsonValue:
    if isinstance(named, str) and named.lower() in _TYPES:
        return _TYPES[named.lower()]
    if isinstance(named, list) and not any(isinstance(one, list) for one in named):
        return [_type(one, name) for one in named]
    raise SchemaError(f"“{name}” has a type that is not known: {named!r:.60}.")


def _let_be_null(standard: JsonObject) -> None:
    types, values = standard.get("type"), standard.get("enum")
    if isinstance(types, str) and types != "null":
        standard["type"] = [types, "null"]
    elif isinstance(types, list) and "null" not in types:
        standard["type"] = [*types, "null"]
    if isinstance(values, list) and None not in values:
        standard["enum"] = [*values, None]
