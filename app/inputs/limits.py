"""What a schema's keywords say of a field's bounds."""

from app.inputs.field import Field, Number, altered
from app.inputs.schema import JsonObject


def limited(field: Field, schema: JsonObject) -> Field:
    """The field with its schema, and the bounds that stand in it."""
    return altered(
        field,
        schema=schema,
        minimum=_number(schema, "minimum"),
        maximum=_number(schema, "maximum"),
        step=_number(schema, "multipleOf"),
        min_items=_whole(schema, "minItems") or 0,
        max_items=_whole(schema, "maxItems"),
        max_length=_whole(schema, "maxLength"),
    )


def or_null(schema: JsonObject) -> JsonObject:
    """The schema that takes null as well."""
    wider = dict(schema)
    if isinstance(schema.get("type"), str):
        wider["type"] = [schema["type"], "null"]
    return wider


def _number(schema: JsonObject, keyword: str) -> Number | None:
    value = schema.get(keyword)
    return value if isinstance(value, int | float) else None


def _whole(schema: JsonObject, keyword: str) -> int | None:
    value = schema.get(keyword)
    return value if isinstance(value, int) else None
