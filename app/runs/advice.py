"""What to do about a failed run: one sentence, with what trying again costs."""

from app.runs.queries import Run
from app.runs.states import Decision, State
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
    return run.doubted_at is not None and (run.request_id is None or wrong_request(run))


def wrong_request(run: Run) -> bool:
    """Whether the request id that a person gave it proved to be of no such run."""
    attached = run.decision == Decision.ATTACHED and run.state == State.FAILED
    return attached and run.ended_there_at is None


def what_now(run: Run) -> str:
    """One sentence, or two, for the person at the screen."""
    if in_doubt(run) and not wrong_request(run):
        return (
            "It is not asked after any more, and counted as maybe charged. RunComfy's Generations"
            " page shows whether it ran."
        )
    if run.words_from == "files":
        return "Nothing was sent or charged. Give the file again, or another one."
    if wrong_request(run):
        return "Give it another request id, or look again: RunComfy is then asked once more."
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
    if run.request_id is None:
        return f"RunComfy did not take it. {again}"
    return f"Change what it names, or try again. {again}"


def _again(run: Run) -> str:
    if run.estimate_usd is None:
        return "Trying again is a new run."
    return f"Trying again is a new run at about {money(run.estimate_usd)}."


def report(run: Run) -> str:
    """What RunComfy's support asks for."""
    lines = [
        f"request_id: {run.request_id or 'none received'}",
        f"model: {run.model_id}",
        f"sent: {run.sent_at.isoformat() if run.sent_at else 'not sent'}",
        f"state: {run.state}",
    ]
    if run.http_status:
        lines.append(f"HTTP status: {run.http_status}")
    if run.words:
        lines.append(f"said: {run.words}")
    if run.body_sha256:
        lines.append(f"body: {run.body_bytes} bytes, sha256 {run.body_sha256}")
    return "\n".join(lines)
