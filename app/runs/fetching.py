"""One file of an output: fetched from RunComfy and kept here, or the reason why not."""

import asyncio
import errno
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.media.keep import DamagedFile, Kept
from app.media.store import StorageFull, StorageUnavailable
from app.outside.trouble import CannotFetch
from app.runcomfy.answers import OutputFile
from app.runs.queries import Run
from app.runs.services import Services

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetched:
    """What became of one file of an output: kept, or the reason why it could not be had.

    passing: asking again may help. http_status: of the answer, where one came.
    """

    position: int
    file: OutputFile
    kept: Kept | None
    reason: str | None
    passing: bool
    http_status: int | None = None


async def fetch_all(services: Services, run: Run, files: Mapping[int, OutputFile]) -> list[Fetched]:
    """Try once for each file, by its position.

    Raises StorageFull or StorageUnavailable, after every attempt has ended: some of what can be
    had cannot be kept.
    """
    attempts = (_fetch(services, run, position, file) for position, file in files.items())
    found = await asyncio.gather(*attempts, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return [one for one in found if isinstance(one, Fetched)]


async def _fetch(services: Services, run: Run, position: int, file: OutputFile) -> Fetched:
    try:
        kept = await _download_and_keep(services, file)
    except DamagedFile as error:
        return Fetched(position, file, None, str(error), passing=True)
    except CannotFetch as error:
        _log.info("run %s: file %d cannot be had: %s", run.id, position, error)
        # Storages say 404 or 403 of what is not there yet, too.
        passing = error.passing or (error.http_status or 0) >= 400
        return Fetched(position, file, None, str(error), passing, error.http_status)
    services.keeping.worked()
    return Fetched(position, file, kept, None, passing=False)


async def _download_and_keep(services: Services, file: OutputFile) -> Kept:
    async with services.collects:
        try:
            with tempfile.TemporaryDirectory(dir=_incoming(services)) as folder:
                path = Path(folder) / "file"
                await services.downloader.download(file.url, path)
                return await services.media.keep(path)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StorageFull from error
            raise StorageUnavailable(
                f"The file cannot be written here: {error.strerror}."
            ) from error


def _incoming(services: Services) -> Path:
    folder = services.settings.data_dir / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
