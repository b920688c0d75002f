"""The server around the app: it ends by itself, once no paid request is on its way."""

import asyncio
from types import FrameType

import uvicorn
from fastapi import FastAPI

from app.runs.durable import Engine


class Server(uvicorn.Server):
    """Answers pages while the engine stops, however often it is asked to stop."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                # Open pages are asked for anew by their own polls; nothing is worth waiting for.
                timeout_graceful_shutdown=5,
            )
        )
        self._app = app
        self._asked = False
        self._stopping: asyncio.Task[None] | None = None

    @property
    def lost(self) -> bool:
        """Whether it ends because others have taken over, and wants to be started anew."""
        engine = self._engine
        return engine is not None and engine.lost

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal. A second one hurries nothing: a paid request would be in doubt."""
        self._asked = True

    async def on_tick(self, counter: int) -> bool:
        """Tell, ten times a second, whether to close the doors."""
        if await super().on_tick(counter):
            return True
        engine = self._engine
        if engine is None:
            return self._asked
        if self._asked and self._stopping is None:
            self._stopping = asyncio.create_task(engine.stop())
        return engine.ended

    @property
    def _engine(self) -> Engine | None:
        found: Engine | None = getattr(self._app.state, "engine", None)
        return found
