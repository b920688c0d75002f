"""The whole playground into one archive, beside a server that may be running."""

import fcntl
import hashlib
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.ext.asyncio import AsyncConnection

from app.chores import queries, rows
from app.chores.archive import ArchiveWriter, Member
from app.chores.contents import (
    CHUNK_BYTES,
    END,
    MANIFEST,
    Entry,
    Manifest,
    Why,
    entries_in,
    entry_line,
)
from app.chores.place import Place, opened
from app.chores.telling import Telling
from app.db.columns import utc_now
from app.db.revision import revisions
from app.errors import PlaygroundError
from app.media.store import MissingFile
from app.release import RELEASE
from app.settings import Settings
from app.web.words import seconds, size

_TOLD_ABOUT = 50


class NotWritten(PlaygroundError):
    """The archive cannot be written."""

    code = "not_written"


async def back_up(settings: Settings, file: Path, telling: Telling) -> bool:
    """Write everything into a new file; True when all of it was whole.

    Every row as of one moment, then every file that they name, compared with its hash. What is
    missing or damaged is told, and left out. Raises NotWritten, and what `opened` raises.
    """
    async with opened(settings) as place:
        with _new_file(file) as out:
            manifest, index, archive = await _write_rows(place, out)
            telling.expect(manifest.files, manifest.media_bytes)
            left_out = await _write_files(place, archive, index, telling)
            archive.add(END, json.dumps({"left_out": left_out}).encode())
            archive.seal()
            size_bytes = out.tell()
        runs, files = manifest.rows["runs"], manifest.files - len(left_out)
        lost = sum(why != "deleted" for why in left_out.values())
        told = {"file": file.name, "bytes": size_bytes, "seconds": telling.seconds}
        told |= {"runs": runs, "files": files, "left_out": lost, "checked": True}
        async with place.database.begin() as tx:
            await queries.note_chore(tx, "backup", told)
    telling.say(
        f"{file.name}: {runs:,} runs and {files:,} files, {size(size_bytes)}, checked by hash, in"
        f" {seconds(telling.seconds)}."
    )
    if lost:
        telling.say(
            f"NOT in it: {lost:,} files that are missing or damaged here. `playground verify` says"
            " more, and mends what can be mended."
        )
    return not lost


@contextmanager
def _new_file(file: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name whole or not at all, for this user's eyes alone."""
    if file.exists():
        raise NotWritten(f"{file} is there already. Name another file, or move that one away.")
    part = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as out:
            try:
                fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NotWritten(f"Another backup is being written to {part}.") from None
            try:
                # What a backup that was killed has left.
                out.truncate()
                os.fchmod(descriptor, 0o600)
                yield out
                out.flush()
                os.fsync(descriptor)
                part.rename(file)
                _to_disk(file.parent)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise NotWritten(f"{file} cannot be written: {error.strerror}.") from error


async def _write_rows(place: Place, out: BinaryIO) -> tuple[Manifest, list[Member], ArchiveWriter]:
    """Write what the archive is, every row, and the list of the files that they name."""
    now = utc_now()
    async with place.database.snapshot() as tx:
        files, media_bytes = await queries.files_named(tx)
        manifest = Manifest(
            release=RELEASE,
            revision=revisions()[0],
            created_at=now,
            rows={table.name: await queries.count(tx, table) for table in rows.tables()},
            files=files,
            media_bytes=media_bytes,
        )
        archive = ArchiveWriter(out, now)
        archive.add(MANIFEST, manifest.to_json())
        for table in rows.tables():
            lines = (rows.to_line(row) async for row in queries.every_row(tx, table))
            await _write_lines(archive, f"tables/{table.name}", lines)
        index = await _write_index(tx, archive)
    return manifest, index, archive


async def _write_index(tx: AsyncConnection, archive: ArchiveWriter) -> list[Member]:
    lines = (entry_line(entry) async for entry in queries.each_file_named(tx))
    return await _write_lines(archive, "index", lines)


async def _write_lines(
    archive: ArchiveWriter, folder: str, lines: AsyncIterator[bytes]
) -> list[Member]:
    """Write lines into as many members as keep each of them small."""
    written: list[Member] = []
    chunk = bytearray()

    def write() -> None:
        written.append(archive.add(f"{folder}/{len(written) + 1:06}.jsonl", bytes(chunk)))
        chunk.clear()

    async for line in lines:
        chunk += line
        if len(chunk) >= CHUNK_BYTES:
            write()
    if chunk:
        write()
    return written


async def _write_files(
    place: Place, archive: ArchiveWriter, index: list[Member], telling: Telling
) -> dict[str, Why]:
    """Write each file of the index; returns those that could not be, by key."""
    left_out: dict[str, Why] = {}
    # Read back from the archive: it may be longer than memory should hold.
    for entry in entries_in(index):
        why: Why | None = await _write_file(place, archive, entry)
        if why is not None:
            async with place.database.read() as tx:
                if not await queries.named_among(tx, [entry.key]):
                    why = "deleted"  # by its owner, since the rows were read
            left_out[entry.key] = why
            if why != "deleted" and len(left_out) <= _TOLD_ABOUT:
                telling.say(f"{entry.key} is {why}, and left out.")
        telling.done(1, entry.size_bytes or 0)
    return left_out


async def _write_file(place: Place, archive: ArchiveWriter, entry: Entry) -> Why | None:
    """Write one file as a member; why not, where it is not what its row says."""
    try:
        size_bytes = await place.store.size(entry.key)
    except MissingFile:
        return "missing"
    if entry.size_bytes not in (None, size_bytes):
        return "damaged"
    digest = hashlib.sha256()
    archive.begin(f"files/{entry.key}", size_bytes)
    try:
        async for piece in place.store.stream(entry.key, 0, size_bytes):
            digest.update(piece)
            archive.write(piece)
    except MissingFile:
        archive.withdraw()
        return "damaged"
    if entry.sha256 not in (None, digest.hexdigest()):
        archive.withdraw()
        return "damaged"
    archive.end()
    return None


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
