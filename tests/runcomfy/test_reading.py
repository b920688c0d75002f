"""Bytes from outside: unpacked in small pieces, read without surprise, the token masked."""

import gzip
import json
import zlib

import pytest

from app.outside.unpacking import PIECE_BYTES, Unpacker, Unreadable
from app.runcomfy.reading import (
    DEEPEST,
    MASKED,
    Mask,
    excerpt_of,
    json_in,
)
from tests.runcomfy.scripted import TOKEN

NO_MASK = Mask(None)


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_packed_bytes_come_out_in_small_pieces(encoding: str, pack: object) -> None:
    assert callable(pack)
    plain = b"abcdefgh" * 500_000
    unpacker = Unpacker(encoding)

    parts = list(unpacker.feed(pack(plain)))
    unpacker.finish()

    assert b"".join(parts) == plain
    assert max(map(len, parts)) <= PIECE_BYTES


def test_packed_bytes_may_come_one_by_one() -> None:
    unpacker = Unpacker("gzip")

    parts = [part for byte in gzip.compress(b"abc" * 999) for part in unpacker.feed(bytes([byte]))]

    assert b"".join(parts) == b"abc" * 999


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<html>", b"{} {}", b"\xff\xfe", b'{"a": 1' * 2000, b"[" * 200_000, b"1" * 5000,
     b"[" * 200 + b'"' + b"\\" * 100_001],
)  # fmt: skip
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        json_in(body, NO_MASK)


def test_numbers_that_are_not_finite_are_null() -> None:
    assert json_in(b"[NaN, Infinity, -Infinity, 1e999, 0.5, 9223372036854775807]", NO_MASK) == [
        None, None, None, None, 0.5, 2**63 - 1,
    ]  # fmt: skip


def test_what_is_nested_too_deeply_is_null_and_the_rest_stays() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    read = json_in(f'{{"a": {deep}, "b": ["[", "{{"], "c": {deep}}}'.encode(), NO_MASK)

    assert isinstance(read, dict)
    assert list(read) == ["a", "b", "c"]
    assert read["b"] == ["[", "{"]
    assert json.dumps(read["a"]).count("[") == DEEPEST - 1


def test_strings_lose_what_databases_refuse() -> None:
    body = rb'{"a\u0000b": ["\ud83d", "\ud83c\udf75", "x\u0000", "\\u0000"]}'

    assert json_in(body, NO_MASK) == {"ab": ["?", "\U0001f375", "x", "\\u0000"]}


def test_the_token_is_masked_in_keys_values_and_escapes() -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in TOKEN)
    body = f'{{"{TOKEN}": ["Bearer {TOKEN}!", {{"x": "{escaped}"}}]}}'.encode()

    assert json_in(body, Mask(TOKEN)) == {MASKED: [f"Bearer {MASKED}!", {"x": MASKED}]}


def test_a_token_is_masked_in_its_quoted_spelling_and_when_cut_off() -> None:
    mask = Mask("rc/token+4f9a1c77e0")

    assert mask("?t=rc%2Ftoken%2B4f9a1c77e0&") == f"?t={MASKED}&"
    assert mask("Bearer rc/token+4f9a") == f"Bearer {MASKED}"


def test_an_excerpt_is_one_short_line() -> None:
    body = b"<html>\r\n\x00\xff " + TOKEN.encode() + b" " + b"x" * 10_000

    assert excerpt_of(body, Mask(TOKEN), 60) == f"<html> � {MASKED} ".ljust(59, "x") + "…"
