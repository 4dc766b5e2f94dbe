"""Worlds in which the truth is known: scores lie evenly in 0 to 1, and each has its error rate."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_GRID = 2000


@dataclass(frozen=True)
class World:
    """`after` is the error rate from two thirds on, where quality changes then."""

    name: str
    error: Callable[[float], float]
    after: Callable[[float], float] | None = None
    #: How many cases later an approval and a rejection come in.
    waits: tuple[int, int] = (0, 0)

    def loss(self, score: float, dice: Random, *, changed: bool) -> float:
        error = self.after if changed and self.after else self.error
        return float(dice.random() < error(score))

    def above(self) -> Callable[[float], float]:
        """The true error rate of all cases that score so or more, before any change."""
        scores = [(at + 0.5) / _GRID for at in range(_GRID)]
        total, sums = 0.0, []
        for score in reversed(scores):
            total += self.error(score)
            sums.append(total)

        def rate(cut: float) -> float:
            n = max(1, _GRID - bisect_left(scores, cut))
            return sums[n - 1] / n

        return rate


def _behind_a_good_rung(score: float) -> float:
    """No error on the first rung; with the band of the second it is just beyond the target."""
    if score > 0.7:
        return 0.0
    return 0.208 if score > 0.6 else 0.052


WORLDS = (
    World("very good (1.0 %)", lambda score: 0.02 * (1 - score)),
    World("good (2.9 %)", lambda score: 0.005 + 0.072 * (1 - score) ** 2),
    World("typical (good for 65 %)", lambda score: 0.015 if score > 0.35 else 0.30),
    World("flat 5.2 %", lambda _: 0.052),
    World("flat 6 %", lambda _: 0.06),
    World("over-confident top fifth", lambda score: 0.15 if score > 0.8 else 0.03),
    World("a good rung, then 5.2 %", _behind_a_good_rung),
    World("flat 10 %", lambda _: 0.10),
    World("bad (15 %)", lambda _: 0.15),
    World("flat 10 %, slow to reject", lambda _: 0.10, waits=(1, 80)),
)
DRIFTS = (
    World(
        "large (+25 points)",
        lambda score: 0.005 + 0.072 * (1 - score) ** 2,
        after=lambda score: 0.255 + 0.072 * (1 - score) ** 2,
    ),
    World(
        "small (2.9 to 11.8 %)",
        lambda score: 0.005 + 0.072 * (1 - score) ** 2,
        after=lambda score: 0.094 + 0.072 * (1 - score) ** 2,
    ),
)
