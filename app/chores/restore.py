"""An archive into an empty place: all of it or nothing, and nothing of it is ever sent again."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.ext.asyncio import AsyncConnection

from app.chores import queries
from app.chores.archive import DamagedArchive, Member
from app.chores.contents import Contents, Entry, look_through
from app.chores.place import Place, opened
from app.chores.rows import tables
from app.chores.telling import Telling
from app.data_folder import make_data_dir
from app.db.columns import utc_now
from app.db.engine import Database, database_url
from app.db.held import holding
from app.db.migrate import migrate
from app.errors import Conflict, PlaygroundError, Unavailable
from app.media.folder import disk_errors_translated
from app.media.store import FOLDERS
from app.runs.states import State
from app.settings import Settings
from app.web.words import seconds

# Waiting for the disk, or for a bucket, they wait together.
_FILES_AT_ONCE = 8
_THEN = {State.SAVED: "waiting to be sent", State.SENDING: "being sent"}


class NotEmpty(Conflict):
    """Something is kept here already."""

    code = "not_empty"


async def restore(settings: Settings, file: Path, telling: Telling) -> None:
    """Put everything of an archive into an empty place whose server is stopped.

    The archive is looked through before anything is touched, and what is begun and cannot be
    finished is taken back. Raises DamagedArchive, OtherRelease, NotEmpty, Conflict.
    """
    with _archive(file) as opened_file:
        contents = await asyncio.to_thread(look_through, opened_file)
        async with _stopped_place(settings) as place:
            await _refuse_unless_empty(place, contents)
            telling.expect(contents.manifest.files, contents.size_bytes)
            try:
                await _put_files(settings, place, contents, telling)
                doubted = await _put_rows(place, contents, file.name, telling)
            except BaseException:
                await _take_back(place, contents)
                raise
    _tell(contents, doubted, telling)


@contextmanager
def _archive(file: Path) -> Iterator[BinaryIO]:
    try:
        opened_file = file.open("rb")
    except OSError as error:
        raise PlaygroundError(f"{file} cannot be read: {error.strerror}.") from error
    with opened_file:
        try:
            yield opened_file
        except DamagedArchive as error:
            raise type(error)(f"{file} was not restored. {error}") from error


@asynccontextmanager
async def _stopped_place(settings: Settings) -> AsyncIterator[Place]:
    """The place in this release's shape, with no server at work in it until the end."""
    make_data_dir(settings.data_dir)
    with ExitStack() as stack:
        if settings.on_sqlite:
            stack.enter_context(holding(settings.data_dir))
        await asyncio.to_thread(migrate, database_url(settings.database_url, settings.data_dir))
        async with opened(settings) as place:
            async with place.database.read() as tx:
                await _refuse_if_served(tx)
            yield place


async def _refuse_if_served(tx: AsyncConnection) -> None:
    if await queries.is_served(tx):
        raise Conflict("A playground is running on this database. Stop it, then restore.")


async def _refuse_unless_empty(place: Place, contents: Contents) -> None:
    async with place.database.read() as tx:
        await _refuse_if_used(tx)
    ours: set[str] | None = None
    for folder in FOLDERS:
        async for found in place.store.files(folder):
            # What a restore that was killed has left may stay: it is about to be put there.
            if ours is None:
                ours = {entry.key for entry in contents.entries()}
            if found.key not in ours:
                raise NotEmpty(
                    "There are files in the storage already, and a backup is restored into an"
                    " empty place alone. Name another PLAYGROUND_STORAGE_URL or"
                    " PLAYGROUND_DATA_DIR."
                )


async def _refuse_if_used(tx: AsyncConnection) -> None:
    if not await queries.is_empty(tx):
        raise NotEmpty(
            "There are runs, files or models in the database already, and a backup is restored"
            " into an empty place alone. Name another PLAYGROUND_DATABASE_URL or"
            " PLAYGROUND_DATA_DIR."
        )


async def _put_files(
    settings: Settings, place: Place, contents: Contents, telling: Telling
) -> None:
    incoming = settings.data_dir / "incoming"
    with disk_errors_translated():
        incoming.mkdir(exist_ok=True)
    with disk_errors_translated(), tempfile.TemporaryDirectory(dir=incoming) as folder:
        files = contents.files()
        while some := list(islice(files, _FILES_AT_ONCE)):
            paths = [Path(folder) / str(number) for number in range(len(some))]
            put = [
                _put_file(place, entry, member, path)
                for (entry, member), path in zip(some, paths, strict=True)
            ]
            # Each to its end before the first trouble is told: what is there is taken back then.
            for trouble in await asyncio.gather(*put, return_exceptions=True):
                if trouble is not None:
                    raise trouble
            telling.done(len(some), sum(member.size_bytes for _, member in some))


