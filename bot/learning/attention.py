"""How well people see what is wrong: known errors shown again, approvals looked at twice, and time.

A label says that a reviewer agreed, not that it was right; these say what such a label is worth.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from bot.domain.interval import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.review import Purpose, Review, Verdict

#: So many of the approvals are looked at by a second person who is told nothing; between these
#: times after the first, when nobody has the first card before their eyes.
DOUBLED = 0.05
DOUBLED_AFTER, DOUBLED_BEFORE = timedelta(hours=12), timedelta(hours=36)
#: One known error each for those who reviewed within this time.
SEEDED_EACH = timedelta(days=7)
#: Whoever remembers a case would not judge it anew.
_FORGOTTEN = timedelta(days=7)
#: The same is not shown again before.
_AGAIN = timedelta(days=90)
#: Longer than this nobody looks at one case: they were away between two.
_LONGEST = 3600.0
#: What the coin chose. Only this is looked at once more.
BY_CHANCE: frozenset[Purpose] = frozenset({"audit", "sample"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One verdict; `shown_at`: from when on it could be given."""

    reviewer: str
    name: str
    purpose: Purpose
    correct: bool
    shown_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How many known errors were found, and how many approvals a second person objected to."""

    known: int
    found: int
    doubled: int
    objected: int

    @property
    def low(self) -> float | None:
        """At least this share of errors is seen: Wilson's lower end of 95 %; None: not known."""
        return wilson(self.found, self.known)[0] if self.known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How one person reviews."""

    reviewer: str
    name: str
    looks: int
    #: The usual time from one verdict to the next; None: never two in a row.
    seconds: float | None
    #: Known errors that were shown, and how many of them were approved.
    known: int
    approved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """An error that is known to be one, so that it can be shown to somebody who knows nothing."""

    review_id: str
    found_at: datetime
    #: When it was last shown as such.
    shown_at: datetime | None


def wants_second(review: Review, verdict: Verdict) -> bool:
    """Whether a second person says if it is wrong indeed, where the category wants that."""
    return review.purpose in BY_CHANCE and not verdict.correct


def sensitivity(looks: Iterable[Look]) -> Sensitivity:
    found = list(looks)
    seeded = [one for one in found if one.purpose == "seeded"]
    doubled = [one for one in found if one.purpose == "double"]
    return Sensitivity(
        known=len(seeded),
        found=sum(not one.correct for one in seeded),
        doubled=len(doubled),
        objected=sum(not one.correct for one in doubled),
    )


def habits(looks: Iterable[Look]) -> list[Habit]:
    """Whoever approved the largest share of known errors first, then the fastest."""
    by_person: dict[str, list[Look]] = defaultdict(list)
    for one in looks:
        by_person[one.reviewer].append(one)
    made = [_habit(sorted(some, key=lambda one: one.at)) for some in by_person.values()]
    return sorted(
        made,
        key=lambda one: (
            -(one.approved / one.known if one.known else 0.0),
            _LONGEST if one.seconds is None else one.seconds,
            one.reviewer,
        ),
    )


def _habit(looks: Sequence[Look]) -> Habit:
    """`looks` of one person, the oldest first."""
    seconds = [
        taken
        for before, one in pairwise(looks)
        if (taken := (one.at - max(before.at, one.shown_at)).total_seconds()) < _LONGEST
    ]
    known = [one for one in looks if one.purpose == "seeded"]
    return Habit(
        reviewer=looks[-1].reviewer,
        name=looks[-1].name,
        looks=len(looks),
        seconds=median(seconds) if seconds else None,
        known=len(known),
        approved=sum(one.correct for one in known),
    )


def may_be_seeded(one: KnownError, now: datetime) -> bool:
    """Long enough ago that it looks like any other."""
    if now - one.found_at < _FORGOTTEN:
        return False
    return one.shown_at is None or now - one.shown_at >= _AGAIN
