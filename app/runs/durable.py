"""The workflow engine's start and stop, and a workflow for every run that lacks one."""

import asyncio
import logging
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dbos import DBOS, SetWorkflowID
from sqlalchemy.engine import URL

from app.errors import Unavailable
from app.runs import queries, workflow
from app.runs.poller import Poller
from app.runs.queries import Run
from app.runs.sending import Sender, doubt_interrupted
from app.runs.services import Services, until_it_works

_SWEEP_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Engine:
    """Follows every run that is not at its end, across restarts."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.poller = Poller(services)
        self.sender = Sender(services, self.follow)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def trouble(self) -> str | None:
        """What of it goes on no longer, or not yet; None while all does."""
        if not self._tasks:
            return "It is not running."
        ended = [task.get_name() for task in self._tasks if task.done()]
        return f"It goes on no longer: {', '.join(ended)}." if ended else None

    async def start(self) -> None:
        """Resume what an earlier process left, and send what it had only saved."""
        workflow.use(self._services, self.poller)
        DBOS(
            config={
                "name": "playground",
                "system_database_url": _engine_url(self._services),
                # Constant: the default hashes the code, and runs of older code would strand.
                "application_version": "1",
                # One process a database so far; its successor takes over what it left.
                "executor_id": "local",
                "max_executor_threads": 16,
                "sys_db_pool_size": 5,
                "log_level": "WARNING",
                "console_log_level": "WARNING",
            }
        )
        # Here and not in a thread: the engine takes the running loop for its workflows.
        DBOS.launch()
        # Before anything is sent here: whatever is being sent now, an earlier process began.
        await until_it_works(lambda: doubt_interrupted(self._services, alive=()))
        self._tasks = [
            asyncio.create_task(self.sender.send_forever(), name="sender"),
            asyncio.create_task(self.poller.ask_forever(), name="poller"),
            asyncio.create_task(self._sweep_forever(), name="sweep"),
        ]

    async def stop(self) -> None:
        """Wait for paid requests on their way, then leave everything to whoever starts next."""
        await self._services.stop_sending()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # The engine warns of each workflow that is broken off, which is what is meant here.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        await workflow.leave_off()
        # The engine has put its own threads in the place of the loop's, and ends them now.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(DBOS.destroy)

    async def follow(self, run: Run, again: str = "") -> None:
        """Start a workflow for a run as it is now; a second one for the same is the first.

        again: sets apart a workflow for a run whose earlier one has ended without its end.
        """
        with SetWorkflowID(f"{run.id}-{run.version}{again}"):
            await DBOS.start_workflow_async(workflow.follow, run.id)

    async def _sweep_forever(self) -> None:
        while True:
            try:
                await self._sweep()
            except Unavailable as error:
                _log.warning("the sweep has to wait: %s", error)
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _sweep(self) -> None:
        """Give a workflow to each run that has to go on and has none that is alive."""
        if self._services.database.on_sqlite:
            await doubt_interrupted(self._services, alive=())
        async with self._services.database.read() as tx:
            runs = await queries.followed(tx) + await queries.waiting_for_files(tx)
        if not runs:
            return
        alive = await DBOS.list_workflows_async(
            status=["PENDING", "ENQUEUED", "DELAYED"], load_input=False, load_output=False
        )
        followed = {status.workflow_id.partition("-")[0] for status in alive}
        for run in runs:
            if run.id not in followed:
                await self.follow(run, f"-{int(time.time())}")


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
