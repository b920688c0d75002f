"""A model's input schema -> the ordered fields of its form."""

from dataclasses import replace

from app.inputs.form import Field, Form, Note
from app.inputs.order import in_order
from app.inputs.properties import finished, make_fields
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.survey import Survey

__all__ = ["Field", "Form", "Note", "make_form"]

_LEFT_OUT = "It was left out; everything else is checked."
_MEDIA = ("image", "video", "audio")


def make_form(published: JsonValue) -> Form:
    """Make the form of one model. Never raises: what is odd becomes a note, or a JSON box.

    published: an input schema as RunComfy publishes it, of whatever shape it really is.
    """
    survey = Survey()
    schema = published if isinstance(published, dict) else {}
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        survey.note("The schema does not say which inputs there are.", "Give them as JSON.")
        properties = {}
    required = _required(schema, survey)
    fields = make_fields(properties, required, survey)
    fields += _undescribed([name for name in required if name not in properties], survey)
    return Form(
        fields=tuple(in_order(fields)),
        notes=tuple(survey.notes),
        properties=tuple(dict.fromkeys([*properties, *required])),
        schema={
            "properties": {field.key: field.schema for field in fields},
            # An empty seed is no fault: it is rolled.
            "required": [field.key for field in fields if field.required and not field.rolled],
        },
        named={field.name: field for top in fields for field in top.walk()},
        question=_question(fields),
    )


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
    return [finished(replace(field, described=False)) for field in fields]


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
