"""What stands where in an archive, and whether it is what a backup writes."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Literal, get_args

from app.chores import rows
from app.chores.archive import DamagedArchive, Member, check_seal, members
from app.db.revision import revisions
from app.runs.states import State

MANIFEST, END = "manifest.json", "end.json"
_WHAT = "playground backup"
_FORMAT = 1
# So much is gathered before it becomes a member; one row may be larger by itself.
CHUNK_BYTES = 1024 * 1024
_MOST_CHUNK_BYTES = 256 * 1024 * 1024
_MOST_MANIFEST_BYTES = 1024 * 1024
_MOST_THUMBNAIL_BYTES = 16 * 1024 * 1024

# As `media` makes them, so that no key leads anywhere else and each tells its content's hash.
_KEY = re.compile(r"([a-z]{1,16})/([0-9a-f]{2})/(\2[0-9a-f]{62})\.[a-z0-9]{1,8}")

Why = Literal["missing", "damaged", "deleted"]


class OtherRelease(DamagedArchive):
    """The archive is of a release whose tables are others than ours."""

    code = "other_release"


@dataclass(frozen=True)
class Entry:
    """A file that belongs to the media. Of a thumbnail, hash and length are not written down."""

    key: str
    sha256: str | None
    size_bytes: int | None


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself at its beginning. rows: how many of each table."""

    release: str
    revision: str
    created_at: datetime
    rows: dict[str, int]
    files: int
    media_bytes: int

    def to_json(self) -> bytes:
        """As it stands in the archive."""
        told = asdict(self) | {"created_at": self.created_at.isoformat()}
        return json.dumps({"what": _WHAT, "format": _FORMAT, **told}, indent=2).encode()


@dataclass
class Contents:
    """A whole archive that was looked through.

    left_out: the files that were missing, damaged or deleted when it was made, by key.
    """

    file: BinaryIO
    manifest: Manifest
    tables: dict[str, list[Member]] = field(default_factory=dict)
    index: list[Member] = field(default_factory=list)
    left_out: dict[str, Why] = field(default_factory=dict)
    size_bytes: int = 0

    def rows(self, table: str) -> Iterator[list[dict[str, Any]]]:
        """The rows of a table, some at a time. Raises DamagedArchive."""
        kept = next(one for one in rows.tables() if one.name == table)
        for member in self.tables[table]:
            yield [rows.to_row(kept, line) for line in _lines(member)]

    def entries(self) -> Iterator[Entry]:
        """Every file that the media name, by key; also those left out. Raises DamagedArchive."""
        return entries_in(self.index)

    def files(self) -> Iterator[tuple[Entry, Member]]:
        """Each file with what the index says of it. Raises DamagedArchive where they disagree."""
        found = (one for one in members(self.file) if one.name.startswith("files/"))
        for entry in self.entries():
            if entry.key in self.left_out:
                continue
            member = next(found, None)
            most = _MOST_THUMBNAIL_BYTES if entry.size_bytes is None else entry.size_bytes
            if (
                member is None
                or member.name != f"files/{entry.key}"
                or not (entry.size_bytes or 0) <= member.size_bytes <= most
            ):
                raise DamagedArchive(f"The file {entry.key} is not in it as its list says.")
            yield entry, member
        if next(found, None) is not None:
            raise DamagedArchive("It holds files that its list does not name.")


def entry_line(entry: Entry) -> bytes:
    """An entry as it stands in the index."""
    return json.dumps([entry.key, entry.sha256, entry.size_bytes]).encode() + b"\n"


def entries_in(index: list[Member]) -> Iterator[Entry]:
    """The entries of an index, each key once, in order. Raises DamagedArchive."""
    before = ""
    for member in index:
        for line in _lines(member):
            entry = _entry(line)
            if entry.key <= before:
                raise DamagedArchive("Its list of files is out of order.")
            before = entry.key
            yield entry


