"""Variants of every fault, tried side by side in one playground; the tests look at what became."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.media.queries import Media, of_run
from app.runs.queries import Run
from tests.support.playground import SMALL, Playground, quick_playground

TOKEN = "rc-a-token-of-many-letters-0123456789"
PATIENCE_SECONDS = 2.0
MANY = "simulated/many/text-to-image"

# The words that make a request's answer unusable though it was accepted; its HTTP status.
IN_DOUBT = [
    ("[half head answer]", None),
    ("[no http answer]", None),
    ("[chunks cut answer]", 200),
    ("[false length answer]", 200),
    ("[bomb answer]", 200),
    ("[list answer]", 200),
    ("[bare 200]", 200),
    ("[bare 204]", 204),
    ("[bare 500]", 500),
    ("[bare 502]", 502),
    ("[bare 504]", 504),
    ("[bare 307]", 307),
    ("[bare 408]", 408),
    ("[number id]", 200),
    ("[list id]", 200),
    ("[long id]", 200),
]
# Oddities that keep nobody from the result.
HARMLESS = [
    "[deep answer]",
    "[odd id]",
    "[elsewhere]",
    "[oddly dressed]",
    "[status half head]",
    "[status no http]",
    "[status chunks cut]",
    "[status false length]",
    "[status huge]",
    "[status bomb]",
    "[status list]",
    "[status deep]",
    "[status wrong]",
    "[status redirect]",
    "[status 403]",
    "[status 408]",
    "[status 503]",
    "[status 429] [retry date]",
    "[status 429] [retry negative]",
    "[status 429] [retry words]",
    "[result half head]",
    "[result chunks cut]",
    "[result false length]",
    "[result bomb]",
    "[result list]",
    "[result huge]",
    "[list output]",
    "[moved file]",
    "[typed file]",
]
# Files that cannot be had: a part of the reason given.
NOT_HAD = [
    ("[file 403]", "answered 403"),
    ("[file 410]", "answered 410"),
    ("[file 500]", "answered 500"),
    ("[chunks cut file]", "cut off"),
    ("[false length file]", "only its first part has come"),
    ("[redirected file]", "an address that is not fetched"),
    ("[circling file]", "from address to address"),
    ("[port file]", "an address that is not fetched"),
    ("[user file]", "an address that is not fetched"),
]
# Outputs without anything usable.
NOTHING = ["[null output]", "[scheme file]"]
ODD_OUTPUT = "[odd output]"
ENDLESS = "[status drip]"


@dataclass
class Variants:
    """What became of each prompt's run."""

    runs: dict[str, Run] = field(default_factory=dict)
    media: dict[str, list[Media]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    """The answer with each prompt's first kept file."""
    strays: list[dict[str, Any]] = field(default_factory=list)
    """Who came to the simulator's other origin, where nobody must come."""


async def try_variants(folder: Path) -> Variants:
    """Send every prompt above, and wait until all have ended that end."""
    found = Variants()
    prompts = [
        *(words for words, _ in IN_DOUBT),
        *HARMLESS,
        *(words for words, _ in NOT_HAD),
        *NOTHING,
        "[number output]",
        ENDLESS,
    ]
    async with quick_playground(folder, token=TOKEN) as play:
        play.services.patience_seconds = PATIENCE_SECONDS
        ids = {words: await play.run(prompt=words, **SMALL) for words in prompts}
        ids[ODD_OUTPUT] = await play.run(MANY, prompt=ODD_OUTPUT, num_images="2", **SMALL)
        ending = [run_id for words, run_id in ids.items() if words != ENDLESS]
        await asyncio.gather(*(play.until(run_id) for run_id in ending))
        for words, run_id in ids.items():
            await _note(play, found, words, run_id)
    strays = folder / "simulator" / "strays.jsonl"
    if strays.exists():
        found.strays = [json.loads(line) for line in strays.read_text().splitlines()]
    return found


async def _note(play: Playground, found: Variants, words: str, run_id: str) -> None:
    found.runs[words] = await play.services.read(run_id)
    found.sent[words] = len(play.sent(words))
    found.pages[words] = await play.page(f"/runs/{run_id}")
    async with play.services.database.read() as tx:
        found.media[words] = await of_run(tx, run_id)
    for media in found.media[words][:1]:
        path = f"/media/{media.id}/{media.id}.{media.extension}"
        found.files[words] = await play.client.get(path)
