"""A case that a score might have decided: what the score was, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.boundary import Judged

#: `audit`: delivered, and reviewed afterwards.
Way = Literal["rule", "person", "audit"]
#: Why a person looks at it first. The first four hold whatever the score is.
Held = Literal[
    "not_wanted",
    "outside_domain",
    "risk",
    "refused_lately",
    "no_confidence",
    "unlisted",
    "learning",
    "no_threshold",
    "below",
    "limit",
    "watched",
    "frozen",
    "always_ask",
    "boundary",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCase:
    """`held` is set where the way is to a person, and only there."""

    category: str | None
    #: None where the agent stated no confidence.
    score: float | None
    scorer: str
    #: The least score that the category delivers; None: it delivers none.
    threshold: float | None
    held: Held | None
    #: As the agent stated it; signals may have made a lower score of it.
    confidence: float | None = None
    #: The coin that chooses what is reviewed, and its chance; tossed before anything else.
    coin: bool = False
    pi: float | None = None
    #: Of a category that is learned: the least chance of a case in the open region, and the epoch.
    pi_min: float | None = None
    epoch: int | None = None
    #: Whether a person's answer, before or afterwards, is evidence.
    counts: bool = False
    #: What its category's learned boundary thought of it.
    judged: Judged | None = None

    @property
    def way(self) -> Way:
        if self.held is not None:
            return "person"
        return "audit" if self.coin else "rule"
