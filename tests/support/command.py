"""The `playground` command in the test's own process: what it prints, how it ends."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from app import cli
from app.errors import PlaygroundError


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it printed; a refusal is its sentence."""

    code: int
    said: str


async def command(*words: str | Path, settings: Mapping[str, str]) -> Done:
    """Run `playground …` with these settings alone, none of ours.

    In a thread, since the command has an event loop of its own.
    """
    ours = [name for name in os.environ if name.startswith(("PLAYGROUND_", "RUNCOMFY_"))]
    done = await asyncio.to_thread(
        CliRunner().invoke,
        cli.app,
        [str(word) for word in words],
        env=dict.fromkeys(ours, None) | dict(settings),
    )
    if isinstance(done.exception, PlaygroundError):
        return Done(1, str(done.exception))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return Done(done.exit_code, done.output)
