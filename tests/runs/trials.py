"""Everything that can go wrong on a run's way, tried once, side by side, with a restart midway.

One playground plays all of it, since most of it is waiting; the tests then look at what became of
each run.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.media.queries import Media, of_run
from app.runs.queries import Run
from tests.support.playground import FLASH, SMALL, Playground, quick_playground

TOKEN = "rc-a-token-that-nobody-may-read-0123456789"
PATIENCE_SECONDS = 3.0
SLOW_ANSWER = "[slow answer]"

# Words in the prompt; then state, HTTP status, a part of the words kept, and how often RunComfy
# has accepted the request.
SENDING = [
    ("[refuse 400]", "failed", 400, "Told by the prompt to refuse with 400.", 0),
    ("[refuse 402]", "failed", 402, "Your balance is used up.", 0),
    ("[refuse 403]", "failed", 403, "Told by the prompt to refuse with 403.", 0),
    ("[refuse 422]", "failed", 422, "The inputs are not valid.", 0),
    ("[refuse 429]", "failed", 429, "Told by the prompt to refuse with 429.", 0),
    ("[echo]", "failed", 400, "Refused. You sent: Bearer", 0),
    ("[503 json]", "failed", 503, "No worker is free.", 0),
    ("[200 error]", "failed", 200, "The model is switched off.", 0),
    ("[refuse 408]", "unknown", 408, "Told by the prompt to refuse with 408.", 0),
    ("[500]", "unknown", 500, "Internal Server Error", 1),
    ("[html]", "unknown", 200, "cannot be used", 1),
    ("[no id]", "unknown", 200, "it names no request", 1),
    ("[redirect]", "unknown", 302, "302", 1),
    ("[huge answer]", "unknown", 200, "cannot be used", 1),
    ("[lost answer]", "unknown", None, "", 1),
    ("[cut off]", "unknown", 200, "", 1),
]
# After these nothing is sent until its time, or until somebody says so.
PAUSING = ("[refuse 402]", "[refuse 429]", "[503 json]")
# Under way when the server stops, which takes until the slow answers have come (eight are sent at
# once), and one that waits its turn to be sent.
UNDER_WAY = {
    "[takes 20] running then": "running",
    **{f"{SLOW_ANSWER} number {number}": "sending" for number in range(8)},
    "saved then": "saved",
}
CANCELLED = "saved and cancelled"
# Trouble with questions, which never ends a run.
ASKING = (
    "[status 500]",
    "[status 429]",
    "[status 401]",
    "[status html]",
    "[status empty]",
    "[status cut off]",
    "[status lost]",
    "[backwards]",
    "[odd status]",
    "[odd position]",
    "[succeeded]",
    "[early result]",
    "[garbled result]",
    "[odd cost]",
)
# Ends at RunComfy that are no success: state, HTTP status, a part of the words kept.
ENDING = [
    ("[fail]", "failed", None, "The simulator failed because the prompt said so."),
    ("[nsfw]", "failed", None, "NSFW content detected in output image."),
    ("[status error]", "failed", None, "The request broke."),
    ("[status 404]", "failed", 404, "Request not found, deleted or expired."),
    ("[empty]", "failed", None, "sent nothing usable"),
    ("[text result]", "failed", None, "sent nothing usable"),
    ("[missing file]", "failed", None, "none of its files could be had"),
    ("[broken file]", "failed", None, "none of its files could be had"),
    ("[empty file]", "failed", None, "none of its files could be had"),
    ("[foreign file]", "failed", None, "none of its files could be had"),
]
# Files that are kept but cannot be looked at.
INERT = ("[svg]", "[html file]", "[bomb]")
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "several pictures": ("simulated/many/text-to-image", {"num_images": "3"}),
    "[mixed] pictures": ("simulated/many/text-to-image", {"num_images": "3"}),
    "a video": ("simulated/moving/text-to-video", {}),
    "a sound": ("simulated/sound/text-to-audio", {}),
    "an odd shape": ("simulated/odd/anything", {}),
    "[never]": (FLASH, SMALL),
    "[flaky file]": (FLASH, SMALL),
}


@dataclass
class Trials:
    """What became of each prompt's run."""

    ids: dict[str, str] = field(default_factory=dict)
    at_stop: dict[str, Run] = field(default_factory=dict)
    """How each run stood when the server was told to stop."""
    at_start: dict[str, Run] = field(default_factory=dict)
    """How each that had ended by then stood after the restart."""
    runs: dict[str, Run] = field(default_factory=dict)
    media: dict[str, list[Media]] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    """The page of each prompt's run, and some others by their path."""
    files: dict[str, tuple[bytes, Mapping[str, str]]] = field(default_factory=dict)
    """Each prompt's first kept file as it is served."""
    log: list[str] = field(default_factory=list)


async def try_everything(folder: Path) -> Trials:
    """Take every prompt above as far as it goes."""
    found = Trials()
    with _written_down(found.log):
        async with quick_playground(folder, token=TOKEN) as play:
            await _before_the_restart(play, found)
        async with quick_playground(folder, token=TOKEN) as play:
            play.services.patience_seconds = PATIENCE_SECONDS
            await _after_the_restart(play, found)
    return found


async def _before_the_restart(play: Playground, found: Trials) -> None:
    for words, *_ in SENDING:
        found.ids[words] = await play.run(prompt=words, **SMALL)
        if words in PAUSING:
            await play.until(found.ids[words])
            await play.client.post("/operations/resume")
    await asyncio.gather(*(play.until(found.ids[words]) for words, *_ in SENDING))
    for words, state in UNDER_WAY.items():
        found.ids[words] = await play.run(prompt=words, **SMALL)
        if state in ("running", "sending"):
            await play.until(found.ids[words], state)
    found.ids[CANCELLED] = await play.run(prompt=CANCELLED)
    await play.client.post(f"/runs/{found.ids[CANCELLED]}/cancel")
    found.at_stop = {words: await play.services.read(one) for words, one in found.ids.items()}


async def _after_the_restart(play: Playground, found: Trials) -> None:
    ended = [words for words, *_ in SENDING]
    found.at_start = {words: await play.services.read(found.ids[words]) for words in ended}
    for words in (*ASKING, *(row[0] for row in ENDING), *INERT):
        found.ids[words] = await play.run(prompt=words, **SMALL)
    for words, (model_id, values) in KINDS.items():
        found.ids[words] = await play.run(model_id, prompt=words, **values)
    ending = [one for words, one in found.ids.items() if words != "[never]"]
    await asyncio.gather(*(play.until(one) for one in ending))
    await play.until_it(found.ids["[flaky file]"], lambda run: not run.missing)
    for words, run_id in found.ids.items():
        found.runs[words] = await play.services.read(run_id)
        found.accepted[words] = len(play.sent(words))
        found.pages[words] = await play.page(f"/runs/{run_id}")
        async with play.services.database.read() as tx:
            found.media[words] = await of_run(tx, run_id)
        for media in found.media[words][:1]:
            answer = await play.client.get(f"/media/{media.id}/{media.id}.{media.extension}")
            found.files[words] = (answer.content, answer.headers)
    for path in ("/", "/runs?state=unknown", "/runs", "/gallery", f"/models/{FLASH}", "/metrics"):
        found.pages[path] = await play.page(path)


@contextmanager
def _written_down(lines: list[str]) -> Iterator[None]:
    """Keep every line of the log, as the command would print it."""

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeper, root = Keeper(), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(keeper)
        root.setLevel(level)
