"""What evidence a category needs before its answers are delivered, by how much is at risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Risk = Literal["low", "medium", "high", "critical"]

#: Audited labels after an opening until the audit rate is that of a mature category.
NEW_FOR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Fixed within an epoch; hard rules of the policy always come first."""

    #: The largest override rate of what is delivered; None: nothing is, whatever the evidence.
    alpha_partial: float | None
    #: The same when the whole category is delivered; None: it never is.
    alpha_full: float | None
    #: How likely it may be at most that anything is ever opened wrongly in an epoch.
    delta: float
    #: The share of what was delivered that people review, at first and later; never 0.
    audit_new: float
    audit_mature: float
    #: How long an opening lasts before the evidence must be gathered anew.
    life: timedelta
    #: While quality is in doubt: whether a person's answer is waited for, or reviews come after.
    holds: bool = False

    @property
    def bar(self) -> float:
        """The odds at which a rung opens."""
        return 1 / self.delta


TERMS: dict[Risk, Terms] = {
    "low": Terms(
        alpha_partial=0.10,
        alpha_full=0.05,
        delta=0.05,
        audit_new=0.30,
        audit_mature=0.10,
        life=timedelta(days=90),
    ),
    "medium": Terms(
        alpha_partial=0.05,
        alpha_full=0.03,
        delta=0.05,
        audit_new=0.30,
        audit_mature=0.15,
        life=timedelta(days=90),
    ),
    "high": Terms(
        alpha_partial=0.02,
        alpha_full=None,
        delta=0.02,
        audit_new=0.50,
        audit_mature=0.25,
        life=timedelta(days=30),
        holds=True,
    ),
    "critical": Terms(
        alpha_partial=None,
        alpha_full=None,
        delta=0.01,
        audit_new=1.0,
        audit_mature=1.0,
        life=timedelta(days=30),
        holds=True,
    ),
}
