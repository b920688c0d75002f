"""What stands in the import's fields: found in the text, unless a person has changed it; pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from app.catalogue.imported import Import
from app.catalogue.understanding.naming import KINDS
from app.catalogue.understanding.objects import value_in
from app.catalogue.understanding.understand import (
    MOST_CHARS,
    NO_SCHEMA,
    Described,
    schema_in,
    understand,
)
from app.runcomfy.models import is_model_id
from app.runcomfy.reading import JsonObject

UNITS = {"output": "per run", "second": "per second"}
_FIELDS = ("id", "name", "kind", "price", "unit", "schema")
_ADDRESS = re.compile(r"\s*(https?://\S{1,2000})\s*", re.I)
_KIND = re.compile(r"[a-z0-9-]{1,100}")
_MOST_USD = 10_000


@dataclass(frozen=True)
class Entered:
    """The import's form at one moment.

    values: what its fields hold, as texts, by their short names. was: what was found for them,
    as the form carries it, to tell later what a person has changed. problems: a sentence each.
    """

    text: str
    models: list[Described]
    which: int
    values: dict[str, str]
    was: str
    input_schema: JsonObject | None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def described(self) -> Described:
        """The model looked at."""
        return self.models[self.which] if self.models else Described()

    @property
    def address(self) -> str | None:
        """The address, where the text is nothing else."""
        return address_in(self.text)

    @property
    def kinds(self) -> list[str]:
        """The kinds to choose among."""
        own = self.values["kind"]
        return [*KINDS, *([own] if own and own not in KINDS else [])]

    @property
    def in_words(self) -> list[str]:
        """All of it as lines of text, for a terminal."""
        values, schema = self.values, self.input_schema or {}
        properties, required = schema.get("properties"), schema.get("required")
        names = list(properties) if isinstance(properties, dict) else []
        needed = required if isinstance(required, list) else []
        inputs = ", ".join(f"{name}{' (required)' if name in needed else ''}" for name in names)
        price = f"${values['price']} {UNITS[values['unit']]}" if values["price"] else "unknown"
        return [
            f"model   {values['id'] or 'not found'}",
            f"name    {values['name']}",
            f"kind    {values['kind']}",
            f"price   {price}",
            f"inputs  {inputs or 'not found'}",
            *dict.fromkeys((*self.described.remarks, *self.problems.values())),
        ]

    @property
    def wanted(self) -> Import | None:
        """What would be saved; None while something is wrong."""
        if self.problems or self.input_schema is None:
            return None
        return Import(
            model_id=self.values["id"].strip(),
            display_name=self.values["name"].strip(),
            description=self.described.description,
            category=self.values["kind"],
            price_usd=_price(self.values["price"]),
            price_unit=self.values["unit"],
            input_schema=self.input_schema,
        )


def address_in(text: str) -> str | None:
    """The address that a text is, or None."""
    found = _ADDRESS.fullmatch(text[:3000]) if len(text) < 3000 else None
    return found[1] if found else None


def entered(posted: Mapping[str, str], *, trouble: str = "") -> Entered:
    """The form as posted, every untouched field following the text.

    trouble: what is wrong with the text or where it came from.
    """
    text = posted.get("_text", "").replace("\r\n", "\n")
    problems = {"text": trouble} if trouble else {}
    if len(text) > MOST_CHARS:
        problems["text"] = (
            f"That text has {len(text):,} characters; {MOST_CHARS:,} is the most that is read."
        )
    readable = "text" not in problems and address_in(text) is None and text.strip()
    models = understand(text) if readable else []
    which = _number(posted.get("_which", ""), len(models))
    found = _found(models[which] if models else Described())
    was = _was(posted.get("_was", ""))
    other = str(which) != was.get("which", str(which))
    values = {
        name: _followed(posted.get(f"_{name}"), was.get(name), found[name], other=other)
        for name in _FIELDS
    }
    schema = _schema(values["schema"], problems)
    carried = {name: _mark(name, value) for name, value in found.items()}
    return Entered(
        text=text,
        models=models,
        which=which,
        values=values,
        was=json.dumps({**carried, "which": str(which)}),
        input_schema=schema,
        problems=problems,
    )


def checked(form: Entered) -> Entered:
    """The form with every problem that stands in the way of saving it."""
    problems, values = dict(form.problems), form.values
    model_id = values["id"].strip()
    if not model_id:
        problems["id"] = "Enter the model’s id, such as owner/model/text-to-image."
    elif not is_model_id(model_id) or model_id == "import" or " " in model_id:
        problems["id"] = "An id looks like owner/model/text-to-image: no spaces, no empty parts."
    if not values["name"].strip():
        problems["name"] = "Enter a name, as it is to stand in the list of models."
    elif len(values["name"]) > 200:
        problems["name"] = "A name has at most 200 characters."
    if not _KIND.fullmatch(values["kind"]):
        problems["kind"] = "Choose what the model makes of what."
    if values["unit"] not in UNITS:
        problems["price"] = "Choose what the price is for."
    try:
        _price(values["price"])
    except ValueError as error:
        problems["price"] = str(error)
    if form.input_schema is None:
        problems.setdefault("schema", NO_SCHEMA)
    return Entered(**{**vars(form), "problems": problems})


def _found(described: Described) -> dict[str, str]:
    schema = described.input_schema
    price = described.price_usd
    return {
        "id": described.model_id,
        "name": described.display_name,
        "kind": described.category or KINDS[0],
        "price": "" if price is None else f"{price.normalize():f}",
        "unit": described.price_unit if described.price_unit in UNITS else "output",
        "schema": "" if schema is None else json.dumps(schema, indent=2, ensure_ascii=False),
    }


def _followed(sent: str | None, was: str | None, found: str, *, other: bool) -> str:
    """What a field holds: as sent when a person has changed it, else as found now."""
    if sent is None or other:
        return found
    sent = sent.replace("\r\n", "\n")
    untouched = was is not None and was in (sent, _hash(sent))
    return found if untouched else sent


def _mark(name: str, value: str) -> str:
    return _hash(value) if name == "schema" else value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _was(text: str) -> dict[str, str]:
    try:
        was = value_in(text or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in was.items()} if isinstance(was, dict) else {}


def _number(text: str, count: int) -> int:
    return min(int(text), max(count - 1, 0)) if text.isdecimal() and len(text) < 6 else 0


def schema_of(text: str) -> JsonObject | None:
    """The schema that a text is. Raises no error: what is none is None."""
    return _schema(text, {})


def _schema(text: str, problems: dict[str, str]) -> JsonObject | None:
    if not text.strip():
        return None
    try:
        schema = schema_in(value_in(text))
    except ValueError as error:
        problems["schema"] = f"The schema is not JSON: {error}."
        return None
    if schema is None:
        problems["schema"] = "The schema must be an object with “properties”, each one an object."
    return schema


def _price(text: str) -> Decimal | None:
    """The price in US dollars. Raises ValueError with a sentence."""
    plain = text.strip().removeprefix("$").strip()
    if not plain:
        return None
    try:
        price = Decimal(plain)
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or not 0 <= price <= _MOST_USD:
        raise ValueError("A price is a number of dollars, such as 0.05; leave it empty if unknown.")
    return price
