"""How a category stands: what is delivered, on which evidence, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from bot.learning.detector import CALM, SUSPICION, Sums, loudness
from bot.learning.ladder import EVEN, RUNGS, WARM_UP, Rate, Tally, Wealth, odds
from bot.learning.terms import NEW_FOR, TERMS, Risk, Terms

#: `closed`: an opening was taken back, and the scores for new rungs are being collected.
Phase = Literal["warming", "gathering", "open", "suspicious", "closed", "frozen"]
#: Why an epoch began.
Reason = Literal["start", "terms", "version", "reset", "expired", "alarm", "complaint"]
#: These say that what was delivered was not good enough, or no longer known to be.
_TAKEN_BACK = frozenset({"expired", "alarm", "complaint"})
#: A larger share of labels that nobody gave, and nothing opens.
MOST_MISSING = 0.10
#: So many cases show whether scores have shifted.
RECENT = 200


class Pending(NamedTuple):
    """A case whose label will count, as it was decided."""

    score: float
    pi: float
    pi_min: float
    coin: bool
    #: When it came, in seconds since 1970.
    since: float
    #: Its label, while an older case still waits for one.
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """When and why an epoch began; `said` are the words of whoever began it, if any."""

    reason: Reason
    at: datetime
    said: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """The last time that an opening was taken back, with the last wrong cases in it."""

    reason: Reason
    at: datetime
    #: The epoch that ended.
    epoch: int
    cases: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What an admin ordered, in their words."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of coverage, for whoever wants to look closer."""

    cut: float
    #: Percent of the warm-up's cases.
    share: int
    #: None: it never opens.
    alpha: float | None
    evidence: float
    open: bool
    measured: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The fold of a category's events. Before the first `Began` nothing can open."""

    risk: Risk = "critical"
    epoch: int = 0
    began: Beginning | None = None
    #: Scores without labels, until the rungs are drawn from them.
    warm_up: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    #: Of the warm-up's cases, how many lie on each cut or above.
    shares: tuple[int, ...] = ()
    #: On which rung each of the last cases lies, a digit each.
    recent: str = ""
    wealth: tuple[Wealth, ...] = (EVEN,) * RUNGS
    tallies: tuple[Tally, ...] = (Tally(),) * RUNGS
    open_rungs: int = 0
    sums: Sums = CALM
    #: Audited labels since the last opening.
    audits: int = 0
    certificate_ends: datetime | None = None
    labels: int = 0
    missing: int = 0
    #: In the order in which they came, which is the order in which they become evidence.
    pending: Mapping[str, Pending] = field(default_factory=dict)
    #: The last cases of the open region that were overridden.
    wrong: tuple[str, ...] = ()
    frozen: Order | None = None
    always_ask: Order | None = None
    incident: Incident | None = None

    @property
    def terms(self) -> Terms:
        return TERMS[self.risk]

    def alpha_of(self, rung: int) -> float | None:
        """The largest override rate with which the rung may open; None: it never does."""
        return self.terms.alpha_full if rung == RUNGS - 1 else self.terms.alpha_partial

    @property
    def cut(self) -> float | None:
        """Where the open region begins; None: nothing is open."""
        return float(self.cuts[self.open_rungs - 1]) if self.open_rungs else None

    @property
    def threshold(self) -> float | None:
        """What scores as much is delivered; -inf: everything; None: nothing."""
        return None if self.frozen or self.always_ask else self.cut

    @property
    def share(self) -> int:
        """Percent of the warm-up's cases that lie in the open region."""
        return self.shares[self.open_rungs - 1] if self.open_rungs else 0

    @property
    def suspicious(self) -> bool:
        return bool(self.open_rungs) and loudness(self.sums) >= SUSPICION

    @property
    def shifted(self) -> bool:
        """Whether the scores of late are others than the warm-up's; it needs no labels to tell.

        By three standard deviations of the difference, at any cut.
        """
        if len(self.recent) < RECENT:
            return False
        late = 0
        for rung, share in enumerate(self.shares):
            late += self.recent.count(str(rung))
            # All or none of the warm-up is not all or none for ever.
            before = min(0.99, max(0.01, share / WARM_UP))
            spread = math.sqrt(before * (1 - before) * (1 / RECENT + 1 / WARM_UP))
            if abs(late / RECENT - share / WARM_UP) > 3 * spread:
                return True
        return False

    @property
    def phase(self) -> Phase:
        if self.frozen:
            return "frozen"
        if self.open_rungs:
            return "suspicious" if self.suspicious else "open"
        if self.cuts:
            return "gathering"
        return "closed" if self.began and self.began.reason in _TAKEN_BACK else "warming"

    @property
    def audit_rate(self) -> float:
        """The chance of a delivered case to be looked at; 1 while nothing is open."""
        if not self.open_rungs or self.suspicious:
            return 1.0
        new = self.audits < NEW_FOR or self.shifted
        return self.terms.audit_new if new else self.terms.audit_mature

    @property
    def _shown(self) -> int:
        """The rung that is spoken of: the widest open one, or the first that is to open."""
        return max(self.open_rungs - 1, 0)

    @property
    def alpha(self) -> float | None:
        """The override rate that is promised of what is open, or asked of the first rung."""
        return self.alpha_of(self._shown)

    @property
    def evidence(self) -> float:
        """The odds for that promise, such as 24.0 for 24 to 1."""
        return odds(self.wealth[self._shown])

    @property
    def measured(self) -> Rate | None:
        """The override rate of the open region, or of all cases while nothing is open."""
        return self.tallies[self.open_rungs - 1].rate

    @property
    def missing_share(self) -> float:
        return self.missing / self.labels if self.labels else 0.0

    @property
    def waiting(self) -> int:
        """Labels that are no evidence yet, since an older case has none so far."""
        return sum(case.loss is not None for case in self.pending.values())

    @property
    def warming(self) -> float:
        """How far the warm-up has come, from 0 to 1."""
        return 1.0 if self.cuts else len(self.warm_up) / WARM_UP

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """All of them, the narrowest first; none before the warm-up is over."""
        return tuple(
            Rung(
                cut=float(cut),
                share=self.shares[at],
                alpha=self.alpha_of(at),
                evidence=odds(self.wealth[at]),
                open=at < self.open_rungs,
                measured=self.tallies[at].rate,
            )
            for at, cut in enumerate(self.cuts)
        )
