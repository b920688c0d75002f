"""A form with files as it arrives: its files go to the disk piece by piece, its texts to memory."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from app.errors import PlaygroundError, TooLarge
from app.media.folder import disk_errors_translated
from app.media.left_off import Part
from app.media.writing import ArrivingFile, Writer

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# A prompt alone may be 100 kB.
_MOST_TEXT_BYTES = 8 * 1024 * 1024
_MOST_PARTS = 5_000
_MOST_FILES = 100
_MOST_HEAD_BYTES = 16 * 1024
# So much is gathered before it is written: a thread costs more than a small write.
_GATHERED_BYTES = 1024 * 1024
_LONGEST_NAME = 200


class MalformedForm(PlaygroundError):
    """The body is not the form that its header announces, or only a part of it."""

    status = 400
    code = "malformed_form"

    def __init__(self) -> None:
        super().__init__("The form came in pieces that do not fit together. Send it again.")


class BrokenOff(MalformedForm):
    """Whoever sent it went away; they read no answer, and to the log it is no trouble."""


@dataclass(frozen=True)
class Arrived:
    """A file as it arrived: what its owner calls it, where it lies, its hash and length.

    What lies there, and is hashed, is cut off when it was larger than asked for; `size_bytes`
    tells.
    """

    name: str
    path: Path
    sha256: str
    size_bytes: int


Pair = tuple[str, "str | Arrived"]


def has_files(request: Request) -> bool:
    """Whether a request's body is of the kind that can hold files."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


@asynccontextmanager
async def arriving(
    request: Request, folder: Path, *, most_file_bytes: int, part: Part | None = None
) -> AsyncIterator[list[Pair]]:
    """Take a form in; its controls and what they hold, in order. Its files end with the block.

    An upload that breaks off leaves nothing behind but its `part`, where that is named: the first
    file, which may also go on from there. Of a file beyond `most_file_bytes` the rest is passed
    over. Raises MalformedForm, TooLarge, StorageFull, NotLeftOff.
    """
    with disk_errors_translated():
        own = tempfile.TemporaryDirectory(dir=folder)
    with own:
        with disk_errors_translated(), _Parts(Path(own.name), most_file_bytes) as parts:
            async with _left_off(part):
                if part is not None:
                    await asyncio.to_thread(parts.begin, part)
                await _take_in(request, parts)
        yield parts.pairs


@asynccontextmanager
async def _left_off(part: Part | None) -> AsyncIterator[None]:
    """Leave the part there only when the upload breaks off."""
    try:
        yield
    except BrokenOff:
        raise
    except BaseException:
        if part is not None:
            part.forget()
        raise
    if part is not None:
        part.forget()


async def _take_in(request: Request, parts: "_Parts") -> None:
    _, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedForm
    try:
        parser = MultipartParser(boundary, parts.callbacks)
        async with Writer() as writer:
            try:
                async for piece in request.stream():
                    parser.write(piece)
                    if parts.gathered_bytes >= _GATHERED_BYTES:
                        await writer.write(parts.gathered())
            finally:
                # Also of what breaks off: it may be gone on with.
                await writer.write(parts.gathered())
    except ClientDisconnect as error:
        raise BrokenOff from error
    except FormParserError as error:
        raise MalformedForm from error
    if not parts.ended:
        raise MalformedForm
    parts.close()


class _Parts:
    """What the parser has found so far."""

    def __init__(self, folder: Path, most_file_bytes: int) -> None:
        self.pairs: list[Pair] = []
        self.gathered_bytes = 0
        self.ended = False
        self._folder = folder
        self._most_file_bytes = most_file_bytes
        self._heap: list[tuple[ArrivingFile, bytes]] = []
        self._files: list[ArrivingFile] = []
        self._text_bytes = self._count = self._at = 0
        self._first: ArrivingFile | None = None
        self._start()

    def begin(self, part: Part) -> None:
        """Make the first file ready: it goes on with a part, and is left as one."""
        path = self._folder / "0"
        part.begin(path)
        self._first = ArrivingFile(path)
        self._files.append(self._first)
        part.follow(path)
        self._at = part.at

    @property
    def callbacks(self) -> "MultipartCallbacks":
        """As the parser wants them."""
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }

    def gathered(self) -> list[tuple[ArrivingFile, bytes]]:
        """What is to be written now; it is not gathered any more."""
        heap, self._heap = self._heap, []
        self.gathered_bytes = 0
        return heap

    def close(self) -> None:
        """Close every file, and with that put its last bytes down; name the files by their hash."""
        for file in self._files:
            file.close()
        self.pairs = [
            (name, replace(one, sha256=self._files[int(one.path.name)].hash.hexdigest()))
            if isinstance(one, Arrived)
            else (name, one)
            for name, one in self.pairs
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for file in self._files:
            file.close()

    def _start(self) -> None:
        self._header, self._value = b"", b""
        self._head_bytes = self._size = 0
        self._name, self._file_name = "", ""
        self._is_blank_file = False
        self._text = bytearray()
        self._file: ArrivingFile | None = None

    def _on_part_begin(self) -> None:
        self._start()
        self._count += 1
        if self._count > _MOST_PARTS:
            raise TooLarge(f"That is more than the {_MOST_PARTS:,} inputs a form may hold.")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._count_head(end - start)

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._count_head(end - start)

    def _count_head(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > _MOST_HEAD_BYTES:
            raise MalformedForm

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            self._file_name = options.get(b"filename", b"").decode("utf-8", "replace")
            self._is_blank_file = options.get(b"filename") == b""
        self._header, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        if not self._file_name:
            return
        if len(self._files) == _MOST_FILES:
            raise TooLarge(f"That is more than the {_MOST_FILES} files that are taken at once.")
        if self._first is not None:
            self._file, self._first, self._size = self._first, None, self._at
            return
        self._file = ArrivingFile(self._folder / str(len(self._files)))
        self._files.append(self._file)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            self._text_bytes += end - start
            if self._text_bytes > _MOST_TEXT_BYTES:
                most = _MOST_TEXT_BYTES // (1024 * 1024)
                raise TooLarge(f"That is more than the {most} MB of text a form may hold.")
            self._text += data[start:end]
            return
        room = self._most_file_bytes - self._size
        self._size += end - start
        if room > 0:
            content = data[start : min(end, start + room)]
            self._heap.append((self._file, content))
            self.gathered_bytes += len(content)

    def _on_part_end(self) -> None:
        if self._file is not None:
            name = self._file_name.replace("\\", "/").rsplit("/", 1)[-1][:_LONGEST_NAME]
            # Its hash is known when all of it is written.
            arrived = Arrived(name or "file", self._file.path, "", self._size)
            self.pairs.append((self._name, arrived))
        # A control in which no file was chosen says nothing about the address beside it.
        elif not self._is_blank_file:
            self.pairs.append((self._name, self._text.decode("utf-8", "replace")))

    def _on_end(self) -> None:
        self.ended = True
