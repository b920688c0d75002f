"""Whatever a person pasted -> the models described in it, and what is odd or missing."""

import json
from dataclasses import dataclass
from decimal import Decimal

from app.catalogue.understanding import naming
from app.catalogue.understanding.layers import is_html, layers
from app.catalogue.understanding.naming import Mention
from app.catalogue.understanding.objects import Found, harmless, objects_in
from app.catalogue.understanding.schemas import Schema, bare_properties, is_schema, schemas_in
from app.runcomfy.models import ModelEntry
from app.runcomfy.reading import JsonObject, JsonValue

MOST_CHARS = 2_000_000
MOST_MODELS = 200

NO_SCHEMA = (
    "No input schema was found. Copy the page’s Schema section too, from its first brace to its"
    " last, or paste the schema alone."
)
NO_ID = "No model id was found. It stands in the page’s curl line, after /v1/models/. Enter it."


@dataclass(frozen=True, slots=True)
class Described:
    """A model as a text describes it; what the text does not tell is empty or None.

    remarks: what is odd or missing, a sentence each.
    """

    model_id: str = ""
    display_name: str = ""
    description: str = ""
    category: str = ""
    price_usd: Decimal | None = None
    price_unit: str | None = None
    input_schema: JsonObject | None = None
    output_schema: JsonObject | None = None
    example: JsonObject | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layer:
    text: str
    objects: list[Found]
    schemas: list[Schema]
    mentions: list[Mention]


def understand(source: str) -> list[Described]:
    """The models described in a text, in order; one that is nearly empty where there is none."""
    read: list[_Layer] = []
    for text in layers(source):
        layer = _read(text)
        read.append(layer)
        if any(schema.side == "input" for schema in layer.schemas):
            break
    # Where no layer has a schema, the first tells the id.
    layer = read[-1] if any(read[-1].schemas) else read[0]
    if not any(schema.side == "input" for schema in layer.schemas):
        layer = _with_bare_properties(read) or layer
    mentions = layer.mentions or [found for other in read for found in other.mentions]
    if not mentions and not any(schema.entry for schema in layer.schemas):
        guessed = naming.guessed_id(source, read[0].text)
        mentions = [guessed] if guessed else []
    parts = _parted(layer, mentions)
    title = naming.title_in(source, read[0].text) if len(parts) == 1 else ""
    blurb = _description(source, read[0].text) if len(parts) == 1 else ""
    return [
        _described(part, layer, read[0].text, title, blurb, alone=len(parts) == 1)
        for part in parts[:MOST_MODELS]
    ]


def _read(text: str) -> _Layer:
    objects = objects_in(text)
    return _Layer(text, objects, schemas_in(text, objects), naming.mentions_in(text))


def _with_bare_properties(read: list[_Layer]) -> _Layer | None:
    for layer in read:
        bare = bare_properties(layer.objects)
        if bare is not None:
            return _Layer(layer.text, layer.objects, [bare, *layer.schemas], layer.mentions)
    return None


@dataclass(slots=True)
class _Part:
    """What belongs to one model. ends: where the next model's part begins."""

    mention: Mention | None
    entry: ModelEntry | None
    schemas: list[Schema]
    ends: int = 0


def _parted(layer: _Layer, mentions: list[Mention]) -> list[_Part]:
    """The text's parts, one a model: a schema belongs to the id that stands last before it."""
    parts: dict[str, _Part] = {}
    for mention in mentions:
        parts.setdefault(mention.model_id, _Part(mention, None, []))
    for schema in layer.schemas:
        if schema.entry is not None:
            model_id = schema.entry.model_id
            parts.setdefault(model_id, _Part(None, schema.entry, [])).entry = schema.entry
        else:
            before = [one for one in mentions if one.position <= schema.position]
            model_id = (before or mentions)[-1 if before else 0].model_id if mentions else ""
        parts.setdefault(model_id, _Part(None, schema.entry, [])).schemas.append(schema)
    described = [
        part for part in parts.values() if any(one.side == "input" for one in part.schemas)
    ]
    return described or list(parts.values())[:MOST_MODELS] or [_Part(None, None, [])]


