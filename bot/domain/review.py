"""A look at what went out without a person: was it right? Who looks is told nothing beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.errors import InvalidError
from bot.domain.people import Actor

ErrorType = Literal["accuracy", "tone", "safety", "completeness"]
RootCause = Literal["prompt", "tool", "guardrail", "training_data"]
#: `minor`: it would have been edited, not refused.
Severity = Literal["minor", "major", "critical"]

#: Why an output is put to people: the coin says so, it is unusual, or it is another try of one that
#: was wrong. Only what the coin chose says anything of all.
Chosen = Literal["sample", "anomaly", "re_evaluation"]
#: What a review is for. `audit`: the coin of a threshold; `second` and `double`: once more, after
#: an objection or beside another's; `seeded`: known to be wrong, to see whether that is seen.
Purpose = Literal["audit", Chosen, "second", "double", "seeded"]

#: What nobody has looked at by then counts as not agreed to.
LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one person found. Everything but `correct` and `actor` belongs to what was wrong."""

    correct: bool
    actor: Actor
    at: datetime
    error_type: ErrorType | None = None
    severity: Severity | None = None
    root_cause: RootCause | None = None
    correction: str | None = None

    @property
    def loss(self) -> float:
        """0 for right, 1 for wrong, and half for what a person would only have edited."""
        if self.correct:
            return 0.0
        return 0.5 if self.severity == "minor" else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One case to look at; `route` says whom it is put to, and where.

    It is about an escalation, an output, or an output that came of an escalation.
    """

    id: str
    escalation_id: str | None = None
    output_id: str | None = None
    purpose: Purpose = "audit"
    #: The review that is looked at once more.
    second_of: str | None = None
    category: str
    route: str
    created_at: datetime
    expires_at: datetime
    #: The digest whose slot it waits for, and when that comes; the session that shows it then.
    digest: str | None = None
    due_at: datetime | None = None
    session_id: str | None = None
    verdict: Verdict | None = None
    #: Who would rather leave it to the others.
    skipped: tuple[Actor, ...] = ()
    #: Nobody looked in time.
    expired_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.verdict is None and self.expired_at is None

    def over(self, now: datetime) -> bool:
        """Nobody may answer any more, whether or not that was written down yet."""
        return self.open and now >= self.expires_at

    def judged(self, verdict: Verdict) -> Review:
        """Raises ReviewOverError."""
        self._check(verdict.at)
        return replace(self, verdict=verdict)

    def skip(self, actor: Actor, now: datetime) -> Review:
        """The same again changes nothing. Raises ReviewOverError."""
        self._check(now)
        if any(one.id == actor.id for one in self.skipped):
            return self
        return replace(self, skipped=(*self.skipped, actor))

    def expire(self, now: datetime) -> Review:
        return replace(self, expired_at=now) if self.over(now) else self

    def _check(self, now: datetime) -> None:
        if not self.open or self.over(now):
            raise ReviewOverError(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Reviews of one category that came to people together, in one message."""

    id: str
    category: str
    reviews: tuple[Review, ...]

    @property
    def left(self) -> tuple[Review, ...]:
        return tuple(one for one in self.reviews if one.open)

    @property
    def ends(self) -> datetime:
        return max(one.expires_at for one in self.reviews)


class ReviewOverError(InvalidError):
    """Somebody was faster, or time was."""

    def __init__(self, review: Review) -> None:
        super().__init__("This review is closed.")
        self.review = review
