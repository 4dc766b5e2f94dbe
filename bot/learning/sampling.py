"""Which outputs are reviewed afterwards, and what the reviews say about all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.estimate import ENOUGH
from bot.learning.ladder import Rate, wilson

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

#: This much of the budget is spread evenly: the random baseline.
_FLAT = 0.3
#: How many cases of its category's history a stratum is believed to have besides its own.
_PRIOR = 8
#: So many reviews at the overall rate a stratum has besides its own when its spread is estimated.
_BELIEVED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A category and a third of its scores, with the last period's volume and reviews."""

    category: str
    third: int
    volume: int
    reviewed: int = 0
    wrong: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One reviewed output, with the chance that it had to be reviewed."""

    stratum: Hashable
    pi: float
    loss: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """An error rate of everything, from what was reviewed; `variance` is that of the rate."""

    rate: float
    low: float
    high: float
    reviewed: int
    variance: float

    @property
    def enough(self) -> bool:
        return self.reviewed >= ENOUGH

    def shown(self) -> Rate:
        """As a category's other rates are; the coin chose all of these."""
        return Rate(self.rate, self.low, self.high, self.reviewed, self.reviewed)


def third_of(score: float, cuts: Sequence[float]) -> int:
    """0, 1 or 2, the lowest scores first; `cuts` are the two of `thirds`."""
    return sum(score >= cut for cut in cuts)


def thirds(scores: Iterable[float]) -> tuple[float, ...]:
    """Where a period's scores are cut into three; none without scores."""
    ranked = sorted(scores)
    return (ranked[len(ranked) // 3], ranked[2 * len(ranked) // 3]) if ranked else ()


def rates(strata: Sequence[Stratum], *, budget: float = 0.10) -> list[float]:
    """The chance to be reviewed for each stratum: Neyman's, with a floor for all.

    Where errors are neither rare nor sure a review tells most. Fixed for a day, so that the
    chance of a case is known when its coin is tossed.
    """
    spread = _spreads(strata)
    floor = _FLAT * budget
    volume = sum(one.volume for one in strata)

    def spent(scale: float) -> float:
        return sum(
            one.volume * min(1.0, max(floor, scale * by))
            for one, by in zip(strata, spread, strict=True)
        )

    low, high = 0.0, 1 / min(spread, default=1.0)
    for _ in range(60):
        middle = (low + high) / 2
        if spent(middle) > budget * volume:
            high = middle
        else:
            low = middle
    return [min(1.0, max(floor, low * by)) for by in spread]


def _spreads(strata: Sequence[Stratum]) -> list[float]:
    """The standard deviation that is expected of one label of each, by a shrunken history."""
    reviewed: dict[str, int] = defaultdict(int)
    wrong: dict[str, float] = defaultdict(float)
    for one in strata:
        reviewed[one.category] += one.reviewed
        wrong[one.category] += one.wrong
    # One wrong of ten is what is believed of a category before anything is known.
    overall = (sum(wrong.values()) + 0.1 * _PRIOR) / (sum(reviewed.values()) + _PRIOR)
    spreads = []
    for one in strata:
        of_category = (wrong[one.category] + _PRIOR * overall) / (reviewed[one.category] + _PRIOR)
        rate = (one.wrong + _PRIOR * of_category) / (one.reviewed + _PRIOR)
        # Nothing is ever so sure that it needs no look at all.
        spreads.append(max(math.sqrt(rate * (1 - rate)), 0.01))
    return spreads


def post_stratified(
    reviews: Iterable[Review], volumes: Mapping[Any, int], *, z: float = 1.96
) -> Estimate | None:
    """The error rate of everything: each stratum counts by its volume, not by its reviews.

    Within a stratum each counts 1/pi, since chances change from day to day.
    """
    seen: dict[Hashable, list[Review]] = defaultdict(list)
    for one in reviews:
        seen[one.stratum].append(one)
    volumes = {stratum: size for stratum, size in volumes.items() if size}
    n = sum(map(len, seen.values()))
    volume = sum(volumes.values())
    if not n or not volume:
        return None
    overall = sum(one.loss for some in seen.values() for one in some) / n
    believed = (overall * n + 0.5) / (n + 1)
    rate = expected = 0.0
    parts = []
    for stratum, size in volumes.items():
        some = seen.get(stratum, [])
        weight = size / volume
        if not some:
            rate += weight * overall
            continue
        loss, worth = _weighted(some)
        rate += weight * loss
        likely = (loss * worth + _BELIEVED * believed) / (worth + _BELIEVED)
        expected += weight * likely
        parts.append((weight, likely, worth, max(0.0, 1 - len(some) / size)))
    # Strata in which nothing was wrong so far are together no surer than all of their reviews are.
    least = (rate * n + 0.5) / (n + 1) * sum(weight for weight, *_ in parts)
    more = max(1.0, least / expected) if expected else 1.0
    variance = 0.0
    for weight, likely, worth, left in parts:
        wrong = min(1.0, likely * more)
        variance += weight**2 * wrong * (1 - wrong) / worth * left
    return _interval(rate, variance, n, n, z)


def _weighted(reviews: Sequence[Review]) -> tuple[float, float]:
    """The mean loss, and how many reviews of one weight it is worth (Kish)."""
    weight = sum(1 / one.pi for one in reviews)
    loss = sum(one.loss / one.pi for one in reviews) / weight
    return loss, weight**2 / sum(1 / one.pi**2 for one in reviews)


def hajek(reviews: Sequence[Review], *, z: float = 1.96) -> Estimate | None:
    """The same where the strata changed in the period: each review counts 1/pi."""
    if not reviews:
        return None
    weight = sum(1 / one.pi for one in reviews)
    rate = sum(one.loss / one.pi for one in reviews) / weight
    variance = sum((1 - one.pi) / one.pi**2 * (one.loss - rate) ** 2 for one in reviews)
    # Where nothing, or everything, was wrong the weights alone say what the reviews are worth.
    plain = weight**2 / sum(1 / one.pi**2 for one in reviews)
    return _interval(rate, variance / weight**2, len(reviews), plain, z)


def _interval(rate: float, variance: float, n: int, plain: float, z: float) -> Estimate:
    """Wilson's at the number of plain reviews that this variance is worth (Franco et al., 2019).

    `plain` is that number where there is no variance.
    """
    likely = (rate * n + 0.5) / (n + 1)
    worth = likely * (1 - likely) / variance if variance else plain
    return Estimate(rate, *wilson(min(1.0, rate), worth, z), n, variance)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change did to a rate."""

    change: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """Whether there is evidence at all: the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def difference(before: Estimate, after: Estimate, *, z: float = 1.96) -> Difference:
    change = after.rate - before.rate
    half = z * math.sqrt(before.variance + after.variance)
    return Difference(change, change - half, change + half)
