"""Real schemas, where a folder of them lies beside the checkout; they are no part of it."""

import json
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.inputs.check import check, check_posted
from app.inputs.fields import make_form
from app.inputs.prefill import from_inputs, untouched
from app.inputs.values import read_posted
from app.paths import TEMPLATES

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "runcomfy" / "schemas"
FILES = sorted(FOLDER.glob("*.json"))
PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)

if FILES:

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_a_real_schema_becomes_a_form_that_sends_what_is_meant(path: Path) -> None:
        published = json.loads(path.read_text())["input_schema"]
        form = make_form(published)
        opened = untouched(form)
        for field in form.named.values():
            if field.required and field.example:
                opened.texts[field.name] = list(field.example)
            elif field.required and field.kind == "text" and field.described:
                opened.texts[field.name] = ["https://example.com/a.png" if field.media else "words"]
            elif field.required and field.media:
                opened.texts[field.name] = ["https://example.com/a.png"] * max(field.min_items, 1)

        posted = read_posted(form, opened.items())
        problems = check_posted(form, posted)
        markup = PAGES.get_template("inputs/_fields.html").render(
            form=form, posted=posted, problems=problems
        )

        assert problems == []
        assert set(published["required"]) <= {*posted.inputs, *undescribed(form)}
        assert all(
            f'name="{name}"' in markup or f'id="{name}"' in markup
            for name in published["properties"]
        )
        assert check(form, posted.inputs) == []
        again = read_posted(form, from_inputs(form, posted.inputs).items())
        assert again.inputs == posted.inputs

    def undescribed(form: object) -> set[str]:
        """Names that are required but not described."""
        return {field.name for field in form if not field.described}  # type: ignore[attr-defined]
