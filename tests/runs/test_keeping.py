"""Whose turn it is to put its result away: in order of expiry, and one for all while it is full."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.media.store import StorageFull, StorageUnavailable
from app.runs.keeping import Keeping, Shut
from app.runs.queries import Run
from tests.runs.samples import NOON, run


def ended(hours_ago: int) -> Run:
    """A run that ended at RunComfy so long before noon."""
    return run(ended_there_at=NOON - timedelta(hours=hours_ago))


class Room:
    """A storage with room or without, which notes who tried."""

    def __init__(self, keeping: Keeping) -> None:
        self.keeping = keeping
        self.trouble: Exception | None = StorageFull()
        self.tried: list[str] = []
        self.tells: Callable[[str], Exception | None] = lambda _run_id: self.trouble

    async def keep(self, one: Run) -> None:
        """Try until it is kept, as a run that is collected does."""
        told = False
        while True:
            try:
                async with self.keeping.turn(one, told=told):
                    self.tried.append(one.id)
                    trouble = self.tells(one.id)
                    if trouble is not None:
                        raise trouble
                    self.keeping.worked()
                    return
            except (Shut, StorageFull, StorageUnavailable):
                told = True

    async def until_tried(self, times: int) -> None:
        """Wait until so many attempts were made."""
        await until(lambda: len(self.tried) >= times)

    async def until_waiting(self, *wanted: Run) -> None:
        """Wait until these runs stand in line."""
        await until(lambda: all(self.keeping.waits(one.id) for one in wanted))


async def until(fits: Callable[[], bool]) -> None:
    """Let the other tasks go on until it is as wanted."""
    async with asyncio.timeout(20):
        while True:
            if fits():
                return
            await asyncio.sleep(0)


async def test_while_there_is_no_room_one_tries_for_all_and_it_is_the_soonest_to_expire() -> None:
    room = Room(Keeping(first_pause_seconds=0.01))
    later, sooner, soonest = ended(1), ended(2), ended(3)
    room.tells = lambda _run_id: StorageFull() if len(room.tried) <= 3 else None

    await asyncio.gather(*(room.keep(one) for one in (later, sooner, soonest)))

    order = [later, soonest, soonest, soonest, sooner, later]
    assert room.tried == [one.id for one in order]
    assert room.keeping.words is None


async def test_thousands_wait_and_only_one_of_them_tries() -> None:
    room = Room(Keeping(first_pause_seconds=30.0))
    runs = [ended(number % 7) for number in range(2000)]
    tasks = [asyncio.create_task(room.keep(one)) for one in runs]
    await room.until_waiting(*runs)

    assert len(room.tried) == 1
    room.trouble = None
    assert room.keeping.try_now(room.tried[0])
    await asyncio.gather(*tasks)
    assert len(room.tried) == 2001


async def test_try_now_lets_one_try_before_all_others() -> None:
    room = Room(Keeping(first_pause_seconds=60.0))
    soonest, wanted = ended(3), ended(1)
    first = asyncio.create_task(room.keep(soonest))
    await room.until_tried(1)
    second = asyncio.create_task(room.keep(wanted))
    await room.until_waiting(wanted)
    room.trouble = None

    assert room.keeping.try_now(wanted.id)
    await asyncio.gather(first, second)

    assert room.tried == [soonest.id, wanted.id, soonest.id]
    assert not room.keeping.try_now("nobody of this name")


async def test_one_too_large_for_what_room_is_left_does_not_keep_the_others_out() -> None:
    room = Room(Keeping(first_pause_seconds=0.001))
    large, small = ended(9), ended(1)
    room.tells = lambda run_id: StorageFull() if run_id == large.id else None
    too_large = asyncio.create_task(room.keep(large))
    await room.until_tried(1)

    async with asyncio.timeout(20):
        await room.keep(small)

    assert not too_large.done()
    too_large.cancel()


async def test_trouble_with_the_files_themselves_gives_the_turn_to_the_next() -> None:
    keeping = Keeping(first_pause_seconds=0.01)
    with pytest.raises(StorageUnavailable):
        async with keeping.turn(ended(1), told=True):
            raise StorageUnavailable("gone")
    assert keeping.words == "This server’s storage does not answer."

    async with keeping.turn(ended(9), told=True):
        # It could not be had, so nothing is known of the storage.
        pass
    async with keeping.turn(ended(2), told=True):
        keeping.worked()

    assert keeping.words is None


async def test_one_that_gives_up_waiting_leaves_the_line() -> None:
    room = Room(Keeping(first_pause_seconds=60.0))
    first = asyncio.create_task(room.keep(ended(3)))
    await room.until_tried(1)
    second = ended(4)
    task = asyncio.create_task(room.keep(second))
    await room.until_waiting(second)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    room.trouble = None

    assert not room.keeping.waits(second.id)
    room.keeping.try_now(room.tried[0])
    await first
