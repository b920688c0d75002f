"""The benches are there to be run one by one; how fast things are is theirs to say."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `python -m bench` says, started as `make bench` does."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_bench_is_listed_and_can_measure() -> None:
    listed = bench("--list")

    assert listed.returncode == 0, listed.stderr
    names = set(listed.stdout.split())
    measuring = {
        path.stem
        for path in (CHECKOUT / "bench").glob("*.py")
        if "\ndef measure() -> list[Figure]:" in path.read_text()
    }
    assert names == measuring
    assert names


def test_an_unknown_bench_is_refused_with_the_names_that_there_are() -> None:
    refused = bench("no_such_figure")

    assert refused.returncode == 2
    assert "no_such_figure" in refused.stderr
    assert "form_page" in refused.stderr
