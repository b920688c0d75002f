"""The files among a run's inputs: taken from the form, checked, and handed over at sending."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from app.errors import PlaygroundError
from app.inputs.addresses import named_by
from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.names import escaped
from app.inputs.words import Problem, problem
from app.media import queries as media_queries
from app.media.queries import Media
from app.media.receiving import Arrived, arriving, has_files
from app.media.store import MissingFile
from app.media.taking import Taken, rules_broken, take_one, taken_before
from app.runs.queries import Run
from app.runs.services import Services
from app.team.access import Person, may_see

_MUCH_BYTES = 8 * 1024 * 1024
_MOST_FIELDS = 5_000
_MOST_TEXT_BYTES = 8 * 1024 * 1024
_SORTS = {"image": "images", "video": "videos", "audio": "sounds"}
_ONE = {"image": "an image", "video": "a video", "audio": "a sound", "other": "no such file"}


class NotHandedOver(PlaygroundError):
    """A file of a run cannot be given to RunComfy, so the run is not sent."""

    status = 422
    code = "not_handed_over"


@dataclass(frozen=True)
class Sent:
    """A form as it was posted: its pairs, the files in them kept already; and what became of each.

    A kept file stands in the pairs by its reference, in its place; a refused one stands only here.
    """

    pairs: list[tuple[str, str]]
    files: list[tuple[str, Taken]] = field(default_factory=list)


async def read_sent(request: Request, services: Services, member: Person) -> Sent:
    """Read a posted form and keep the files that came along with it."""
    if not has_files(request):
        async with request.form(max_fields=_MOST_FIELDS, max_part_size=_MOST_TEXT_BYTES) as form:
            return Sent([(name, str(value)) for name, value in form.multi_items()])
    uploads = services.uploads
    pairs: list[tuple[str, str]] = []
    files: list[tuple[str, Taken]] = []
    async with arriving(
        request, uploads.folder, most_file_bytes=uploads.most_file_bytes
    ) as arrived:
        given = {name for name, value in arrived if isinstance(value, Arrived)}
        for name, value in arrived:
            if isinstance(value, Arrived):
                taken = await take_one(uploads, value, owner_id=member.id)
                files.append((name, taken))
                if taken.media:
                    pairs.append((name, taken.media.reference))
            # The empty line for an address beside a file must not stand for the whole control.
            elif value.strip() or name not in given:
                pairs.append((name, value))
    return Sent(pairs, files)


def with_refused(form: Form, problems: list[Problem], sent: Sent) -> list[Problem]:
    """The problems of a form, and those of the files that came with it."""
    refused = [found for name, taken in sent.files if (found := _refused(form, name, taken))]
    named = {found.name for found in refused}
    # To call an input empty, too, whose only file was refused would be wrong.
    return [one for one in problems if one.name not in named or one.row is not None] + refused


def _refused(form: Form, name: str, taken: Taken) -> Problem | None:
    place = form.find(name)
    if place is None or not place.media:
        said = f"“{taken.name[:100]}” came as a file, and this input takes none."
        return problem(place, said, "takes no file") if place else Problem(name, name, said, said)
    if taken.media is not None:
        return None
    return problem(place, f"“{taken.name[:100]}”: {taken.error}", "has a file that was not taken")


async def file_problems(
    services: Services, form: Form, inputs: dict[str, Any], member: Person
) -> list[Problem]:
    """What is wrong with the kept files that inputs name: gone, of a wrong kind, too large.

    And with the addresses that were looked at while the form was filled, and are surely wrong.
    """
    wrong = list(_wrong_addresses(services, form, inputs))
    found = [one for one in named_files(form, inputs) if one.field is not None]
    if not found:
        return wrong
    media = await _read(services, (one.media_id for one in found))
    problems: list[Problem] = []
    fit: list[Media] = []
    for one in found:
        said = _trouble(services, one, media.get(one.media_id), member)
        if said is not None and one.field is not None:
            problems.append(problem(one.field, said[0], said[1], one.row))
        else:
            fit.append(media[one.media_id])
    together = services.links.trouble_together(fit)
    if together and not problems and found[0].field is not None:
        problems.append(problem(found[0].field, together, "holds too much for one request"))
    return wrong + problems


def _wrong_addresses(services: Services, form: Form, inputs: dict[str, Any]) -> Iterator[Problem]:
    for way, text in _texts(inputs, ()):
        found, row = _field_at(form, way)
        if found is None or not found.media or named_by(text):
            continue
        said = services.previews.refusal(text, found.media)
        if said:
            yield problem(found, said, "leads to something else", row)


def _trouble(
    services: Services, one: "Named", media: Media | None, member: Person
) -> tuple[str, str] | None:
    if media is None or not may_see(member, media.owner_id):
        return "This file is not kept here any more. Choose it again.", "is not kept any more"
    wanted = one.field.media if one.field else None
    if wanted in _SORTS and media.kind != wanted:
        is_one = _ONE.get(media.kind, _ONE["other"])
        return f"This is {is_one}; {_SORTS[wanted]} are taken here.", f"is {is_one}"
    broken = rules_broken(one.field.rules, media) if one.field else []
    if broken:
        return " ".join(broken), "is not as the model wants it"
    said = services.links.trouble(media)
    return (said, "is too large for a request") if said else None


async def shown_files(services: Services, texts: Iterable[str], member: Person) -> dict[str, Taken]:
    """The kept files among a form's texts, by reference, as its rows show them."""
    ids = {found for text in texts if (found := named_by(text))}
    media = await _read(services, ids) if ids else {}
    return {
        one.reference: taken_before(one) for one in media.values() if may_see(member, one.owner_id)
    }


