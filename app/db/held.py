"""One server to a data folder: a lock that the kernel frees however the server ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.errors import PlaygroundError

_NAME = "playground.lock"


class HeldByAnother(PlaygroundError):
    """Another server works with this data folder."""

    status = 409
    code = "held_by_another"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"A playground is running on {data_dir} already. Stop it, or name another folder in"
            " PLAYGROUND_DATA_DIR."
        )


@contextmanager
def holding(data_dir: Path) -> Iterator[None]:
    """Keep every other server off a data folder until the block ends. Raises HeldByAnother."""
    with (data_dir / _NAME).open("a") as lock:
        if not _taken(lock):
            raise HeldByAnother(data_dir)
        yield


def is_held(data_dir: Path) -> bool:
    """Whether a server works with a data folder at this moment."""
    try:
        with (data_dir / _NAME).open("a") as lock:
            return not _taken(lock)
    except OSError:
        return False


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
