"""What reviews found wrong, kind by kind: who mends it, and whether it is mended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot.domain.errors import InvalidError
from bot.domain.people import Actor, Named
from bot.domain.review import ErrorType, RootCause, Severity

State = Literal["open", "fixed", "verified"]
#: What a person says of a fix.
Outcome = Literal["verified", "open"]

_SEVERITIES: tuple[Severity, ...] = ("minor", "major", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Errors of one kind are one finding. `root_cause`: None where nobody has named it."""

    category: str
    error_type: ErrorType
    root_cause: RootCause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One error that a person found. `went_out_at`: when the agent had made it."""

    kind: Kind
    severity: Severity
    went_out_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Somebody said that it is mended, or that it is so indeed."""

    actor: Actor
    at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFinding:
    """All errors of one kind. Nobody owns it until a person is named."""

    id: str
    kind: Kind
    #: Whose reviewers see it.
    route: str
    #: The worst of its errors.
    severity: Severity
    state: State
    begun_at: datetime
    #: When the latest of its errors was found.
    seen_at: datetime
    errors: int = 1
    #: How often an error came again after it was said to be mended.
    reopened: int = 0
    owner: Named | None = None
    due: date | None = None
    fixed: Step | None = None
    verified: Step | None = None

    def join(self, found: Objection) -> ReviewFinding:
        """One more error; made after the fix, it opens the finding again."""
        joined = replace(
            self,
            errors=self.errors + 1,
            severity=max(self.severity, found.severity, key=_SEVERITIES.index),
            seen_at=max(self.seen_at, found.at),
        )
        again = self.fixed is not None and found.went_out_at > self.fixed.at
        return joined._open_again() if again and self.state != "open" else joined

    def own(self, owner: Named, due: date | None) -> ReviewFinding:
        return replace(self, owner=owner, due=due)

    def fix(self, step: Step) -> ReviewFinding:
        """Raises FindingStateError."""
        self._must_be("open")
        return replace(self, state="fixed", fixed=step, verified=None)

    def verify(self, step: Step) -> ReviewFinding:
        """Raises FindingStateError."""
        self._must_be("fixed")
        return replace(self, state="verified", verified=step)

    def reopen(self) -> ReviewFinding:
        """A person does not believe in the fix. Raises FindingStateError."""
        if self.state == "open":
            raise FindingStateError(self)
        return self._open_again()

    def late(self, today: date) -> bool:
        return self.state == "open" and self.due is not None and self.due < today

    def _open_again(self) -> ReviewFinding:
        return replace(self, state="open", reopened=self.reopened + 1, verified=None)

    def _must_be(self, state: State) -> None:
        if self.state != state:
            raise FindingStateError(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of all outputs had such an error, with the interval of 95 %."""

    rate: float
    low: float
    high: float
    reviewed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What reviews by chance say of a fix."""

    before: Share
    after: Share
    change: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """Whether there is evidence at all: the interval leaves 0 out."""
        return self.low > 0 or self.high < 0

    @property
    def how(self) -> Literal["fell", "rose", "unclear"]:
        if not self.shows:
            return "unclear"
        return "fell" if self.change < 0 else "rose"


def begin(finding_id: str, route: str, found: Objection) -> ReviewFinding:
    """The first error of its kind."""
    return ReviewFinding(
        id=finding_id,
        kind=found.kind,
        route=route,
        severity=found.severity,
        state="open",
        begun_at=found.at,
        seen_at=found.at,
    )


class FindingStateError(InvalidError):
    """Somebody was faster, or it is too early."""

    def __init__(self, finding: ReviewFinding) -> None:
        super().__init__(f"This finding is {finding.state}.")
        self.finding = finding