async def files_of(services: Services, form: Form, run: Run) -> dict[str, Media]:
    """The kept files that a run was given, by reference."""
    named = {one.media_id for one in named_files(form, run.inputs)}
    media = await _read(services, named) if named else {}
    return {one.reference: one for one in media.values() if one.owner_id == run.owner_id}


async def given_ids(services: Services, run: Run) -> set[str]:
    """The ids of the kept files that a run's inputs name."""
    form = await services.shelf.form_of(run.schema_id)
    return {one.media_id for one in named_files(form, run.inputs)}


@asynccontextmanager
async def handed_over(services: Services, run: Run) -> AsyncIterator[dict[str, Any]]:
    """A run's inputs as they are sent: an address, or the file itself, where a reference stood.

    Raises NotHandedOver, StorageUnavailable, DatabaseUnavailable.
    """
    form = await services.shelf.form_of(run.schema_id)
    found = list(named_files(form, run.inputs))
    if not found:
        yield run.inputs
        return
    media = await _read(services, (one.media_id for one in found))
    carried = services.links.carried_bytes(media.values())
    # Files inside a request stand in memory thrice: of large ones, one run's at a time.
    async with services.carrying if carried > _MUCH_BYTES else nullcontext():
        addresses: dict[str, str] = {}
        for one in found:
            addresses[one.reference] = await _address(services, run, media.get(one.media_id))
        yield _replaced(form, run.inputs, addresses)


async def _address(services: Services, run: Run, media: Media | None) -> str:
    if media is None or media.owner_id != run.owner_id:
        raise NotHandedOver("A file of this run is not kept here any more.")
    said = services.links.trouble(media)
    if said is not None:
        raise NotHandedOver(said)
    try:
        return await services.links.address(media)
    except MissingFile as error:
        raise NotHandedOver(f"A file of this run cannot be sent. {error}") from error


@dataclass(frozen=True)
class Named:
    """A place in a run's inputs that names a kept file.

    field: whose control it is, None within what is given as JSON; row: of a list, from 0.
    """

    media_id: str
    reference: str
    field: Field | None
    row: int | None


def named_files(form: Form, inputs: dict[str, Any]) -> Iterator[Named]:
    """Every kept file that inputs name, in their order."""
    for way, text in _texts(inputs, ()):
        media_id = named_by(text)
        if media_id is None:
            continue
        found, row = _field_at(form, way)
        if _holds_words(found):
            continue
        yield Named(media_id, text, found, row)


_Way = tuple[str | int, ...]


def _texts(value: Any, way: _Way) -> Iterator[tuple[_Way, str]]:
    if isinstance(value, str):
        yield way, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*way, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, (*way, place))


def _field_at(form: Form, way: _Way) -> tuple[Field | None, int | None]:
    """The control of a place in the inputs, and its row in a plain list."""
    name = ".".join(escaped(str(step)) for step in way)
    found = form.find(name)
    last = way[-1] if way else None
    if found is None and isinstance(last, int):
        listed, _ = _field_at(form, way[:-1])
        return (listed, last) if listed is not None and listed.kind == "list" else (None, last)
    return found, None


def _holds_words(found: Field | None) -> bool:
    """Whether what looks like a reference is what somebody wrote, to be sent as it stands."""
    return found is not None and not found.media and found.kind in ("text", "choice")


def _replaced(form: Form, inputs: Any, addresses: dict[str, str], way: _Way = ()) -> Any:
    if isinstance(inputs, dict):
        return {
            name: _replaced(form, value, addresses, (*way, name)) for name, value in inputs.items()
        }
    if isinstance(inputs, list):
        return [
            _replaced(form, value, addresses, (*way, place)) for place, value in enumerate(inputs)
        ]
    if not isinstance(inputs, str) or _holds_words(_field_at(form, way)[0]):
        return inputs
    return addresses.get(inputs, inputs)


async def _read(services: Services, media_ids: Iterable[str]) -> dict[str, Media]:
    async with services.database.read() as tx:
        return await media_queries.by_ids(tx, media_ids)
