"""How often RunComfy is asked after a run that is one of many."""

import random

SECONDS_BETWEEN_QUESTIONS = 0.01  # at most 100 a second
# Two thousand runs and more share 25 questions a second, 500 and fewer as many as there may be:
# what waits in a queue so long costs a tenth of a core, and is seldom near its end.
_SECONDS_A_RUN_IN_A_CROWD = 0.04
_CROWD = 2000


def among(runs: int, pause_seconds: float, age_seconds: float) -> float:
    """Seconds until a run is asked after again, one of `runs`.

    pause_seconds: for a run that is alone. A crowd makes it longer, but never doubles the time
    that the run has taken: a new one is not asked after as seldom as thousands that wait.
    """
    a_run = max(_SECONDS_A_RUN_IN_A_CROWD * min(runs / _CROWD, 1.0), SECONDS_BETWEEN_QUESTIONS)
    # Spread, so that what was asked after in one go is not so for ever.
    turn = runs * a_run * random.uniform(0.8, 1.2)  # noqa: S311
    return max(pause_seconds, min(turn, age_seconds))
