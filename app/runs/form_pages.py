"""A model's page: its form, kept ready, beside what it made last."""

import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response

from app.catalogue.prices import estimate
from app.catalogue.queries import Model, SchemaVersion
from app.inputs.form import Form
from app.inputs.frames import frame_of
from app.inputs.masks import mask_over, masks_of
from app.inputs.posted import Posted
from app.inputs.sizes import expected_size, spelt
from app.inputs.values import read_posted
from app.inputs.words import Problem
from app.media import queries as media_queries
from app.media.queries import Media
from app.runs import queries
from app.runs.copying import TITLES, Copied
from app.runs.files import files_of, shown_files
from app.runs.json_view import JsonView, as_json
from app.runs.known_sizes import known_sizes, size_in_words, size_made, words_of_shapes
from app.runs.not_heard import last_heard_at
from app.runs.not_kept import gaps, not_kept
from app.runs.queries import Run
from app.runs.refit import Changed
from app.runs.services import Services
from app.runs.states import State
from app.runs.submit import new_key
from app.runs.times import usual_time
from app.runs.usual import UsualTime
from app.runs.view import RunView, view
from app.runs.waiting import waiting
from app.team.access import Person
from app.team.remembered import MORE_SETTINGS
from app.web.rendering import Renderer, html, takes_gzip

_EARLIER = 12
_PROMPTS = 3
_PAGES_KEPT = 512
# The shape of the empty well where the inputs do not tell it.
_SHAPE = (1024, 768)
# Where a ready page is cut to put the one-time key in; drawn anew, so that nothing typed says it.
_CUT = f"key-{new_key()}"


@dataclass(frozen=True)
class Earlier:
    """What a person made last with a model: runs, their files, and how long such runs take."""

    runs: list[Run]
    media: dict[str, list[Media]]
    usual: UsualTime

    @property
    def pictures(self) -> list[tuple[Run, Media]]:
        """The first file of each run that has one, newest first."""
        return [(run, self.media[run.id][0]) for run in self.runs if self.media.get(run.id)]

    @property
    def prompts(self) -> list[Run]:
        """The last runs whose prompts differ."""
        found: dict[str, Run] = {}
        for run in self.runs:
            prompt = run.inputs.get("prompt")
            if isinstance(prompt, str) and prompt:
                found.setdefault(prompt, run)
        return list(found.values())[:_PROMPTS]

    @property
    def last_seed(self) -> int | None:
        """The seed of the newest run."""
        seeds = [run.inputs["seed"] for run in self.runs if isinstance(run.inputs.get("seed"), int)]
        return seeds[0] if seeds else None


async def earlier_runs(services: Services, model_id: str, member: Person) -> Earlier:
    """What this person made last with a model."""
    async with services.database.read() as tx:
        runs = await queries.latest(tx, member.id, model_id=model_id, limit=_EARLIER)
        media = await media_queries.of_runs(tx, [run.id for run in runs])
    return Earlier(runs, dict(media), await usual_time(services, model_id))


async def run_view(services: Services, run: Run) -> RunView:
    """A run with all that its templates show."""
    media: list[Media] = []
    if run.ended:
        async with services.database.read() as tx:
            media = await media_queries.of_run(tx, run.id)
    usual = await usual_time(services, run.model_id)
    form = await services.shelf.form_of(run.schema_id)
    named = await files_of(services, form, run)
    waits = await waiting(services, run) if run.state == State.SAVED else None
    return view(
        run,
        services.shelf.find(run.model_id),
        media,
        usual,
        form,
        named,
        waiting=waits,
        not_kept=not_kept(services, run),
        gaps=gaps(services, run, media),
        heard_at=last_heard_at(services.runcomfy.health, run.updated_at),
    )


@dataclass(frozen=True)
class Filled:
    """A form with what stands in it, and what is wrong with that.

    json: its view as JSON, where that is shown; copied: what was asked to be taken along.
    changed: what became of an earlier run's settings; version: the earlier schema it is made of.
    """

    model: Model
    form: Form
    posted: Posted
    problems: list[Problem]
    restore_draft: bool = False
    notices: tuple[str, ...] = ()
    focus: str = ""
    json: JsonView | None = None
    copied: Copied | None = None
    changed: Changed | None = None
    version: SchemaVersion | None = None


