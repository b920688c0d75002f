"""A model's input schema -> the ordered fields of its form."""

from app.inputs.conditions import with_conditional
from app.inputs.field import Field, altered
from app.inputs.form import Form, Note
from app.inputs.keywords import clean
from app.inputs.order import further, in_order
from app.inputs.properties import finished, make_fields
from app.inputs.references import without_references
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.sides import side_by_side
from app.inputs.survey import Survey

__all__ = ["Field", "Form", "Note", "make_form"]

_LEFT_OUT = "It was left out; everything else is checked."
_TOGETHER = (
    *("if", "then", "else", "allOf", "anyOf", "dependentRequired", "dependentSchemas"),
    *("dependencies", "minProperties", "maxProperties"),
)
_MEDIA = ("image", "video", "audio")


def make_form(published: JsonValue) -> Form:
    """Make the form of one model. Never raises: what is odd becomes a note, or a JSON box.

    published: an input schema as RunComfy publishes it, of whatever shape it really is.
    """
    survey = Survey()
    schema = without_references(published, survey) if isinstance(published, dict) else {}
    described = schema.get("properties")
    if not isinstance(described, dict):
        survey.note("The schema does not say which inputs there are.", "Give them as JSON.")
    properties = with_conditional(described if isinstance(described, dict) else {}, schema)
    required = _required(schema, survey)
    fields = make_fields(properties, required, survey)
    fields += _undescribed([name for name in required if name not in properties], survey)
    fields = side_by_side(fields)
    shown = in_order(fields, schema)
    later = further(shown)
    waiting = set(later)
    return Form(
        fields=(*(field for field in shown if field not in waiting), *later),
        further=tuple(later),
        notes=tuple(survey.notes),
        properties=tuple(dict.fromkeys([*properties, *required])),
        schema={
            **_conditions(schema, survey),
            "properties": {field.key: field.always for field in fields},
            # An empty seed is no fault: it is rolled.
            "required": [field.key for field in fields if field.required and not field.rolled],
        },
        named={field.name: field for top in fields for field in top.walk()},
        question=_question(fields),
        open=not isinstance(described, dict),
    )


def _conditions(schema: JsonObject, survey: Survey) -> JsonObject:
    """What the schema asks of its properties together."""
    together = {key: schema[key] for key in _TOGETHER if key in schema}
    kept, faults = clean(together, "All inputs")
    for fault in faults:
        survey.note(fault, _LEFT_OUT)
    return kept


def _required(schema: JsonObject, survey: Survey) -> list[str]:
    names = schema.get("required", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        survey.note("The schema's list of required inputs is not a list of names.", _LEFT_OUT)
    if not isinstance(names, list):
        return []
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _undescribed(names: list[str], survey: Survey) -> list[Field]:
    """Controls for names that are required but not described, of the kind the name suggests."""
    guessed: JsonObject = {name: _guess(name) for name in names}
    fields = make_fields(guessed, [], survey, index="-x")
    for field in fields:
        survey.note(
            f"The schema requires “{field.name}” but does not describe it.",
            "It is offered below, marked “required, not described”, and sent only if you fill it.",
        )
    return [finished(altered(field, described=False)) for field in fields]


def _guess(name: str) -> JsonObject:
    for media in _MEDIA:
        if media in name.lower():
            if name.lower().endswith("s"):
                return {"type": "array", "format": f"{media}_uris"}
            return {"type": "string", "format": f"{media}_uri"}
    return {"type": "string"}


def _question(fields: list[Field]) -> str:
    media = {field.media for field in fields}
    if "video" in media or any(field.key == "duration" for field in fields):
        return "What should happen?"
    return "What should change?" if "image" in media else "What should be in the picture?"
