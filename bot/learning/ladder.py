"""The evidence ladder: rungs of rising coverage, and a bet on each that its answers are good.

A fixed sequence of tests, each an e-process that may be looked at after every label
(Ville's inequality), so that no rung behind the first bad one opens but with probability delta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Scores without labels from which an epoch's rungs are drawn.
WARM_UP = 100
#: Percent of the warm-up that lie on each rung or above; the last one holds everything.
SHARES = (30, 40, 50, 60, 70, 80, 90, 100)
RUNGS = len(SHARES)
#: How much is staked; the evidence is the mean of all.
_STAKES = (0.10, 0.25, 0.40, 0.55, 0.70, 0.85, 0.97)
#: Beyond this, odds say nothing more, and e to their logarithm would not be a number.
_MOST = 700.0

#: The logarithms of one rung's wealth, a bet each.
Wealth = tuple[float, ...]
EVEN: Wealth = (0.0,) * len(_STAKES)


def cuts_of(scores: tuple[str, ...]) -> tuple[str, ...]:
    """Where the rungs lie, the highest first; as text, so that a tie stays a tie for ever."""
    ranked = sorted(scores, key=float, reverse=True)
    among = (ranked[math.ceil(len(ranked) * share / 100) - 1] for share in SHARES[:-1])
    return (*among, "-inf")


def above(scores: tuple[str, ...], cut: str) -> int:
    """How many lie on the cut or above."""
    return sum(float(score) >= float(cut) for score in scores)


def stakes(*, alpha: float, loss: float, pi: float, pi_min: float) -> Wealth:
    """What a label of the region brings each bet; it had the chance `pi` to be asked for.

    Each factor has a mean of at most 1 while the region's override rate is `alpha` or worse:
    weighting by 1/pi makes up for cases without labels, `pi_min` keeps the factor positive.
    """
    gain = pi_min / pi * (alpha - loss) / (1 - alpha)
    return tuple([math.log1p(share * gain) for share in _STAKES])


def bet(wealth: Wealth, won: Wealth) -> Wealth:
    return tuple([log + step for log, step in zip(wealth, won, strict=True)])


def odds(wealth: Wealth) -> float:
    """The evidence against "the override rate is alpha or worse": 20.0 is 20 to 1."""
    return sum([math.exp(min(log, _MOST)) for log in wealth]) / len(wealth)


@dataclass(frozen=True, slots=True)
class Rate:
    """An override rate as it was measured, with the interval of 95 %."""

    rate: float
    low: float
    high: float
    reviewed: int
    #: How many of the reviewed were chosen by the coin.
    audits: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was seen of one region, weighted by how likely each case was to be seen."""

    reviewed: int = 0
    audits: int = 0
    weight: float = 0.0
    wrong: float = 0.0
    squares: float = 0.0

    def add(self, *, loss: float, pi: float, audit: bool) -> Tally:
        return Tally(
            self.reviewed + 1,
            self.audits + audit,
            self.weight + 1 / pi,
            self.wrong + loss / pi,
            self.squares + 1 / (pi * pi),
        )

    @property
    def rate(self) -> Rate | None:
        """Hajek's estimate; Wilson's interval at the number of equal weights it is worth."""
        if not self.reviewed:
            return None
        rate = self.wrong / self.weight
        low, high = wilson(rate, self.weight * self.weight / self.squares)
        return Rate(rate, low, high, self.reviewed, self.audits)


def wilson(rate: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share that was measured on `n` cases; `n` need not be whole."""
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
