"""A case that a score might have decided: what the score was, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["rule", "person"]
#: Why a person looks at it. The first four hold whatever the score is.
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

    @property
    def way(self) -> Way:
        return "rule" if self.held is None else "person"
