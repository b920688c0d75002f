"""Undoing the packing that an answer travelled in."""

import zlib
from collections.abc import Iterator

PIECE_BYTES = 64 * 1024


class Unreadable(Exception):
    """The bytes are cut off, packed in an unknown way, or not what they should be."""


class Unpacker:
    """Undoes an answer's Content-Encoding in small pieces, so that a bomb stays small.

    encoding: the header's value; "", `identity`, `gzip` and `deflate` are known.
    Raises Unreadable for any other, for damaged bytes, and at `finish` for missing ones.
    """

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Unreadable("it is packed in a way that was not asked for")
        # 32 lets zlib tell gzip from deflate by the first bytes.
        packed = encoding not in ("", "identity")
        self._zlib = zlib.decompressobj(32 + zlib.MAX_WBITS) if packed else None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what `piece` unpacks to, at most 64 KB at a time."""
        if self._zlib is None:
            yield piece
            return
        while True:
            try:
                part = self._zlib.decompress(piece, PIECE_BYTES)
            except zlib.error as error:
                raise Unreadable("it is damaged") from error
            if part:
                yield part
            piece = self._zlib.unconsumed_tail
            if not piece and len(part) < PIECE_BYTES:
                return

    def finish(self) -> None:
        """Say that the last piece was fed."""
        if self._zlib is not None and not self._zlib.eof:
            raise Unreadable("it was cut off")
