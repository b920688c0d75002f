"""The sizes that a model's named sizes have come out as here, seen on its kept results."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.sizes import Size
from app.runs import queries
from app.runs.services import Services

_COUNTED = 40

KnownSizes = dict[tuple[str, str], Size]


async def known_sizes(services: Services, model_id: str, form: Form) -> KnownSizes:
    """By input and its text; read again only after the model's runs have changed."""
    names = [field.key for field in shaped(form)]
    if not names:
        return {}
    completed = services.versions.completed(model_id)
    as_of, known = services.known_sizes.get(model_id, (None, {}))
    if as_of == completed:
        return known
    async with services.database.read() as tx:
        made = await queries.sizes_made(
            tx, model_id, simulated=services.settings.simulated, limit=_COUNTED
        )
    known = told_by(made, names)
    services.known_sizes[model_id] = (completed, known)
    return known


def shaped(form: Form) -> list[Field]:
    """The fields whose choices are drawn as shapes."""
    return [field for field in form.fields if field.control == "shapes"]


def told_by(made: Iterable[tuple[dict[str, Any], Size]], names: list[str]) -> KnownSizes:
    """What results tell; where they disagree, another input decides too, and nothing is known."""
    seen: defaultdict[tuple[str, str], set[Size]] = defaultdict(set)
    for inputs, size in made:
        for name in names:
            text = inputs.get(name)
            if isinstance(text, str):
                seen[name, text].add(size)
    return {about: sizes.pop() for about, sizes in seen.items() if len(sizes) == 1}


def words_of_shapes(form: Form, known: KnownSizes) -> dict[str, dict[str, str]]:
    """What is said of each choice that is drawn, by the field's name and the choice's text."""
    has_picture = any(field.media == "image" for field in form.fields)
    return {
        field.name: {
            choice.text: shape.words_with(
                known.get((field.key, choice.text)), has_picture=has_picture
            )
            for choice, shape in field.shapes
        }
        for field in shaped(form)
    }


def size_in_words(
    form: Form, words: dict[str, dict[str, str]], inputs: dict[str, Any]
) -> str | None:
    """What is said in the empty frame of the shape chosen: a size, or else the choice itself."""
    for field in shaped(form):
        text = inputs.get(field.key)
        if isinstance(text, str) and text in words[field.name]:
            return words[field.name][text] or text
    return None


def size_made(form: Form, known: KnownSizes, inputs: dict[str, Any]) -> Size | None:
    """The size that these inputs came out as before."""
    found = (known.get((field.key, str(inputs.get(field.key)))) for field in shaped(form))
    return next((size for size in found if size is not None), None)
