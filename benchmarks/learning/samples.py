"""Which outputs to look at, and what to say of all of them: four ways on the same outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from bot.learning.day_plan import DayPlan, Past, day_plans
from bot.learning.ladder import wilson
from bot.learning.sampling import Review, hajek, post_stratified

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.learning.people import Labelled

#: So many outputs come in a period, and this share of them is looked at.
_OUTPUTS, _BUDGET = 4000, 0.10
#: The lowest third first: eight of ten looks go there.
_LOWEST_FIRST = DayPlan(chances=(0.24, 0.03, 0.03))


@dataclass
class Way:
    """How far from the truth a way's rate was, how often its interval held it, what it found."""

    name: str
    off: list[float] = field(default_factory=list)
    held: int = 0
    found: int = 0

    @property
    def rmse(self) -> float:
        return math.sqrt(sum(one**2 for one in self.off) / len(self.off))

    def took(self, truth: float, said: tuple[float, float, float], found: float) -> None:
        rate, low, high = said
        self.off.append(rate - truth)
        self.held += low <= truth <= high
        self.found += round(found)


def ways(labelled: Sequence[Labelled], runs: int) -> list[Way]:
    """Each run is a period of outputs; the one before has taught Neyman's plan."""
    plain, lowest = Way("random, plain share"), Way("lowest scores first, plain share")
    same, ours = Way("the same, weighed (Hajek)"), Way("**Neyman, post-stratified**")
    even = DayPlan(chances=(_BUDGET,) * 3)
    for run in range(runs):
        dice = Random(f"samples {run}")
        before, now = (dice.choices(labelled, k=_OUTPUTS) for _ in range(2))
        plan = _plan(before, _looked_at(before, even, dice.random))
        truth = sum(one.overridden for one in now) / _OUTPUTS
        looks = _looked_at(now, _with(plan, even), dice.random)
        plain.took(truth, _share(looks), _wrong(looks))
        looks = _looked_at(now, _with(plan, _LOWEST_FIRST), dice.random)
        lowest.took(truth, _share(looks), _wrong(looks))
        weighed = hajek(looks)
        assert weighed is not None
        same.took(truth, (weighed.rate, weighed.low, weighed.high), _wrong(looks))
        looks = _looked_at(now, plan, dice.random)
        volumes = [plan.stratum(one.case.score) for one in now]
        estimate = post_stratified(looks, {third: volumes.count(third) for third in range(3)})
        assert estimate is not None
        ours.took(truth, (estimate.rate, estimate.low, estimate.high), _wrong(looks))
    return [plain, lowest, same, ours]


def _with(cuts: DayPlan, chances: DayPlan) -> DayPlan:
    return DayPlan(cuts=cuts.cuts, chances=chances.chances)


def _plan(outputs: Sequence[Labelled], looks: Sequence[Review]) -> DayPlan:
    """The bot's own, from what came and what was found before."""
    scores = [one.case.score for one in outputs]
    cut = day_plans({"words": Past(scores=scores, volumes=(1, 1, 1))}, {"words": _BUDGET})["words"]
    thirds = [cut.stratum(one.case.score) for one in outputs]
    losses: tuple[list[float], list[float], list[float]] = ([], [], [])
    for look in looks:
        losses[cut.stratum(look.stratum)].append(look.loss)  # type: ignore[arg-type]
    volumes = (thirds.count(0), thirds.count(1), thirds.count(2))
    past = Past(scores=scores, volumes=volumes, losses=losses)
    return day_plans({"words": past}, {"words": _BUDGET})["words"]


def _looked_at(
    outputs: Sequence[Labelled], plan: DayPlan, draw: Callable[[], float]
) -> list[Review]:
    """With a plan without cuts the stratum is the score itself, to be cut later."""
    found = []
    for one in outputs:
        score = one.case.score
        third = plan.stratum(score)
        if draw() < plan.chances[third]:
            stratum = third if plan.cuts else score
            loss = float(one.overridden)
            found.append(Review(stratum=stratum, pi=plan.chances[third], loss=loss))
    return found


def _share(looks: Sequence[Review]) -> tuple[float, float, float]:
    wrong = _wrong(looks)
    return wrong / len(looks), *wilson(wrong / len(looks), len(looks), 1.96)


def _wrong(looks: Sequence[Review]) -> float:
    return sum(one.loss for one in looks)
