"""How often agents were wrong, by the reviews of the outputs that a coin chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.review import ErrorType

#: Below this a rate is too uncertain to be spoken of.
ENOUGH = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """Of all outputs, with the interval of 95 %; what would only have been edited counts half."""

    rate: float
    low: float
    high: float
    #: On how many reviews it stands.
    reviewed: int
    #: Of the rate: two rates differ with the sum of theirs.
    variance: float

    @property
    def enough(self) -> bool:
        """False: "n too small" is all that may be said."""
        return self.reviewed >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryEstimate:
    """One category in a period, or all of them; whole days by UTC, the last one with it."""

    #: None: all of them.
    category: str | None
    first: date
    last: date
    #: How many outputs came, and how many of them the coin put to people.
    volume: int
    sampled: int
    #: How many of these people have answered.
    reviewed: int
    #: None where nobody has answered.
    error: ErrorRate | None
    #: How often each kind of mistake, among all outputs; and how many were seen.
    by_type: Mapping[ErrorType, ErrorRate]
    seen: Mapping[ErrorType, int]