async def _put_file(place: Place, entry: Entry, member: Member, path: Path) -> None:
    with disk_errors_translated():
        await asyncio.to_thread(_copy_out, entry, member, path)
    await place.store.put_file(entry.key, path)


def _copy_out(entry: Entry, member: Member, path: Path) -> None:
    digest = hashlib.sha256()
    # The storage may share the bytes of the one before: this must not be written into them.
    path.unlink(missing_ok=True)
    with path.open("wb") as out:
        for piece in member.pieces():
            digest.update(piece)
            out.write(piece)
    if entry.sha256 not in (None, digest.hexdigest()):
        raise DamagedArchive(f"The file {entry.key} in it is not what its name says.")


async def _put_rows(place: Place, contents: Contents, file_name: str, telling: Telling) -> int:
    """Write every row in one transaction; returns how many runs are in doubt by it."""
    doubted = 0
    async with place.database.begin() as tx:
        # Asked again: a server may have started while the files were copied.
        await queries.keep_servers_out(tx)
        await _refuse_if_served(tx)
        await _refuse_if_used(tx)
        await queries.remove_all(tx)
        for table in tables():
            for some in contents.rows(table.name):
                if table.name == "runs":
                    doubted += sum([_doubt(row, contents) for row in some])
                if table.name == "media":
                    some = [row for row in some if _is_kept(row, contents)]
                await queries.put_rows(tx, table, some)
        told = {
            "file": file_name,
            "seconds": telling.seconds,
            "runs": contents.manifest.rows["runs"],
            "files": contents.manifest.files - len(contents.left_out),
            "bytes": contents.size_bytes,
            "left_out": sum(why != "deleted" for why in contents.left_out.values()),
            "made_at": contents.manifest.created_at.isoformat(),
            "unknown": doubted,
        }
        await queries.note_chore(tx, "restore", told)
    return doubted


def _doubt(row: dict[str, Any], contents: Contents) -> bool:
    """Leave it to a person whether a run that was not surely sent then is sent now."""
    then = _THEN.get(row["state"])
    if then is None:
        return False
    made_at = f"{contents.manifest.created_at:%d %B %Y, %H:%M} UTC".lstrip("0")
    row["words"] = f"Restored from a backup of {made_at}: {then} then; may have been sent since."
    row["words_from"] = "playground"
    row["state"] = State.UNKNOWN.value
    row["version"] += 1
    row["updated_at"] = row["doubted_at"] = utc_now()
    return True


def _is_kept(row: dict[str, Any], contents: Contents) -> bool:
    """Whether a file was still its owner's; one without its small picture gets it anew."""
    if contents.left_out.get(row["thumbnail_key"]):
        row |= dict.fromkeys(("thumbnail_key", "thumbnail_width", "thumbnail_height"))
    return contents.left_out.get(row["storage_key"]) != "deleted"


async def _take_back(place: Place, contents: Contents) -> None:
    """Remove the files again, unless the rows that name them are there after all."""
    # What cannot be removed now does no harm: the next attempt puts it there again.
    with suppress(Unavailable):
        if await _has_no_rows(place.database):
            for entry in contents.entries():
                await place.store.delete(entry.key)


async def _has_no_rows(database: Database) -> bool:
    """Also when the answer to a commit was lost: then only the database knows."""
    async with database.read() as tx:
        return await queries.is_empty(tx)


def _tell(contents: Contents, doubted: int, telling: Telling) -> None:
    manifest = contents.manifest
    files = manifest.files - len(contents.left_out)
    telling.say(
        f"Restored: {manifest.rows['runs']:,} runs and {files:,} files, each compared with its"
        f" hash, in {seconds(telling.seconds)}."
    )
    if doubted:
        telling.say(
            f"{doubted:,} runs may have been sent since the backup was made. They are unknown:"
            " nothing sends them but a person who decides so."
        )
    lost = sum(why != "deleted" for why in contents.left_out.values())
    if lost:
        telling.say(f"{lost:,} files were missing or damaged when it was made, and still are.")
