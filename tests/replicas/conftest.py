"""What the tests of replicas share: a pair of servers, both running before and after each."""

from collections.abc import Iterator

import pytest

from tests.support.pair import Pair
from tests.support.postgres import Postgres
from tests.support.swift import Swift


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, s3: Swift) -> Iterator[Pair]:
    """The pair, started once for all tests of a file."""
    pair = Pair(tmp_path_factory.mktemp("pair"), postgres, s3)
    try:
        pair.start()
        yield pair
    finally:
        pair.kill()


@pytest.fixture
def pair(both: Pair) -> Pair:
    """The pair with both servers running, whatever the test before has done to them."""
    for server in both.servers:
        if not server.running:
            server.start()
    return both
