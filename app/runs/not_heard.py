"""What pages say while RunComfy does not answer."""

from datetime import datetime

from markupsafe import Markup

from app.db.columns import utc_now
from app.runcomfy.health import Health
from app.web.words import ago, clock


def down_in_words(health: Health) -> Markup | None:
    """When RunComfy last answered and when it is asked again; None while it answers."""
    if not health.failing:
        return None
    said = Markup("It has not answered since this server started.")
    if health.last_answer_at is not None:
        last = health.last_answer_at
        said = Markup("Last answer {}, {}.").format(clock(last), ago(last, utc_now()))
    seconds = health.asks_again_seconds
    if seconds is None:
        return said
    if seconds < 1:
        return said + " Asking again now."
    return said + Markup(' Asking again <span class="num">in {:.0f} s</span>.').format(seconds)


def last_heard_at(health: Health, known_at: datetime) -> datetime | None:
    """When RunComfy was last heard of a run, while it does not answer; None while it does.

    known_at: when the run's row was last written.
    """
    if not health.failing:
        return None
    return max(health.last_answer_at or known_at, known_at)