async def form_text(
    renderer: Renderer, services: Services, member: Person, filled: Filled, run: Run | None = None
) -> str:
    """The whole page of a model, cut where its one-time key belongs."""
    return renderer.text(
        "runs/form.html",
        section="models",
        v=None if run is None else await run_view(services, run),
        key=_CUT,
        **await form_context(services, member, filled),
    )


async def form_context(services: Services, member: Person, filled: Filled) -> dict[str, Any]:
    """What the form's templates need."""
    earlier = await earlier_runs(services, filled.model.model_id, member)
    inputs = filled.posted.inputs or read_posted(filled.form, filled.posted.items()).inputs
    known = await known_sizes(services, filled.model.model_id, filled.form)
    size = size_made(filled.form, known, inputs) or expected_size(inputs)
    words = words_of_shapes(filled.form, known)
    opens_as_json = filled.form.open and filled.json is None
    return {
        "draft_size": size or _SHAPE,
        "size_words": size_in_words(filled.form, words, inputs) or spelt(size or _SHAPE),
        "auto_shape": size is None,
        "model": filled.model,
        "form": filled.form,
        "posted": filled.posted,
        "problems": filled.problems,
        "restore_draft": filled.restore_draft,
        "notices": filled.notices,
        "focus": filled.focus,
        "more_open": bool(await services.remembered.get(member.id, MORE_SETTINGS)),
        "json": as_json(filled.form, filled.posted) if opens_as_json else filled.json,
        "copied": filled.copied,
        "changed": filled.changed,
        "version": filled.version,
        "copy_kinds": TITLES,
        "shape_words": words,
        "files": await shown_files(services, (text for _, text in filled.posted.items()), member),
        "limits": {kind: services.file_words(kind) for kind in ("image", "video", "audio", "")},
        "masks": {one.name: mask_over(filled.form, one) for one in masks_of(filled.form)},
        "frame": frame_of(filled.form),
        "price": estimate(filled.model, inputs),
        "last_seed": earlier.last_seed,
        "earlier": earlier,
        "offers": _offers(services, filled.form),
        "loopback_origin": services.loopback_origin,
    }


def _offers(services: Services, form: Form) -> dict[str, list[str]]:
    """Sample pictures for each input that takes pictures, where there are any."""
    if not services.offers:
        return {}
    return {field.name: services.offers for field in form.fields if field.media == "image"}


def with_key(request: Request, text: str, *, status: int = 200) -> Response:
    """The page with a one-time key of its own."""
    return html(request, text.replace(_CUT, new_key()), status=status)


class ReadyPages:
    """Unfilled model pages as they were last made, right until one of the person's runs changes.

    Compressed up to the key, which stands at the page's end: only the rest is done per request.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, str], tuple[object, _Ready]] = OrderedDict()

    def find(self, about: tuple[str, str], as_of: object) -> "_Ready | None":
        """The page of (person, model) if nothing on it has changed since."""
        found = self._pages.get(about)
        return found[1] if found is not None and found[0] == as_of else None

    def put(self, about: tuple[str, str], as_of: object, text: str) -> "_Ready":
        """Keep a page just made."""
        ready = _Ready(text)
        self._pages[about] = (as_of, ready)
        self._pages.move_to_end(about)
        if len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        return ready


class _Ready:
    def __init__(self, text: str) -> None:
        before, after = text.split(_CUT)
        self._before, self._after = before.encode(), after.encode()
        self._packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        self._packed = self._packer.compress(self._before)
        self._packed += self._packer.flush(zlib.Z_SYNC_FLUSH)

    def answer(self, request: Request) -> Response:
        """The page, with a fresh key in it."""
        rest = new_key().encode() + self._after
        headers = {
            "content-type": "text/html; charset=utf-8",
            "cache-control": "private, no-cache",
            "vary": "HX-Request, Accept-Encoding",
        }
        if not takes_gzip(request):
            return Response(self._before + rest, headers=headers)
        packer = self._packer.copy()
        headers["content-encoding"] = "gzip"
        return Response(self._packed + packer.compress(rest) + packer.flush(), headers=headers)


def without_rolled(run: Run) -> Run:
    """The run as its form shows it: what was rolled stands empty again."""
    kept = {name: value for name, value in run.inputs.items() if name not in run.rolled}
    return replace(run, inputs=kept)
