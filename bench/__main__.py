"""Runs the benches named, or all; prints a table, keeps the results, fails beyond the limits."""

import argparse
import importlib
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, table

NAMES = (
    "form_page",
    "forms",
    "catalogue",
    "open_pages",
    "one_run",
    "time_to_result",
    "media",
    "thumbnails",
    "uploads",
    "start",
    "weight",
)
RESULTS = Path(__file__).with_name("results")


def main() -> int:
    """Measure, print and keep. Returns 1 when a figure is over its limit."""
    arguments = _arguments()
    if arguments.list:
        print("\n".join(NAMES))
        return 0
    figures: list[Figure] = []
    for name in arguments.names or NAMES:
        started = time.monotonic()
        print(f"{name} …", end="", flush=True)
        # Each is loaded when its turn comes: one needs a browser, another pictures.
        figures += importlib.import_module(f"bench.{name}").measure()
        print(f" {time.monotonic() - started:.0f} s", flush=True)
    print(f"\n{table(figures)}\n")
    print(f"Kept in {_keep(figures)}")
    over = [figure.name for figure in figures if not figure.within]
    if over:
        print(f"Over the limit: {'; '.join(over)}.", file=sys.stderr)
    return 1 if over else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all when left out")
    parser.add_argument("--list", action="store_true", help="print the names and end")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no bench {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return arguments


def _keep(figures: list[Figure]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    kept = {"at": now.isoformat(), "figures": [figure.as_json() for figure in figures]}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
