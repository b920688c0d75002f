"""A form's inputs to take along: as JSON, as code that sends them, as a link."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from app.inputs.form import Form
from app.inputs.links import LONGEST_LINK, link_pairs
from app.inputs.schema import JsonObject
from app.inputs.snippets import LANGUAGES, Request, snippet
from app.settings import Settings

_TITLES = {"json": "JSON", "curl": "curl", "python": "Python", "javascript": "JavaScript"}
LINK = "link"
KINDS = (*LANGUAGES, LINK)
TITLES = {**_TITLES, LINK: "Link"}


@dataclass(frozen=True)
class Copied:
    """Something to copy; text is empty where it cannot be had, and said tells why."""

    kind: str
    text: str
    said: str

    @property
    def title(self) -> str:
        """What it is called on its button."""
        return TITLES[self.kind]


def copied(
    settings: Settings, model_id: str, form: Form, inputs: JsonObject, kind: str
) -> Copied | None:
    """The inputs as one of `KINDS`; None for any other word."""
    if kind == LINK:
        return _link(settings, model_id, form, inputs)
    for language in LANGUAGES:
        if language == kind:
            url = f"{settings.runcomfy_base_url}/v1/models/{quote(model_id, safe='/')}"
            said = "It starts a paid run. Your token is read from RUNCOMFY_TOKEN."
            if kind == "json":
                said = "The inputs alone, as RunComfy takes them."
            return Copied(kind, snippet(language, Request(url, inputs)), said)
    return None


def _link(settings: Settings, model_id: str, form: Form, inputs: JsonObject) -> Copied:
    address = f"{settings.people_address}/models/{quote(model_id, safe='/')}"
    pairs = link_pairs(form, inputs)
    link = f"{address}?{urlencode(pairs)}" if pairs else address
    if len(link) > LONGEST_LINK:
        said = f"This form is too long for a link ({len(link):,} characters). Copy it as JSON."
        return Copied(LINK, "", said)
    said = "It opens this form filled, and sends nothing."
    if any(field.format == "password" for field in form.named.values()):
        said = "It opens this form filled, but for what is secret, and sends nothing."
    return Copied(LINK, link, said)
