"""The laws of the house: imports run down, routes are main's alone, one library in one room."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

CHECKOUT = Path(__file__).resolve().parents[1]


def test_every_import_keeps_the_laws_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)

    assert lint_imports() == 0
