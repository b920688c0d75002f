"""Inputs as code that sends them to RunComfy: JSON, curl, Python, JavaScript."""

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from app.inputs.json_text import write_json
from app.inputs.schema import JsonObject, JsonValue

Language: TypeAlias = Literal["json", "curl", "python", "javascript"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Beyond these JavaScript's own numbers are no longer exact.
_EXACT_IN_JAVASCRIPT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Request:
    """What would be sent: the address that takes the model's runs, and the inputs."""

    url: str
    inputs: JsonObject


def snippet(language: Language, request: Request) -> str:
    """The request as a person pastes it. The token is named, never written: `RUNCOMFY_TOKEN`."""
    return _WRITERS[language](request)


def _json(request: Request) -> str:
    return write_json(request.inputs) + "\n"


def _curl(request: Request) -> str:
    return (
        f"curl --request POST {shlex.quote(request.url)} \\\n"
        '  --header "Authorization: Bearer $RUNCOMFY_TOKEN" \\\n'
        "  --header 'Content-Type: application/json' \\\n"
        f"  --data-raw {shlex.quote(write_json(request.inputs))}\n"
    )


def _python(request: Request) -> str:
    return f"""import json
import os
import urllib.request

inputs = {_in_python(request.inputs)}

request = urllib.request.Request(
    {_in_python(request.url)},
    data=json.dumps(inputs).encode(),
    headers={{
        "Authorization": f"Bearer {{os.environ['RUNCOMFY_TOKEN']}}",
        "Content-Type": "application/json",
    }},
    method="POST",
)
with urllib.request.urlopen(request) as answer:
    print(answer.read().decode())
"""


def _in_python(value: JsonValue, indent: int = 0) -> str:
    inside, outside = "    " * (indent + 1), "    " * indent
    if isinstance(value, dict) and value:
        members = [
            f"{inside}{_in_python(name)}: {_in_python(one, indent + 1)},\n"
            for name, one in value.items()
        ]
        return "{\n" + "".join(members) + outside + "}"
    if isinstance(value, list) and value:
        members = [f"{inside}{_in_python(one, indent + 1)},\n" for one in value]
        return "[\n" + "".join(members) + outside + "]"
    if isinstance(value, str):
        # JSON's escapes all mean the same in Python.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")
    return repr(value)


def _javascript(request: Request) -> str:
    written = write_json(request.inputs)
    if _is_safe_in_javascript(request.inputs):
        inputs, body = f"const inputs = {written};", "JSON.stringify(inputs)"
    else:
        inputs = (
            "// As text: JavaScript itself would not keep every value as it is.\n"
            f"const inputs = {json.dumps(written, ensure_ascii=False)};"
        )
        body = "inputs"
    return f"""{inputs}

const answer = await fetch({json.dumps(request.url)}, {{
  method: "POST",
  headers: {{
    Authorization: `Bearer ${{process.env.RUNCOMFY_TOKEN}}`,
    "Content-Type": "application/json",
  }},
  body: {body},
}});
console.log(await answer.text());
"""


def _is_safe_in_javascript(value: JsonValue) -> bool:
    if isinstance(value, dict):
        # In an object literal this name sets the prototype.
        return "__proto__" not in value and all(map(_is_safe_in_javascript, value.values()))
    if isinstance(value, list):
        return all(map(_is_safe_in_javascript, value))
    return not isinstance(value, int) or abs(value) <= _EXACT_IN_JAVASCRIPT


_WRITERS: dict[Language, Callable[[Request], str]] = {
    "json": _json,
    "curl": _curl,
    "python": _python,
    "javascript": _javascript,
}
