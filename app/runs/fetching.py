"""One file of an output: fetched from RunComfy and kept here, or the reason why not."""

import asyncio
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable
from app.media.keep import DamagedFile, Kept
from app.outside.trouble import CannotFetch
from app.runcomfy.answers import OutputFile
from app.runs.queries import Run
from app.runs.services import Services, until_it_works

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetched:
    """What became of one file of an output: kept, or the reason why it could not be had."""

    position: int
    file: OutputFile
    kept: Kept | None
    reason: str | None
    passing: bool


async def fetch_patiently(services: Services, run: Run, position: int, file: OutputFile) -> Fetched:
    """Fetch and keep one file; passing trouble with it is waited out for a while."""
    loop = asyncio.get_running_loop()
    until = loop.time() + services.patience_seconds
    pause_seconds = 1.0
    while True:
        fetched = await fetch(services, run, position, file)
        if not fetched.passing or loop.time() + pause_seconds > until:
            return fetched
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(pause_seconds * 2, 15.0)


async def fetch(services: Services, run: Run, position: int, file: OutputFile) -> Fetched:
    """Fetch and keep one file. Trouble with our own storage is waited out, however long."""
    try:
        kept = await until_it_works(lambda: _download_and_keep(services, file))
    except DamagedFile as error:
        return Fetched(position, file, None, str(error), passing=True)
    except CannotFetch as error:
        _log.info("run %s: file %d cannot be had: %s", run.id, position, error)
        return Fetched(position, file, None, str(error), error.passing)
    return Fetched(position, file, kept, None, passing=False)


async def _download_and_keep(services: Services, file: OutputFile) -> Kept:
    async with services.collects:
        try:
            with tempfile.TemporaryDirectory(dir=_incoming(services)) as folder:
                path = Path(folder) / "file"
                await services.downloader.download(file.url, path)
                return await services.media.keep(path)
        except OSError as error:
            raise Unavailable(f"The file cannot be written here: {error.strerror}.") from error


def _incoming(services: Services) -> Path:
    folder = services.settings.data_dir / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
