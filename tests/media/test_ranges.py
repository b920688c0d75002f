"""Which part of a file a header asks for."""

import pytest
from starlette.datastructures import Headers

from app.media.ranges import RangeNotThere, is_unchanged, wanted_range

ETAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=10-", (10, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-30", (70, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=90-500", (90, 100)),
        ("Bytes = 5 - 9", (5, 10)),
    ],
)
def test_one_part_is_understood(header: str, part: tuple[int, int]) -> None:
    assert wanted_range(Headers({"range": header}), ETAG, 100) == part


@pytest.mark.parametrize(
    "header",
    ["bytes=9-5", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes", "bytes=a-b", "bytes=٣-٤", ""],
)
def test_a_header_of_no_sense_or_of_several_parts_gives_the_whole(header: str) -> None:
    # Written as bytes, as a server receives it: a header may hold anything.
    headers = Headers(raw=[(b"range", header.encode())])
    assert wanted_range(headers, ETAG, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=500-400"])
def test_a_part_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(RangeNotThere):
        wanted_range(Headers({"range": header}), ETAG, 100)


def test_another_version_gives_the_whole() -> None:
    for held, part in (ETAG, (5, 10)), ('"old"', None), ("Sat, 21 Nov 2026 10:00:00 GMT", None):
        headers = Headers({"range": "bytes=5-9", "if-range": held})
        assert wanted_range(headers, ETAG, 100) == part


@pytest.mark.parametrize("held", ['"abc"', 'W/"abc"', '"x", "abc"', "*"])
def test_what_a_visitor_holds_already_is_known_by_its_tag(held: str) -> None:
    assert is_unchanged(Headers({"if-none-match": held}), ETAG)
    assert not is_unchanged(Headers({"if-none-match": '"other"'}), ETAG)
    assert not is_unchanged(Headers({}), ETAG)
