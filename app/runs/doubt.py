"""What is known of a run in doubt, in words and figures: its evidence, and the worst case."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup

from app.runcomfy.exchange import CUT
from app.runs.queries import Run
from app.web.words import money, seconds, size

# A difference of the balance within this share of the estimate is about the run's price.
_ABOUT = Decimal("0.1")


@dataclass(frozen=True)
class Step:
    """One line of the trail; lost: where the answer should have come."""

    at: datetime
    words: str
    lost: bool = False


@dataclass(frozen=True)
class Doubt:
    """A run in doubt, or one that was."""

    run: Run

    @property
    def since(self) -> datetime:
        """When it became clear that no answer would come."""
        return self.run.doubted_at or self.run.sent_at or self.run.created_at

    @property
    def broke(self) -> bool:
        """Whether the connection broke, rather than that an odd answer came or none in time."""
        return self.run.http_status is None and self.run.words == CUT

    @property
    def twice_usd(self) -> Decimal | None:
        """What is paid at worst when it is sent again."""
        return None if self.run.estimate_usd is None else 2 * self.run.estimate_usd

    @property
    def hash_in_fours(self) -> str | None:
        """The start of the body's hash, as people compare it."""
        start = (self.run.body_sha256 or "")[:16]
        return " ".join(start[at : at + 4] for at in range(0, len(start), 4)) or None

    @property
    def excerpt(self) -> str | None:
        """The start of what came in place of an answer, where the words do not hold it."""
        text = self.run.excerpt
        return text if text and text not in (self.run.words or "") else None

    @property
    def trail(self) -> list[Step]:
        """What happened, in order."""
        run = self.run
        steps = [Step(run.created_at, "Saved here")]
        if run.sent_at is not None:
            sent = f": {size(run.body_bytes)} leave this server" if run.body_bytes else ""
            steps.append(Step(run.sent_at, f"Marked as sending{sent}"))
        lost = run.words or "No answer is known"
        if run.http_status is not None and str(run.http_status) not in lost:
            lost = f"HTTP {run.http_status}: {lost}"
        steps.append(Step(self.since, lost, lost=True))
        if run.balance_after_at is not None:
            steps.append(Step(run.balance_after_at, "Balance asked: see below"))
        return steps

    @property
    def balance(self) -> Markup:
        """RunComfy's balance before and after, and what the difference can prove."""
        before, after = self.run.balance_before_usd, self.run.balance_after_usd
        if before is None and after is None:
            return Markup("Could not be read.")
        if before is None:
            assert after is not None  # noqa: S101  # the case above
            return Markup("Could not be read before · {}{}.").format(money(after), self._later)
        if after is None:
            words = "could not be read after" if self.run.balance_after_at else "not read after yet"
            return Markup("{} before · {}.").format(money(before), words)
        return Markup("{} before · {}{}. {}").format(
            money(before), money(after), self._later, self._difference(before - after)
        )

    @property
    def _later(self) -> str:
        asked = self.run.balance_after_at
        wait = 0.0 if asked is None else (asked - self.since).total_seconds()
        return f", {seconds(wait)} later" if wait >= 1 else " right after"

    def _difference(self, lower_usd: Decimal) -> Markup:
        if lower_usd < 0:
            return Markup("It has grown by {}, so it proves nothing.").format(money(-lower_usd))
        if lower_usd == 0:
            return Markup("Not lower yet; charges can follow by minutes.")
        lower = Markup("<b>Lower by {}</b>").format(money(lower_usd))
        return Markup("{}, {}").format(lower, self._proof(lower_usd))

    def _proof(self, lower_usd: Decimal) -> str:
        others, estimate = self.run.others_between, self.run.estimate_usd
        if others is None:
            return "and other runs may have been charged meanwhile."
        if others:
            runs = "another run was" if others == 1 else f"{others} other runs were"
            return f"but {runs} under way between the two, so the difference proves nothing."
        alone = "No other run of this playground was under way between the two."
        if estimate is None:
            return f"and this run’s price is unknown. {alone}"
        if abs(lower_usd - estimate) <= _ABOUT * estimate:
            return f"which is about this run’s price. {alone}"
        return f"which is not this run’s price, {money(estimate)}. {alone}"
