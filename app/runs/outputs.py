"""RunComfy's answer as a page shows it."""

import json
from dataclasses import dataclass
from typing import Any

from app.media.queries import Media
from app.runcomfy.answers import files_in
from app.runs.queries import Run

# Keys under which RunComfy's models put the addresses of files.
FILE_KEYS = frozenset({"url", "path", "image", "images", "video", "videos", "audio", "audios"})

# It may be long; the whole of it stays in the database.
_JSON_SHOWN = 20_000
_START_SHOWN = 600
_VALUE_SHOWN = 60
_PARTS_NAMED = 20


@dataclass(frozen=True)
class Answer:
    """What RunComfy made of a run, beside the files that were kept of it."""

    run: Run
    media: list[Media]

    @property
    def json(self) -> str | None:
        """The output of a run that has ended, as JSON."""
        if self.run.output is None or not self.run.ended:
            return None
        return json.dumps(self.run.output, ensure_ascii=False, indent=1)[:_JSON_SHOWN]

    @property
    def start(self) -> str:
        """The start of the answer as it came."""
        whole = {"output": self.run.output}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))[:_START_SHOWN]

    @property
    def unfamiliar(self) -> bool:
        """Whether it holds more than the files that were kept of it."""
        return self.json is not None and (
            not self.media or _has_more(self.run.output, {item.source_url for item in self.media})
        )

    @property
    def unusable(self) -> list[str]:
        """What stands in a list of files and is none, by place and value: `images 2: null`."""
        output = self.run.output
        if not self.run.ended or not isinstance(output, dict):
            return []
        return [
            f"{name} {place + 1}: {json.dumps(part, ensure_ascii=False)[:_VALUE_SHOWN]}"
            for name, parts in output.items()
            if name in FILE_KEYS and isinstance(parts, list)
            for place, part in enumerate(parts)
            if not files_in(part, limit=1)
        ][:_PARTS_NAMED]


def _has_more(output: Any, kept: set[str | None]) -> bool:
    if isinstance(output, dict):
        return any(_has_more(value, kept) for value in output.values())
    if isinstance(output, list):
        return any(_has_more(value, kept) for value in output)
    return output not in (None, "") and output not in kept
