"""What a weekly report says: numbers only, frozen when its time came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Literal

from bot.domain.review import ErrorType
from bot.domain.review_finding import State as FindingState

#: Fewer reviews say nothing of a rate.
ENOUGH = 15
_DAY = timedelta(days=1)
WEEK = timedelta(days=7)
#: How far its charts look back.
WEEKS = 8
#: With what this week is compared: a single week sees only a drop by about half.
WEEKS_BEFORE = 4
#: How many categories it names, those with most cases first.
CATEGORIES = 8
#: And how many of these a picture shows.
CHARTED = 5
#: Later than this after its time, people are told that it is late.
LATE = timedelta(hours=1)

Change = Literal["fell", "rose", "unclear"]
#: Its pictures: the error rate over the weeks, what was wrong, how much people saw, what goes out
#: by itself, and how long answers took. One thing each: Slack shows what is tall very small.
Chart = Literal["errors", "types", "seen", "by_itself", "answers"]
#: They are owed, stand in the channel, or could not be drawn or sent.
Pictures = Literal["owed", "shared", "failed"]
#: Where a category stands: as `GET /v1/categories` says it.
State = Literal[
    "fixed", "person", "unlisted", "warming", "gathering", "open", "suspicious", "closed",
    "frozen", "always_ask",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A weighted rate with its interval of 95 %."""

    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """How much went out in a stretch of time, and how much of it was looked at."""

    outputs: int = 0
    reviewed: int = 0
    #: None: too few were reviewed.
    errors: Share | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOfErrors:
    began: date
    seen: Reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeOfError:
    """How many were found, and which share of everything that is."""

    type: ErrorType
    count: int
    #: None: too few were reviewed.
    share: Share | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryInReport:
    """How much of it people saw this week, and what goes out by itself."""

    name: str
    cases: int
    escalation_rate: float | None
    #: From which share to which people should see; None: the policy does not list it.
    band: tuple[float, float] | None
    state: State
    #: What is at least so sure goes out by itself; None: people see all of it.
    threshold: float | None = None
    #: The odds for it: 24.0 is 24 to 1.
    evidence: float | None = None
    #: When its certificate ends.
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOfAnswers:
    """How long people's first words took: half of them at most so long, and nine of ten."""

    began: date
    count: int = 0
    half_seconds: int | None = None
    most_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A category that began to deliver by itself, or that closed; `reason` in words."""

    category: str
    at: datetime
    #: None: it opened.
    closed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingInReport:
    """Something that reviews found wrong, whose it is, and until when."""

    id: str
    title: str
    state: FindingState
    errors: int = 1
    #: A Slack id.
    owner: str | None = None
    due: date | None = None
    #: The rate of such errors in the four weeks before its fix and in those since, where both are
    #: known, and how it went.
    before: Share | None = None
    after: Share | None = None
    change: Change | None = None
    #: How many of its cases its agent has tried again, and how many of these are right now.
    tried: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Seven whole days by UTC, both of these with them; of one category, or of all."""

    first: date
    last: date
    #: When it was to be posted; None where somebody asked for it.
    due: datetime | None = None
    category: str | None = None
    week: Reviewed = Reviewed()
    #: The four weeks before it.
    before: Reviewed = Reviewed()
    types: tuple[TypeOfError, ...] = ()
    #: The oldest first; the last one is the week itself.
    weeks: tuple[WeekOfErrors, ...] = ()
    #: Those with most cases, and how many there are besides.
    categories: tuple[CategoryInReport, ...] = ()
    more_categories: int = 0
    answers: tuple[WeekOfAnswers, ...] = ()
    turns: tuple[Turn, ...] = ()
    #: Those that are not verified, and those that were this week.
    findings: tuple[FindingInReport, ...] = ()

    @property
    def change(self) -> Change | None:
        """How the error rate went; None where one of the two is not known."""
        if self.week.errors is None or self.before.errors is None:
            return None
        return changed(self.before.errors, self.week.errors)

    @property
    def charted(self) -> tuple[CategoryInReport, ...]:
        """The categories that a picture has room for."""
        return self.categories[:CHARTED]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Those that have something to show."""
        found: list[Chart] = []
        if any(one.seen.reviewed for one in self.weeks):
            found.append("errors")
        if any(one.count for one in self.types):
            found.append("types")
        if self.categories:
            found.append("seen")
        if any(one.state not in {"person", "unlisted"} for one in self.charted):
            found.append("by_itself")
        if any(one.count for one in self.answers):
            found.append("answers")
        return tuple(found)


def changed(before: Share, after: Share) -> Change:
    """Whether two rates differ: unclear where the interval of their difference covers 0.

    By R. G. Newcombe's hybrid of two intervals, Statistics in Medicine 17, 1998, method 10: with
    halves of the intervals it holds where a rate is 0 as well.
    """
    less = before.rate - after.rate
    fell = less - sqrt((before.rate - before.low) ** 2 + (after.high - after.rate) ** 2)
    rose = less + sqrt((before.high - before.rate) ** 2 + (after.rate - after.low) ** 2)
    if fell > 0:
        return "fell"
    return "rose" if rose < 0 else "unclear"


def week_starts(last: date) -> tuple[date, ...]:
    """When each of the weeks up to that day began, the oldest first."""
    return tuple(last - WEEK * back + _DAY for back in range(WEEKS, 0, -1))
