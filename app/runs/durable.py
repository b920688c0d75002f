"""The workflow engine's start and stop, and a workflow for every run that lacks one."""

import asyncio
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from dbos import DBOS, SetWorkflowID
from sqlalchemy.engine import URL

from app.db.engine import NOTICED_SOON
from app.errors import Unavailable
from app.runs import workflow
from app.runs.poller import Poller
from app.runs.queries import Run
from app.runs.replicas import Replicas
from app.runs.sending import Sender, doubt_interrupted
from app.runs.services import Services, until_it_works
from app.runs.taking_over import take_over

_SWEEP_SECONDS = 60.0
# A paid request has its answer a while before; one that carries large files may take longer.
_LONGEST_SEND_SECONDS = 65.0
_log = logging.getLogger(__name__)


class Engine:
    """Follows every run that is not at its end, across restarts and processes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.poller = Poller(services)
        self.sender = Sender(services, self.follow)
        self.replicas = Replicas(
            services,
            follows=workflow.under_way,
            take_over=lambda: take_over(services, self.follow),
            lost=self._give_way,
        )
        self.lost = False
        self._sending: list[asyncio.Task[None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._end: asyncio.Task[None] | None = None
        self._follows_no_more = False

    @property
    def ended(self) -> bool:
        """Whether it was stopped, and has come to its end."""
        return self._end is not None and self._end.done()

    @property
    def trouble(self) -> str | None:
        """What of it goes on no longer, or not yet; None while all does."""
        if not self._tasks:
            return "It is not running."
        ended = [task.get_name() for task in (*self._sending, *self._tasks) if task.done()]
        return f"It goes on no longer: {', '.join(ended)}." if ended else None

    async def start(self) -> None:
        """Resume what an earlier process left, and send what it had only saved."""
        workflow.use(self._services, self.poller)
        await self.replicas.enter()
        alone = self._services.database.on_sqlite
        DBOS(
            config={
                "name": "playground",
                "system_database_url": _engine_url(self._services),
                # Constant: the default hashes the code, and runs of older code would strand.
                "application_version": "1",
                # Alone, its successor takes over what it left; else whoever notices.
                "executor_id": "local" if alone else self._services.replica_id,
                "max_executor_threads": 16,
                "sys_db_pool_size": 5,
                # Nothing here waits for its notifications, but its end does for this.
                "notification_listener_polling_interval_sec": 0.1,
                "db_engine_kwargs": {} if alone else {"connect_args": dict(NOTICED_SOON)},
                "log_level": "WARNING",
                "console_log_level": "WARNING",
            }
        )
        # Here and not in a thread: the engine takes the running loop for its workflows.
        DBOS.launch()
        if alone:
            # Before anything is sent here: whatever is being sent now, an earlier process began.
            await until_it_works(lambda: doubt_interrupted(self._services))
        self.replicas.start()
        self._sending = [asyncio.create_task(self.sender.send_forever(), name="sender")]
        self._tasks = [
            asyncio.create_task(self.poller.ask_forever(), name="poller"),
            asyncio.create_task(self._sweep_forever(), name="sweep"),
        ]

    async def stop(self) -> None:
        """Leave what is followed to others, wait for paid requests on their way, and end.

        Asked twice, it is done once.
        """
        if self._end is None:
            self._end = asyncio.create_task(self._stop())
        await asyncio.shield(self._end)

    async def follow(self, run: Run, again: str = "") -> None:
        """Start a workflow for a run as it is now; a second one for the same is the first.

        again: sets apart a workflow for a run whose earlier one has ended without its end.
        """
        if self._follows_no_more:
            # Whoever goes on finds that it has none.
            return
        with SetWorkflowID(f"{run.id}-{run.version}{again}"):
            await DBOS.start_workflow_async(workflow.follow, run.id)

    def _give_way(self) -> None:
        self.lost = True
        self._end = self._end or asyncio.create_task(self._stop())

    async def _stop(self) -> None:
        self._services.stopping.set()
        self._follows_no_more = True
        await _cancelled(*self._tasks)
        await self.replicas.take_no_more()
        # The engine warns of each workflow that is broken off, which is what is meant here.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        await workflow.leave_off()
        # The engine has put its own threads in the place of the loop's, and ends them now.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(DBOS.destroy)
        await self.replicas.stopping()
        # What is not answered by then is cut off and in doubt.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_SEND_SECONDS):
                await self._services.stop_sending()
        await _cancelled(*self._sending)
        if self._services.database.on_sqlite:
            with suppress(Unavailable):
                await doubt_interrupted(self._services)
        await self.replicas.leave()

    async def _sweep_forever(self) -> None:
        while True:
            try:
                await take_over(self._services, self.follow)
            except Unavailable as error:
                _log.warning("the sweep has to wait: %s", error)
            await asyncio.sleep(_SWEEP_SECONDS)


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _engine_url(services: Services) -> str:
    database = services.database
    if not database.on_sqlite:
        return database.url.set(drivername="postgresql+psycopg").render_as_string(
            hide_password=False
        )
    # A file of its own: in ours, the migrations would want to drop its tables.
    path = Path(str(database.url.database)).with_name("engine.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return URL.create("sqlite", database=str(path)).render_as_string()
