"""Drawing off the event loop: each file once, however many ask for it at the same time."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Drawn = tuple[bytes, str]
"""A file's bytes and its media type."""

_T = TypeVar("_T")
_MOST_BYTES = 24 * 1024 * 1024


class Drawer:
    """A few threads that draw (Pillow lets go of the interpreter), and the latest drawings."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, "simulator-draws")
        self._latest: OrderedDict[str, Drawn] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Drawn]] = {}

    async def run(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def drawn(self, name: str, draw: Callable[[], Coroutine[Any, Any, Drawn]]) -> Drawn:
        """The file of this name: remembered, being drawn already, or drawn now."""
        if name in self._latest:
            self._latest.move_to_end(name)
            return self._latest[name]
        if name not in self._under_way:
            task = asyncio.create_task(draw())
            self._under_way[name] = task
            task.add_done_callback(lambda done: self._finish(name, done))
        # Whoever hangs up does not take the drawing away from the others.
        return await asyncio.shield(self._under_way[name])

    def _finish(self, name: str, done: asyncio.Task[Drawn]) -> None:
        del self._under_way[name]
        if done.cancelled() or done.exception() is not None:
            return
        self._latest[name] = done.result()
        while sum(len(data) for data, _ in self._latest.values()) > _MOST_BYTES:
            self._latest.popitem(last=False)

    def stop(self) -> None:
        """Wait for nobody: what is being drawn is let go."""
        for task in self._under_way.values():
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
