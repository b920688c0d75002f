"""A schema that was never seen before: its form made and shown; and a page read for one."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader

import app.simulator
from app.catalogue.importing import shipped
from app.catalogue.understanding.understand import understand
from app.inputs.fields import make_form
from app.inputs.prefill import untouched
from app.inputs.schema import JsonObject
from app.paths import TEMPLATES
from bench.figures import Figure

_TYPICAL_LIMIT_MS = 4
_THOUSAND_LIMIT_MS = 150
_PAGE_LIMIT_MS = 100
_PAGE_BYTES = 200_000
_THOUSAND = Path(app.simulator.__file__).parent / "models" / "43-thousand.json"


def measure() -> list[Figure]:
    """CPU time of the first sight of a typical schema, of one of 1,000 inputs, and of a page."""
    loader = FileSystemLoader(TEMPLATES)
    templates = Environment(loader=loader, autoescape=True, auto_reload=False)
    fields = templates.get_template("inputs/_fields.html")

    def first_sight(schema: JsonObject) -> Callable[[], object]:
        def show() -> object:
            form = make_form(schema)
            return fields.render(form=form, posted=untouched(form), problems=[])

        return show

    typical = shipped()[0].input_schema
    thousand = json.loads(_THOUSAND.read_text(encoding="utf-8"))["input_schema"]
    page = _page(typical)
    return [
        Figure(
            "a typical form, first sight", _cpu_ms(first_sight(typical)), "ms", _TYPICAL_LIMIT_MS
        ),
        Figure(
            "1,000 inputs, first sight", _cpu_ms(first_sight(thousand)), "ms", _THOUSAND_LIMIT_MS
        ),
        Figure(
            "a page of 200 kB understood", _cpu_ms(lambda: understand(page)), "ms", _PAGE_LIMIT_MS
        ),
    ]


def _cpu_ms(job: Callable[[], object]) -> float:
    """The median of some goes, after a first that compiles templates and patterns."""
    job()
    taken = []
    for _ in range(9):
        began = time.process_time()
        job()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)


def _page(schema: JsonObject) -> str:
    """A model's page as it is pasted, with much talk around its schema."""
    talk = "Pictures from words, quickly, at a price that is told before. " * 40
    told = (
        f"POST /v1/models/some/model/text-to-image\n5. Schema\nInput schema\n{json.dumps(schema)}\n"
    )
    half = talk * (_PAGE_BYTES // (2 * len(talk)))
    return f"{half}{told}{half}"
