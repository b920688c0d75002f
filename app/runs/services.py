"""What a run needs on its way: the database, the storage, RunComfy."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from app.catalogue.shelf import Shelf
from app.db.columns import new_id
from app.db.engine import Database
from app.errors import Unavailable
from app.inputs.sizes import Size
from app.media.links import Links
from app.media.previews import Previews
from app.media.room import MediaRoom
from app.media.store import StorageFull
from app.media.uploads import Uploads
from app.runcomfy.client import RunComfy
from app.runcomfy.download import Downloader
from app.runs import queries
from app.runs.evidence import Evidence
from app.runs.figures import Figures
from app.runs.in_line import InLine
from app.runs.keeping import Keeping
from app.runs.queries import Run
from app.runs.states import State
from app.runs.steps import Steps
from app.runs.unkept import Unkept
from app.runs.usual import UsualTime
from app.runs.versions import Versions
from app.settings import Settings
from app.team.remembered import Remembered

# Heavy work at once in one process: more would only make each of them later.
_AT_ONCE = 8

_Result = TypeVar("_Result")


@dataclass
class Services:
    """The parts that a run's steps share; one of these a process.

    loopback_origin: where plain http addresses are taken as inputs too, when RunComfy is
    played on this machine. offers: sample addresses there. patience_seconds: passing trouble
    with a file is waited out this long before the run ends without it. replica_id: this
    process's own, new at each start. turn: set when it may be some saved run's turn to be sent;
    waiting: whether any was left waiting when that was last looked at.
    """

    settings: Settings
    database: Database
    media: MediaRoom
    uploads: Uploads
    previews: Previews
    links: Links
    runcomfy: RunComfy
    downloader: Downloader
    shelf: Shelf
    loopback_origin: str | None = None
    offers: list[str] = field(default_factory=list)
    patience_seconds: float = 60.0
    versions: Versions = field(default_factory=Versions)
    in_line: InLine = field(default_factory=InLine)
    steps: Steps = field(default_factory=Steps)
    usual_times: dict[str, tuple[int | None, UsualTime, float]] = field(default_factory=dict)
    known_sizes: dict[str, tuple[int, dict[tuple[str, str], Size]]] = field(default_factory=dict)
    replica_id: str = field(default_factory=new_id)
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: bool = False
    line_facts: tuple[float, Any] | None = None
    line_asked: asyncio.Lock = field(default_factory=asyncio.Lock)
    collects: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    keeping: Keeping = field(default_factory=Keeping)
    unkept: Unkept = field(default_factory=Unkept)
    to_count: asyncio.Event = field(default_factory=asyncio.Event)
    carrying: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _sending: Counter[str] = field(default_factory=Counter)
    _none_sending: asyncio.Event = field(default_factory=asyncio.Event)

    def file_words(self, kind: str) -> str:
        """How large a file for an input may be, and how it is handed over, if that matters."""
        return self.links.limit(kind, self.uploads.most_mb(kind))

    @contextmanager
    def sending_now(self, run_id: str) -> Iterator[None]:
        """Marks a paid request as on its way, from its claim until its answer is written down."""
        self._sending[run_id] += 1
        self._none_sending.clear()
        try:
            yield
        finally:
            self._sending[run_id] -= 1
            self._sending += Counter()  # drops those at zero
            if not self._sending:
                self._none_sending.set()

    def is_sending(self, run_id: str) -> bool:
        """Whether this process has the run's paid request on its way."""
        return run_id in self._sending

    async def stop_sending(self) -> None:
        """Begin no new paid request, and wait for those on their way to be written down."""
        self.stopping.set()
        if self._sending:
            await self._none_sending.wait()

    @cached_property
    def figures(self) -> Figures:
        """What there is of everything."""
        return Figures(self.database, self.settings.data_dir)

    @cached_property
    def remembered(self) -> Remembered:
        """How each person left the pages."""
        return Remembered(self.database)

    @cached_property
    def evidence(self) -> Evidence:
        """What will be known of a run whose answer is lost."""
        return Evidence(self.database, self.runcomfy)

    def as_of(self, owner_id: str, model_id: str) -> object:
        """Equal as long as nothing has changed that a person's page of a model shows."""
        return (
            self.versions.changes(owner_id, model_id),
            self.versions.completed(model_id),
            self.remembered.changes(owner_id),
            self.shelf.version,
            len(self.offers),
            self.runcomfy.health.as_of,
            self.unkept.words(),
        )

    def is_past(self, until: str) -> bool:
        """Whether a moment, as a Unix time, has gone by; what is no time never has."""
        return until.isdecimal() and len(until) < 12 and int(until) <= time.time()

    async def move(self, run_id: str, to: State, **values: Any) -> Run | None:
        """Take a run to a state, commit, and make it known; None when it may not go there."""
        async with self.database.begin() as tx:
            run = await queries.move(tx, run_id, to, **values)
        return self.published(run)

    async def note(self, run_id: str, state: State, **values: Any) -> Run | None:
        """Set columns of a run that is still in `state`, commit, and make it known."""
        async with self.database.begin() as tx:
            run = await queries.note(tx, run_id, state, **values)
        return self.published(run)

    def published(self, run: Run | None) -> Run | None:
        """Make a committed change known to the open pages."""
        if run is None:
            return None
        self.versions.changed(run)
        self.steps.taken(run)
        self.evidence.noticed(run)
        makes_room = run.ended or run.state == State.UNKNOWN
        if run.state == State.SAVED or (makes_room and self.waiting):
            self.turn.set()
        if run.held_up or run.phase == queries.MENDING or (run.ended and self.unkept.count):
            self.to_count.set()
        return run

    async def read(self, run_id: str) -> Run:
        """One run as it is now. Raises NotFound."""
        async with self.database.read() as tx:
            return await queries.get(tx, run_id)

    async def read_at_last(self, run_id: str) -> Run:
        """One run as it is now, however long the database takes to answer."""
        return await until_it_works(lambda: self.read(run_id))


async def until_it_works(attempt: Callable[[], Awaitable[_Result]]) -> _Result:
    """Try until the database and the storage take it: what was paid for is never dropped."""
    pause_seconds = 0.5
    while True:
        try:
            return await attempt()
        except (Unavailable, StorageFull):
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, 30)
