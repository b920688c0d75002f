"""What to do about a failed run: one sentence, with what trying again costs."""

from app.runs.queries import Run
from app.web.words import money, seconds

_NOT_ACCEPTED = (
    "RunComfy did not accept the server's token. Whoever runs this playground sets it as"
    " RUNCOMFY_TOKEN. Nothing was charged."
)
_NO_CREDIT = (
    "The RunComfy account has no credit left. Add some at RunComfy, then try again. Nothing was"
    " charged."
)


def in_doubt(run: Run) -> bool:
    """Whether a failed run was given up without knowing whether RunComfy had it."""
    never_known = run.request_id is None and run.sent_at is not None
    return never_known and run.words_from == "playground" and not run.nothing_sent


def what_now(run: Run) -> str:
    """One sentence, or two, for the person at the screen."""
    if run.words_from == "files":
        return "Nothing was sent or charged. Give the file again, or another one."
    if run.nothing_sent:
        return "Nothing was sent or charged. Try again once RunComfy can be reached."
    if run.http_status in (401, 403):
        return _NOT_ACCEPTED
    if run.http_status == 402:
        return _NO_CREDIT
    if run.http_status == 429:
        wait = run.retry_after_seconds
        later = f"in {seconds(wait)}" if wait else "in a little while"
        return f"RunComfy has too many requests just now. Try again {later}. Nothing was charged."
    again = _again(run)
    if run.http_status in (400, 422):
        return f"RunComfy refused these inputs. Change what it names. {again}"
    if run.words and "safety" in run.words.lower():
        return (
            "The safety check reads the finished picture. A new seed often passes; if not, change"
            f" what the prompt asks for. {again}"
        )
    if in_doubt(run):
        return "It is not asked after any more. RunComfy's Generations page shows whether it ran."
    if run.request_id is None:
        return f"RunComfy did not take it. {again}"
    return f"Change what it names, or try again. {again}"


def _again(run: Run) -> str:
    if run.estimate_usd is None:
        return "Trying again is a new run."
    return f"Trying again is a new run at about {money(run.estimate_usd)}."