def look_through(file: BinaryIO) -> Contents:
    """Check a whole archive before anything is done with it.

    Raises DamagedArchive, or OtherRelease.
    """
    check_seal(file)
    found = members(file)
    contents = Contents(file, _manifest(next(found, None)))
    end = None
    for member in found:
        part, _, rest = member.name.partition("/")
        if part == "tables":
            contents.tables.setdefault(rest.partition("/")[0], []).append(member)
        elif part == "index":
            contents.index.append(member)
        elif member.name == END:
            end = member
    contents.left_out = _left_out(end)
    _check_rows(contents)
    contents.size_bytes = sum(member.size_bytes for _, member in contents.files())
    return contents


def _manifest(member: Member | None) -> Manifest:
    if member is None or member.name != MANIFEST:
        raise DamagedArchive("It is no backup of a playground.")
    try:
        told = json.loads(member.read(_MOST_MANIFEST_BYTES))
        if told.pop("what") != _WHAT:
            raise DamagedArchive("It is no backup of a playground.")
        release, revision = str(told["release"])[:40], str(told["revision"])[:40]
        if told.pop("format") != _FORMAT or revision not in revisions():
            raise OtherRelease(
                f"It was made by a later release, {release}. Restore it with that release."
            )
        manifest = Manifest(**told | {"created_at": datetime.fromisoformat(told["created_at"])})
        counts = [manifest.files, manifest.media_bytes, *manifest.rows.values()]
        if any(type(count) is not int or count < 0 for count in counts):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DamagedArchive("What it says of itself makes no sense.") from error
    if revision != revisions()[0]:
        raise OtherRelease(
            f"It was made by an earlier release, {release}. Restore it with that release, then"
            " start this one on what it has restored."
        )
    return manifest


def _left_out(end: Member | None) -> dict[str, Why]:
    if end is None:
        raise DamagedArchive("It has no end.")
    try:
        told = json.loads(end.read(_MOST_CHUNK_BYTES))
        if not set(told["left_out"].values()) <= set(get_args(Why)):
            raise ValueError
        return dict(told["left_out"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DamagedArchive("What its end says makes no sense.") from error


def _check_rows(contents: Contents) -> None:
    names = {one.name for one in rows.tables()}
    if contents.tables.keys() - names or contents.manifest.rows.keys() != names:
        raise DamagedArchive("It holds other tables than a playground has.")
    for name in names:
        contents.tables.setdefault(name, [])
        count = 0
        for some in contents.rows(name):
            count += len(some)
            for row in some:
                _check_row(name, row)
        if count != contents.manifest.rows[name]:
            raise DamagedArchive(f"It holds {count} rows of {name}, and names another number.")
    if sum(1 for _ in contents.entries()) != contents.manifest.files:
        raise DamagedArchive("Its list of files is not as long as it says.")


def _check_row(table: str, row: dict[str, Any]) -> None:
    """Refuse what the rest of the playground takes for granted."""
    if table == "runs" and row["state"] not in set(State):
        raise DamagedArchive("It holds a run in a state that there is not.")
    if table == "media":
        keys = [row["storage_key"], row["prepared_key"], row["thumbnail_key"]]
        if not all(_KEY.fullmatch(key) for key in keys if key is not None):
            raise DamagedArchive("It names a file in a way that a playground never does.")


def _entry(line: bytes) -> Entry:
    try:
        entry = Entry(*json.loads(line))
        found = _KEY.fullmatch(entry.key)
        if found is None:
            raise ValueError
        if found[1] != "thumbnails":
            # The name is the hash, and the bytes are compared with it when they are put away.
            if entry.sha256 != found[3] or type(entry.size_bytes) is not int:
                raise ValueError
        elif entry.sha256 is not None or entry.size_bytes is not None:
            raise ValueError
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedArchive("Its list of files makes no sense.") from error
    return entry


def _lines(member: Member) -> list[bytes]:
    return member.read(_MOST_CHUNK_BYTES).splitlines()
