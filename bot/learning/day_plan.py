"""How many of a day's outputs are reviewed: made from the days before, and then fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.learning.sampling import Stratum, rates, third_of, thirds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The share that is reviewed where the policy says nothing: of a category that is still new, and of
#: one that so many reviews have been seen of.
NEW, MATURE, MATURE_FROM = 0.10, 0.05, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What came of one category lately, and what the coin's reviews found; by thirds."""

    scores: Sequence[float] = ()
    volumes: tuple[int, int, int] = (0, 0, 0)
    losses: tuple[Sequence[float], Sequence[float], Sequence[float]] = ((), (), ())

    @property
    def reviewed(self) -> int:
        return sum(map(len, self.losses))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """Where a category's scores are cut into thirds, and the coin's chance in each of them."""

    cuts: tuple[float, ...] = ()
    chances: tuple[float, ...]

    @property
    def silent(self) -> bool:
        """Nobody is asked about anything."""
        return not any(self.chances)

    def stratum(self, score: float | None) -> int:
        """What has no score stands with the lowest."""
        return 0 if score is None else third_of(score, self.cuts)


def first_plan(stated: float | None) -> DayPlan:
    """Of a category that had no outputs before: the same chance for all."""
    return DayPlan(chances=(NEW if stated is None else stated,) * 3)


def day_plans(pasts: Mapping[str, Past], stated: Mapping[str, float | None]) -> dict[str, DayPlan]:
    """`stated`: the share that the policy names. Categories without one share what is theirs, so
    that more is seen of those where more is wrong.
    """
    shared: dict[float, list[str]] = {}
    plans: dict[str, DayPlan] = {}
    for category, past in pasts.items():
        own = stated.get(category)
        if own is not None:
            plans |= _together({category: past}, own)
        else:
            usual = NEW if past.reviewed < MATURE_FROM else MATURE
            shared.setdefault(usual, []).append(category)
    for budget, names in shared.items():
        plans |= _together({name: pasts[name] for name in names}, budget)
    return plans


def _together(pasts: Mapping[str, Past], budget: float) -> dict[str, DayPlan]:
    """Raises nothing: a budget of 0 is one too, and nobody is asked then."""
    strata = [
        Stratum(
            category=name,
            third=third,
            volume=past.volumes[third],
            reviewed=len(past.losses[third]),
            wrong=sum(past.losses[third]),
        )
        for name, past in pasts.items()
        for third in range(3)
    ]
    chances = rates(strata, budget=budget)
    return {
        name: DayPlan(cuts=thirds(past.scores), chances=tuple(chances[3 * at : 3 * at + 3]))
        for at, (name, past) in enumerate(pasts.items())
    }
