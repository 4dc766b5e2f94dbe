"""A category that learns, as people see it: numbers only, so that the words can be honest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Phase = Literal[
    "warming", "gathering", "open", "suspicious", "closed", "frozen", "always_ask"
]  # fmt: skip

#: What an admin may order: nothing goes out; it does again; people see all of it; that is over;
#: everything learned is forgotten.
Order = Literal["freeze", "unfreeze", "always_ask", "as_learned", "reset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An override rate with its interval of 95 %; `audits` of the cases were chosen by chance."""

    rate: float
    low: float
    high: float
    reviewed: int
    audits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """When and why what was open was taken back; `cases` are the last that were wrong."""

    reason: str
    at: datetime
    epoch: int
    cases: tuple[str, ...]
    #: In the words of whoever caused it, if any.
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    name: str
    phase: Phase
    epoch: int
    #: What scores as much is delivered; -inf: everything; None: nothing.
    cut: float | None
    #: Percent of its first cases that scored as much.
    share: int
    #: The override rate that is promised, or asked for; None: it never opens.
    alpha: float | None
    #: The odds for the promise: 24.0 is 24 to 1.
    evidence: float
    measured: Measured | None
    #: How likely a delivered case is to be reviewed.
    audit_rate: float
    ends: datetime | None
    #: The share of labels that nobody gave.
    missing: float
    #: How far the first cases have come, from 0 to 1.
    warming: float
    closing: Closing | None = None
    #: An admin's reason for what they ordered, while it holds.
    order: str | None = None

    @property
    def orders(self) -> tuple[Order, ...]:
        """What makes sense to order now."""
        if self.phase == "frozen":
            return ("unfreeze", "reset")
        if self.phase == "always_ask":
            return ("as_learned", "reset")
        return ("freeze", "always_ask", "reset")
