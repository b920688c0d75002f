"""A tar written member by member, and read without trusting what it says.

Any `tar` lists and unpacks it. The last member is the hash of every byte before it, so that an
archive which was cut off or changed is known before anything is done with it.
"""

import hashlib
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from app.errors import PlaygroundError

_BLOCK = tarfile.BLOCKSIZE
_PIECE_BYTES = 1024 * 1024
_SEAL = "sha256"
_SEAL_BYTES = hashlib.sha256().digest_size * 2
# The seal's head and body, then the two empty blocks that end a tar.
_TAIL_BYTES = 4 * _BLOCK


class DamagedArchive(PlaygroundError):
    """The archive is cut off, was changed, or is none of ours."""

    code = "damaged_archive"


class ArchiveWriter:
    """Writes one member after the other to a file that can be read meanwhile."""

    def __init__(self, file: BinaryIO, made_at: datetime) -> None:
        self._file = file
        self._made_at = int(made_at.timestamp())
        self._hash = self._hash_before = hashlib.sha256()
        self._began_at = self._left_bytes = 0

    def begin(self, name: str, size_bytes: int) -> None:
        """Begin a member; exactly so many bytes have to be written before its end."""
        self._began_at, self._hash_before = self._file.tell(), self._hash.copy()
        self._left_bytes = size_bytes
        self._put(_head(name, size_bytes, self._made_at))

    def write(self, piece: bytes) -> None:
        """Write the next bytes of the member."""
        self._left_bytes -= len(piece)
        self._put(piece)

    def end(self) -> None:
        """End the member."""
        if self._left_bytes:
            raise ValueError(f"{self._left_bytes} bytes of the member are not written")
        self._put(b"\0" * (-self._file.tell() % _BLOCK))

    def withdraw(self) -> None:
        """Take the member back that was begun last: its bytes turned out not to be right."""
        self._file.seek(self._began_at)
        self._file.truncate()
        self._hash = self._hash_before

    def add(self, name: str, content: bytes) -> "Member":
        """Write a whole member. Returns where it can be read from now on."""
        self.begin(name, len(content))
        self.write(content)
        self.end()
        self._file.flush()
        return Member(name, len(content), self._file.fileno(), self._began_at + _BLOCK)

    def seal(self) -> None:
        """Write the hash of everything so far, and the end of the archive."""
        self.add(_SEAL, self._hash.hexdigest().encode())
        self._put(b"\0" * 2 * _BLOCK)

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._hash.update(content)


@dataclass(frozen=True)
class Member:
    """One file in the archive; read by position, so that several may be read at once."""

    name: str
    size_bytes: int
    descriptor: int
    at: int

    def read(self, most_bytes: int) -> bytes:
        """All of it. Raises DamagedArchive when it is larger than it may be."""
        if self.size_bytes > most_bytes:
            raise DamagedArchive(f"{self.name} in the archive is larger than it can be.")
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        end = self.at + self.size_bytes
        for at in range(self.at, end, _PIECE_BYTES):
            yield _read(self.descriptor, at, min(at + _PIECE_BYTES, end))


def check_seal(file: BinaryIO) -> None:
    """Compare the hash at the end with the bytes before it. Raises DamagedArchive."""
    descriptor = file.fileno()
    sealed_bytes = os.fstat(descriptor).st_size - _TAIL_BYTES
    tail = b"" if sealed_bytes < 0 else _read(descriptor, sealed_bytes, sealed_bytes + _TAIL_BYTES)
    seal, ending = tail[_BLOCK : _BLOCK + _SEAL_BYTES], tail[_BLOCK + _SEAL_BYTES :]
    if not tail.startswith(f"{_SEAL}\0".encode()) or any(ending):
        raise DamagedArchive("It is cut off, or no backup of a playground.")
    digest = hashlib.sha256()
    for at in range(0, sealed_bytes, _PIECE_BYTES):
        digest.update(_read(descriptor, at, min(at + _PIECE_BYTES, sealed_bytes)))
    if digest.hexdigest().encode() != seal:
        raise DamagedArchive("It is damaged: what stands in it is not what was written.")


def members(file: BinaryIO) -> Iterator[Member]:
    """Every member before the seal, in order. Raises DamagedArchive."""
    at, descriptor = 0, file.fileno()
    while True:
        name, size_bytes = _read_head(_read(descriptor, at, at + _BLOCK))
        if name == _SEAL:
            return
        yield Member(name, size_bytes, descriptor, at + _BLOCK)
        at += _BLOCK + size_bytes + -size_bytes % _BLOCK


def _head(name: str, size_bytes: int, made_at: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size_bytes, made_at, 0o600
    head = info.tobuf(tarfile.GNU_FORMAT)
    if len(head) != _BLOCK:
        raise ValueError(f"too long for the name of a member: {name!r}")
    return head


def _read_head(block: bytes) -> tuple[str, int]:
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as error:
        raise DamagedArchive("What stands in it is not what a playground writes.") from error
    if info.type != tarfile.REGTYPE or info.size < 0:
        raise DamagedArchive("What stands in it is not what a playground writes.")
    return info.name, info.size


def _read(descriptor: int, start: int, end: int) -> bytes:
    content = os.pread(descriptor, end - start, start)
    while len(content) < end - start:
        more = os.pread(descriptor, end - start - len(content), start + len(content))
        if not more:
            raise DamagedArchive("It is cut off, or no backup of a playground.")
        content += more
    return content