def _described(
    part: _Part, layer: _Layer, shown: str, title: str, blurb: str, *, alone: bool
) -> Described:
    entry = part.entry
    inputs = [schema for schema in part.schemas if schema.side == "input"]
    outputs = [schema for schema in part.schemas if schema.side == "output"]
    model_id = entry.model_id if entry else part.mention.model_id if part.mention else ""
    schema = _object(inputs[0].value) if inputs else None
    example = _example(part, layer, model_id)
    prices = naming.prices_in(shown) if alone else []
    if entry and entry.price_usd is not None:
        prices = [(entry.price_usd, entry.price_unit or "output")]
    listed = list(entry.categories[:1]) if entry else []
    return Described(
        model_id=model_id,
        display_name=(entry.display_name if entry else title) or naming.name_of(model_id),
        description=(entry.description if entry else "") or blurb,
        category=(listed or [naming.kind_of(model_id, schema)])[0],
        price_usd=prices[0][0] if prices else None,
        price_unit=prices[0][1] if prices else None,
        input_schema=schema,
        output_schema=_object(outputs[0].value) if outputs else None,
        example=example,
        remarks=tuple(_remarks(part, inputs, schema, example, prices)),
    )


def _remarks(
    part: _Part,
    inputs: list[Schema],
    schema: JsonObject | None,
    example: JsonObject | None,
    prices: list[tuple[Decimal, str]],
) -> list[str]:
    said: list[str] = []
    if part.mention is None and part.entry is None:
        said.append(NO_ID)
    elif part.mention is not None and part.mention.source == "address":
        said.append("The model id is the page’s address, which may differ from what the API takes.")
    elif part.mention is not None and part.mention.source == "page":
        said.append("The model id is from the page’s words: there is no curl line to prove it.")
    if schema is None:
        said.append(NO_SCHEMA)
    else:
        said += _about_schema(inputs, schema)
        said += _about_example(schema, example)
    if not prices:
        said.append("No price in the text. Estimates stay blank until you enter one.")
    elif len({price for price, _ in prices}) > 1:
        said.append("The text names several prices; the lowest is taken, so estimates begin there.")
    return said


def _about_schema(inputs: list[Schema], schema: JsonObject) -> list[str]:
    first, said = inputs[0], []
    others = {json.dumps(_object(other.value)) for other in inputs[1:]} - {json.dumps(schema)}
    if first.found.cut:
        properties = schema.get("properties")
        last = list(properties)[-1] if isinstance(properties, dict) and properties else "its start"
        said.append(f"The text is cut off: the schema ends at “{last}”. What came before was kept.")
    if first.found.mended:
        said.append("The JSON was not quite JSON, such as curly quotes; it was read as meant.")
    if first.wrapped:
        said.append("Only properties were given, so no input counts as required.")
    if others:
        said.append(f"{len(others) + 1} input schemas were found; the first is taken.")
    return said


def _about_example(schema: JsonObject, example: JsonObject | None) -> list[str]:
    properties, required = schema.get("properties"), schema.get("required")
    if not example or not isinstance(properties, dict):
        return []
    said = []
    strange = [name for name in example if name not in properties]
    missing = [
        name
        for name in (required if isinstance(required, list) else [])
        if isinstance(name, str) and name not in example
    ]
    if strange:
        said.append(f"The example sets {_quoted(strange)}, which the schema does not have.")
    if missing:
        said.append(f"The example leaves out {_quoted(missing)}, which the schema requires.")
    return said


def _quoted(names: list[str]) -> str:
    shown = [f"“{name[:60]}”" for name in names[:3]]
    return " and ".join(shown) + (" and others" if len(names) > len(shown) else "")


def _example(part: _Part, layer: _Layer, model_id: str) -> JsonObject | None:
    """The first object behind the model's id that describes nothing: the body of its curl line."""
    begins = [one.position for one in layer.mentions if one.model_id == model_id]
    if not begins:
        return None
    described = {schema.found.start for schema in layer.schemas}
    ends = next(
        (
            one.position
            for one in layer.mentions
            if one.position > begins[0] and one.model_id != model_id
        ),
        len(layer.text),
    )
    for found in layer.objects:
        if begins[0] < found.start < ends and found.start not in described and not found.cut:
            return _object(found.value)
    return None


def _description(source: str, shown: str) -> str:
    """The first sentence or so under a page's title."""
    if is_html(source):
        return ""
    for line in shown[:3000].split("\n")[1:8]:
        words = line.strip()
        if words.startswith(("curl", "{", "1.")) or "modelApiDoc" in words:
            return ""
        if len(words) >= 60:
            return words[:1000]
    return ""


def _object(value: JsonValue) -> JsonObject | None:
    kept = harmless(value)
    return kept if isinstance(kept, dict) else None


def schema_in(value: JsonValue) -> JsonObject | None:
    """A schema that a person edited, if it is one."""
    return _object(value) if is_schema(value) else None
