"""What was accepted: one small file for each request, and a journal of all of them.

A request id carries when the request came and a number drawn for it, so that its times
are known from the id alone; the file keeps what was asked.
"""

import json
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from app.simulator import asked, faults
from app.simulator.faults import Faults
from app.simulator.models import Catalogue, JsonObject

KEPT_SECONDS = timedelta(days=7).total_seconds()
"""RunComfy deletes its copies after seven days."""

_ID = re.compile(r"sim-([0-9a-f]{11})-([0-9a-f]{16})\Z")
_SWEEP_SECONDS = 3600
_REMEMBERED = 512
_REMEMBERED_BYTES = 16_000


@dataclass(frozen=True)
class Accepted:
    """A request that was accepted."""

    request_id: str
    model_id: str
    inputs: JsonObject
    """As sent, but for data URIs, in whose place stands `sha256:<hash of their bytes>`."""
    origin: str
    """The simulator's own origin as the sender addressed it."""
    model: JsonObject = field(default_factory=dict, compare=False)
    """As the catalogue has it; empty where it is offered no more."""

    @property
    def came(self) -> float:
        """When it came, in seconds since 1970."""
        return int(_parts(self.request_id)[0], 16) / 1000

    @property
    def chance(self) -> int:
        """A number drawn for it, below 2**63."""
        return int(_parts(self.request_id)[1], 16)

    @property
    def seed(self) -> int:
        """The seed that was sent, else one of its own."""
        seed = self.inputs.get("seed")
        return seed if isinstance(seed, int) else self.chance

    @cached_property
    def faults(self) -> Faults:
        return faults.called(self.words)

    @property
    def words(self) -> str:
        """The prompt, whatever its model calls it."""
        return asked.words(self.inputs)

    @property
    def cost_usd(self) -> float | None:
        """None where the catalogue tells no price."""
        return asked.cost_usd(self.model, self.inputs)


def _parts(request_id: str) -> tuple[str, str]:
    found = _ID.match(request_id)
    if found is None:
        raise ValueError("not a request id of the simulator")
    return found[1], found[2]


def new_request_id(now: float) -> str:
    return f"sim-{round(now * 1000):011x}-{secrets.randbits(63):016x}"


class Ledger:
    """The requests in a folder; any number of threads may use it."""

    def __init__(self, folder: Path, models: Catalogue) -> None:
        self._models = models
        self._requests = folder / "requests"
        self._requests.mkdir(parents=True, exist_ok=True)
        self.files = folder / "inputs"
        """Input files, named by whoever keeps them."""
        self.files.mkdir(exist_ok=True)
        self._journal = folder / "journal.jsonl"
        self._refusals = folder / "refused.jsonl"
        self._strays = folder / "strays.jsonl"
        self._writing = threading.Lock()
        self._remembered: OrderedDict[str, Accepted] = OrderedDict()
        self._cancelled = {path.stem for path in self._requests.glob("*.cancelled")}
        self.spent_usd = 0.0
        self._swept = 0.0
        self.sweep(time.time())
        self._count_spent()

    def sweep(self, now: float) -> None:
        """Delete what is older than seven days; does nothing when it did so within the hour."""
        with self._writing:
            if now - self._swept < _SWEEP_SECONDS:
                return
            self._swept = now
            for folder in (self._requests, self.files):
                for entry in os.scandir(folder):
                    if now - entry.stat().st_mtime > KEPT_SECONDS:
                        Path(entry.path).unlink(missing_ok=True)
            for path in (self._journal, self._refusals):
                _shorten(path, now)

    def _count_spent(self) -> None:
        if not self._journal.exists():
            return
        with self._journal.open(encoding="utf-8") as lines:
            for line in lines:
                entry = _read(line)
                model = self._models.found(entry.get("model_id", ""))
                if model is not None and entry.get("request_id") not in self._cancelled:
                    self.spent_usd += asked.cost_usd(model, entry["inputs"]) or 0.0

    def accept(self, request: Accepted, *, refused: int = 0) -> None:
        """Write a request down; when this returns, no kill of this process can undo it.

        refused: the HTTP status with which it is refused; then only the fact is written down.
        """
        entry: dict[str, Any] = {
            "request_id": request.request_id,
            "model_id": request.model_id,
            "inputs": request.inputs,
            "at": datetime.fromtimestamp(request.came, UTC).isoformat(),
        }
        if refused:
            self._append(self._refusals, {**entry, "request_id": None, "status": refused})
            return
        path = self._requests / f"{request.request_id}.json"
        half = path.with_suffix(".part")
        half.write_text(json.dumps({**entry, "origin": request.origin}), encoding="utf-8")
        half.replace(path)
        self._append(self._journal, entry)
        with self._writing:
            self.spent_usd += request.cost_usd or 0.0

    def note_stray(self, entry: JsonObject) -> None:
        """Write down a request where none must come."""
        self._append(self._strays, entry)

    def _append(self, path: Path, entry: JsonObject) -> None:
        line = json.dumps(entry) + "\n"
        with self._writing, path.open("a", encoding="utf-8") as lines:
            lines.write(line)

    def find(self, request_id: str, now: float) -> Accepted | None:
        """A request of this or an earlier process; None when unknown or too old."""
        # What follows is what an odd id has beside its own.
        request_id = request_id.partition("/")[0]
        if _ID.match(request_id) is None:
            return None
        request = self._remembered.get(request_id) or self._load(request_id)
        if request is None or now - request.came > KEPT_SECONDS:
            return None
        return request

    def _load(self, request_id: str) -> Accepted | None:
        path = self._requests / f"{request_id}.json"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        entry = json.loads(text)
        model = self._models.found(entry["model_id"]) or {}
        request = Accepted(request_id, entry["model_id"], entry["inputs"], entry["origin"], model)
        if len(text) <= _REMEMBERED_BYTES:
            with self._writing:
                self._remembered[request_id] = request
                if len(self._remembered) > _REMEMBERED:
                    self._remembered.popitem(last=False)
        return request

    def cancel(self, request: Accepted) -> None:
        """Mark a request as cancelled, for this process and later ones; twice is once."""
        with self._writing:
            if request.request_id in self._cancelled:
                return
            (self._requests / f"{request.request_id}.cancelled").touch()
            self._cancelled.add(request.request_id)
            self.spent_usd -= request.cost_usd or 0.0

    def cancelled(self, request: Accepted) -> bool:
        return request.request_id in self._cancelled

    def go_on(self, request: Accepted, now: float) -> None:
        """Note that a held request was let go on, for this process and later ones."""
        self._append(self._requests / f"{request.request_id}.let-go", {"at": now})

    def let_go(self, request: Accepted) -> list[float]:
        """When a held request, or one whose files are held, was let go on; seconds since 1970."""
        path = self._requests / f"{request.request_id}.let-go"
        if not request.faults.words & {"held", "held file"} or not path.exists():
            return []
        entries = [_read(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [entry["at"] for entry in entries if "at" in entry]


def _shorten(path: Path, now: float) -> None:
    """Drop the lines of a journal that are too old; they stand at its head."""
    if not path.exists():
        return
    oldest = datetime.fromtimestamp(now - KEPT_SECONDS, UTC).isoformat()
    with path.open(encoding="utf-8") as lines:
        first = _read(lines.readline())
        if first.get("at", oldest) >= oldest:
            return
        half = path.with_suffix(".part")
        with half.open("w", encoding="utf-8") as kept:
            kept.writelines(line for line in lines if _read(line).get("at", "") >= oldest)
    half.replace(path)


def _read(line: str) -> JsonObject:
    """A line of a journal; a process killed while writing may have left half of one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
