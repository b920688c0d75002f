"""What the tests of runs share: all that can go wrong on the way, tried once for all of them."""

import pytest

from tests.runs.trials import Trials, try_everything


@pytest.fixture(scope="session")
async def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """What became of every prompt in `trials.py`."""
    return await try_everything(tmp_path_factory.mktemp("trials"))
