"""A run as a page shows it: which words, which figures, how often to ask again."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.catalogue.queries import Model
from app.db.columns import utc_now
from app.inputs.form import Form
from app.media.queries import Media
from app.runs import advice
from app.runs.doubt import Doubt
from app.runs.ending import NOTHING_USABLE
from app.runs.keeping import deleted_there_at
from app.runs.not_kept import Gap, NotKept
from app.runs.outputs import Answer
from app.runs.queries import Run
from app.runs.ruler import Ruler, make_ruler
from app.runs.states import State
from app.runs.usual import UsualTime
from app.runs.waiting import Waiting

# Names under which models take what a person writes: the record shows it as text.
_PROMPTS = ("prompt", "text", "lyrics", "caption", "tags")
# How often an open page asks: each second for the first two minutes, then every five.
_YOUNG = timedelta(minutes=2)
# Before this much is known of a run's shape, it is drawn 4:3.
_SHAPE = (1024, 768)
# So long what is said of a silence, or of the next try, stays right.
_SILENT_SECONDS = 5

_STATES = {
    State.SAVED: "Sending",
    State.SENDING: "Sending",
    State.QUEUED: "Queued",
    State.RUNNING: "Running",
    State.COMPLETED: "Done",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.UNKNOWN: "Unknown: you decide",
}


@dataclass(frozen=True)
class RunView:
    """One run with all that its templates show."""

    run: Run
    model: Model | None
    media: list[Media]
    usual: UsualTime
    form: Form | None
    now: datetime
    named: dict[str, Media] = field(default_factory=dict)
    waiting: Waiting | None = None
    not_kept: NotKept | None = None
    gaps: list[Gap] = field(default_factory=list)
    heard_at: datetime | None = None
    """When RunComfy was last heard of it, while RunComfy does not answer."""

    @property
    def seen(self) -> str:
        """What a page has that shows this: the version, and for a run in line why it waits."""
        if self.waiting is None:
            return str(self.run.version)
        shown = f"{self.waiting.place} {self.waiting.why} {self.ask_seconds}"
        return f"{self.run.version}.{zlib.crc32(shown.encode())}"

    @property
    def state_in_words(self) -> str:
        """The state as the caption has it."""
        if self.not_kept is not None:
            return "Not kept yet"
        if self.not_heard:
            return "Not heard from"
        if self.run.phase == "collecting":
            return "Fetching"
        if self.waiting is not None:
            return "Waiting"
        missing = len(self.run.missing or [])
        if self.run.state == State.COMPLETED and missing:
            return f"Done, {len(self.media)} of {len(self.media) + missing} kept"
        return _STATES[self.run.state]

    @property
    def not_heard(self) -> bool:
        """Whether RunComfy has it and does not answer, so that nobody knows how far it is."""
        under_way = self.run.state in (State.QUEUED, State.RUNNING) and self.run.phase is None
        return under_way and self.heard_at is not None

    @property
    def elapsed_seconds(self) -> float:
        """Since RunComfy began, up to its end."""
        begun = self.run.running_at or self.run.answered_at or self.run.sent_at
        ended = self.run.ended_there_at or self.run.ended_at or self.heard_at or self.now
        return 0.0 if begun is None else max((ended - begun).total_seconds(), 0.0)

    @property
    def queued_seconds(self) -> float | None:
        """How long it waited in RunComfy's queue, or None when it never ran."""
        if self.run.running_at is None or self.run.answered_at is None:
            return None
        return max((self.run.running_at - self.run.answered_at).total_seconds(), 0.0)

    @property
    def waited_in_place_seconds(self) -> float:
        """Since the place in the queue before this one was taken."""
        moved = self.run.queue_moved_at
        return 0.0 if moved is None else max((self.now - moved).total_seconds(), 0.0)

    @property
    def longer_than_usual(self) -> bool:
        """Whether it runs longer than nine of ten runs of this model did."""
        usual = self.usual.high_seconds
        return usual is not None and self.elapsed_seconds > usual

    @property
    def ruler(self) -> Ruler:
        """The instrument of the waiting well."""
        running = self.run.state == State.RUNNING
        return make_ruler(self.usual, self.elapsed_seconds if running else 0.0)

    @property
    def ask_seconds(self) -> int:
        """How often the open page asks."""
        return 1 if self.now - self.run.created_at < _YOUNG else 5

    @property
    def fresh_until(self) -> int:
        """Until when this fragment is right although nothing changes, as a Unix time.

        Then the page asks less often, or the ruler has to grow.
        """
        until = [self.now + timedelta(hours=1)]
        if self.not_heard:
            return int(self.now.timestamp()) + _SILENT_SECONDS
        if self.not_kept is not None:
            next_try_at = self.not_kept.next_try_at
            later = next_try_at if self.not_kept.tries_later else None
            return int((later or self.now).timestamp()) + _SILENT_SECONDS
        if self.ask_seconds == 1:
            until.append(self.run.created_at + _YOUNG)
        if self.run.state == State.SAVED and self.waiting is None:
            # It may have to wait any moment, and this run's version stays.
            until.append(self.now)
        if self.run.state == State.RUNNING and self.run.phase is None:
            until.append(self.now + timedelta(seconds=self.ruler.end - self.elapsed_seconds))
            usual = self.usual.high_seconds
            if usual is not None and not self.longer_than_usual:
                until.append(self.now + timedelta(seconds=usual - self.elapsed_seconds))
        return int(min(until).timestamp()) + 1

    @property
    def width(self) -> int:
        """Of the frame; its ratio is what counts."""
        return self.run.width or _SHAPE[0]

    @property
    def height(self) -> int:
        """Of the frame; its ratio is what counts."""
        return self.run.height or _SHAPE[1]

    @property
    def pictured(self) -> list[Media]:
        """What can be looked at or heard here."""
        return [item for item in self.media if item.kind in ("image", "video", "audio")]

    @property
    def files(self) -> list[Media]:
        """What can only be downloaded."""
        return [item for item in self.media if item.kind not in ("image", "video", "audio")]

    @property
    def counted(self) -> str:
        """How many of what came: 4 pictures, 1 video."""
        parts = []
        for kind, one, more in (
            ("image", "picture", "pictures"),
            ("video", "video", "videos"),
            ("audio", "sound", "sounds"),
            ("other", "file", "files"),
        ):
            count = sum(item.kind == kind for item in self.media)
            if count:
                parts.append(f"{count} {one if count == 1 else more}")
        return ", ".join(parts)

    @property
    def prompt(self) -> str:
        """What the person wrote, or an empty text."""
        for name in _PROMPTS:
            written = self.run.inputs.get(name)
            if isinstance(written, str) and written:
                return written
        return ""

    @property
    def alt(self) -> str:
        """What a screen reader says of the picture: the prompt's first 150 characters."""
        return self.prompt[:150] or f"Made with {self.model_name}"

    @property
    def settings(self) -> list[tuple[str, Any]]:
        """The inputs beside the prompt, in the order in which they were sent."""
        prompt = next((name for name in _PROMPTS if self.run.inputs.get(name)), None)
        return [(name, value) for name, value in self.run.inputs.items() if name != prompt]

    def parts(self, value: Any) -> list[Any]:
        """The texts of an input's value, where it is a text or a list of them."""
        values = value if isinstance(value, list) else [value]
        return values if all(isinstance(one, str) for one in values) else []

    @property
    def seed(self) -> int | None:
        """The seed that was sent."""
        seed = self.run.inputs.get("seed")
        return seed if isinstance(seed, int) else None

    @property
    def model_name(self) -> str:
        """The model's name, or its id when it is no longer listed."""
        return self.model.display_name if self.model else self.run.model_id

    @property
    def answer(self) -> Answer:
        """What RunComfy made of it, beside the kept files."""
        return Answer(self.run, self.media)

    @property
    def deleted_there_at(self) -> datetime:
        """When RunComfy deletes its copies."""
        return deleted_there_at(self.run)

    @property
    def nothing_usable(self) -> bool:
        """Whether RunComfy finished and its answer held nothing that can be kept."""
        return self.run.state == State.FAILED and self.run.words == NOTHING_USABLE

    @property
    def in_doubt(self) -> bool:
        """Whether a failed run was given up without knowing whether RunComfy had it."""
        return advice.in_doubt(self.run)

    @property
    def wrong_request(self) -> bool:
        """Whether the request id that a person gave it proved to be of no such run."""
        return advice.wrong_request(self.run)

    @property
    def doubt(self) -> Doubt:
        """What is known of it where no answer came."""
        return Doubt(self.run)

    @property
    def what_now(self) -> str:
        """One sentence on what to do about a failed run."""
        return advice.what_now(self.run)

    def label(self, name: str) -> str:
        """An input's name as the form has it."""
        field = self.form.named.get(name) if self.form else None
        return field.label if field else name

    def file_name(self, item: Media) -> str:
        """What a browser saves a file as: the prompt's first words."""
        words = "-".join("".join(c if c.isalnum() else " " for c in self.prompt[:60]).split()[:6])
        stem = words or self.run.model_id.rsplit("/", 1)[-1]
        number = f"-{item.position + 1}" if len(self.media) > 1 else ""
        return f"{stem.lower()}{number}.{item.extension}"

    @property
    def report(self) -> str:
        """What RunComfy's support asks for."""
        return advice.report(self.run)


def view(
    run: Run,
    model: Model | None,
    media: list[Media],
    usual: UsualTime,
    form: Form | None = None,
    named: dict[str, Media] | None = None,
    **standing: Any,
) -> RunView:
    """A run as a page shows it now. named: the files that its inputs name, by reference.

    standing: what its view has beside, such as why it is not kept yet.
    """
    return RunView(run, model, media, usual, form, utc_now(), named or {}, **standing)
