"""The laws of the house: imports run down, routes are main's alone, one library in one room."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def test_every_import_keeps_the_laws_of_the_house() -> None:
    # In a process of its own: it silences the loggers of the one that it runs in.
    lint_imports = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([lint_imports], cwd=CHECKOUT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout
